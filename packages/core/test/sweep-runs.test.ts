import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { resolveConfig } from "../src/mapping/config.ts"
import { comparePlaces, placesIn, withPlaces } from "../src/mapping/places.ts"
import { runSweep } from "../src/run/run-sweep.ts"
import { Pair } from "./pair.ts"

const EVERY = 300_000
const none = { newAmong: () => Promise.resolve([]) }

beforeEach(
  () => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "setTimeout", "clearTimeout", "Date"] }),
)
afterEach(() => void vi.useRealTimers())

/** One product that was changed behind the hooks, in a catalogue of a few. */
async function drifted(lines: string[] = []) {
  const pair = new Pair(resolveConfig(), undefined, {
    medusa: { clock: () => Date.now(), log: (line) => void lines.push(line) },
  })
  const ids = ["a", "b"].map((handle) => pair.medusa.create("product", { title: handle, handle }))
  await pair.settle()
  pair.medusa.edit("product", ids[0] ?? "", { title: "by SQL" }, false)
  return { pair, ids }
}

/** Real time passes for the pages of a sweep, which rest between each other. */
const until = (what: () => boolean): Promise<void> =>
  vi.waitFor(
    () => {
      if (!what()) throw new Error("not yet")
    },
    { timeout: 10_000 },
  )

describe("the sweep of a process", () => {
  it("marks what nothing had told, says so once, and wakes the sender", async () => {
    const lines: string[] = []
    const { pair } = await drifted(lines)
    let found = 0
    const sweep = runSweep(pair.medusa.ports, EVERY, none, () => void found++)
    expect(pair.medusa.hasDueMarks()).toBe(false)
    await vi.advanceTimersByTimeAsync(29_999)
    expect(pair.medusa.hasDueMarks()).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    await until(() => found === 1)
    expect(pair.medusa.hasDueMarks()).toBe(true)
    expect(lines).toEqual(["The sweep marked 1 record whose change nothing had told."])
    await sweep.stop()
  })

  it("says how many there were, and nothing when there were none", async () => {
    const lines: string[] = []
    const { pair, ids } = await drifted(lines)
    pair.medusa.edit("product", ids[1] ?? "", { title: "by SQL too" }, false)
    let found = 0
    const sweep = runSweep(pair.medusa.ports, EVERY, none, () => void found++)
    await vi.advanceTimersByTimeAsync(30_000)
    await until(() => found === 1)
    expect(lines).toEqual(["The sweep marked 2 records whose change nothing had told."])
    await pair.settle()
    const turns = vi.spyOn(pair.medusa.ports, "takeTurn")
    const pages = vi.spyOn(pair.medusa.ports, "transaction")
    await vi.advanceTimersByTimeAsync(EVERY)
    const { size } = pair.medusa.ports.config.entities
    await until(() => pages.mock.calls.length === 2 * size)
    await sweep.stop()
    expect(turns).toHaveBeenCalled()
    expect(lines).toHaveLength(1)
    expect(found).toBe(1)
  })

  it("is one of all processes at a time, and asks for its turn more often than it sweeps", async () => {
    const { pair } = await drifted()
    const turns = vi.spyOn(pair.medusa.ports, "takeTurn").mockResolvedValue(false)
    const pages = vi.spyOn(pair.medusa.ports, "transaction")
    const sweep = runSweep(pair.medusa.ports, EVERY, none, () => undefined)
    await vi.advanceTimersByTimeAsync(90_000)
    expect(turns.mock.calls).toEqual([
      ["sweep", EVERY],
      ["sweep", EVERY],
      ["sweep", EVERY],
    ])
    expect(pages).not.toHaveBeenCalled()
    await sweep.stop()
    const often = runSweep(pair.medusa.ports, 1_000, none, () => undefined)
    await vi.advanceTimersByTimeAsync(3_000)
    expect(turns).toHaveBeenCalledTimes(6)
    await often.stop()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(turns).toHaveBeenCalledTimes(6)
  })

  it("that fails is tried again, and its error tells no value", async () => {
    const lines: string[] = []
    const { pair } = await drifted(lines)
    const work = vi.spyOn(pair.medusa.ports, "transaction").mockRejectedValueOnce(new Error("canary"))
    let found = 0
    const sweep = runSweep(pair.medusa.ports, 1_000, none, () => void found++)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(work).toHaveBeenCalledTimes(1)
    expect(lines).toEqual([expect.stringMatching(/^The sweep failed and is tried again: Error/)])
    expect(lines.join()).not.toContain("canary")
    await vi.advanceTimersByTimeAsync(1_000)
    await until(() => found === 1)
    await sweep.stop()
  })

  it("does not begin again while it is under way, and ends between two pages when it is stopped", async () => {
    const lines: string[] = []
    const { pair } = await drifted(lines)
    let answer: (() => void) | null = null
    const turns = vi
      .spyOn(pair.medusa.ports, "takeTurn")
      .mockImplementation(() => new Promise((resolve) => (answer = () => resolve(true))))
    const pages = vi.spyOn(pair.medusa.ports, "transaction")
    const sweep = runSweep(pair.medusa.ports, 1_000, none, () => undefined)
    await vi.advanceTimersByTimeAsync(5_000)
    expect(turns).toHaveBeenCalledTimes(1)
    const stopped = sweep.stop()
    ;(answer as (() => void) | null)?.()
    await stopped
    expect(pages).toHaveBeenCalledTimes(1)
    expect(lines).toEqual([])
  })
})

it("a process that never sweeps asks about places that are new here, until the peer has told of all", async () => {
  const pair = new Pair(resolveConfig())
  pair.medusa.create("product", { title: "Shirt", handle: "shirt", subtitle: "Soft" })
  await pair.settle()
  const { ports } = pair.medusa
  const asked = (): number => pair.messages.filter(({ ask }) => ask?.kind === "tell").length
  const idle = runSweep(ports, 0, none, () => undefined)
  await vi.advanceTimersByTimeAsync(EVERY)
  expect(asked()).toBe(0)
  await idle.stop()

  const places = (at: string) => placesIn(ports.config, (_, __, place) => ({ at: place === "subtitle" ? at : place }))
  const before = comparePlaces(null, places("subtitle"))
  const now = places("elsewhere")
  Object.assign(ports, { config: withPlaces(ports.config, now, comparePlaces(before, now)) })
  const sweep = runSweep(ports, 0, none, () => undefined)
  await vi.advanceTimersByTimeAsync(30_000)
  await until(() => asked() === 1)
  expect(pair.medusa.hasDueMarks()).toBe(false)
  await pair.settle()
  pair.now += EVERY
  // Nothing is left to ask about: the process waits for nothing any more.
  await until(() => vi.advanceTimersByTime(30_000).getTimerCount() === 0)
  expect(asked()).toBe(1)
  await sweep.stop()
})
