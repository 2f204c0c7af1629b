import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { busyRow, LOCK_TIMEOUT } from "../src/testing/memory-table.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { pushOnce } from "../src/run/run-push.ts"
import { Pair } from "./pair.ts"
import { record, receiver } from "./receiver.ts"

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** The sender gives a message up after so many milliseconds. */
const DEADLINE = 30_000

/** Directus with so many products that Medusa has told it of, and some that somebody else holds: an import, a slow hook. */
async function shop(size: number) {
  const held = new Set<string>()
  const made = receiver({
    waitFor: async (_, ids) => {
      if (!ids.some((id) => held.has(id))) return
      await new Promise((resolve) => setTimeout(resolve, LOCK_TIMEOUT))
      throw busyRow()
    },
  })
  const ids = Array.from({ length: size }, (_, n) => `m${String(n)}`)
  const peerOf = (id: string): string => `d${String(ids.indexOf(id) + 1)}`
  await made.results(
    ...ids.map((id) => record({ id, key: { field: "handle", value: id }, fields: { handle: [id, 1] } })),
  )
  /** @returns who could not be told, and how many milliseconds the answer took. */
  const tell = async (some: string[]): Promise<{ busy: string[]; took: number }> => {
    const began = performance.now()
    let took = 0
    const edit = { full: false, key: null, rev: 2, fields: { title: ["Later", 2] as [string, number] } }
    const answered = made
      .results(...some.map((id) => record({ ...edit, id, peer: peerOf(id) })))
      .finally(() => (took = performance.now() - began))
    await vi.advanceTimersByTimeAsync(10 * 60_000)
    const results = await answered
    const failed = results.filter(({ st }) => st !== "ok" && st !== "stale")
    expect(failed.every(({ st, code }) => st === "failed" && code === "concurrent_write")).toBe(true)
    return { busy: some.filter((_, i) => results[i]?.st === "failed"), took }
  }
  return { ids, tell, hold: (id: string) => held.add(peerOf(id)) }
}

describe("30: a row that somebody holds", () => {
  it.each([1, 2, 10, 99, 100])("holds up none of the other %i records of its message for long", async (size) => {
    const { ids, tell, hold } = await shop(size)
    const one = ids[Math.floor(size / 2)] ?? ""
    hold(one)
    const { busy, took } = await tell(ids)
    expect(busy).toEqual([one])
    expect(took).toBeLessThanOrEqual(3 * LOCK_TIMEOUT)
  })

  it.each([2, 3, 7, 40, 100])("is one of %i: the message is answered in time", async (count) => {
    const { ids, tell, hold } = await shop(100)
    const every = Math.floor(100 / count)
    const held = Array.from({ length: count }, (_, n) => ids[n * every] ?? "")
    for (const id of held) hold(id)
    const { busy, took } = await tell(ids)
    expect(took).toBeLessThan(DEADLINE - LOCK_TIMEOUT)
    expect(busy).toEqual(expect.arrayContaining(held))
    if (count > 2) return
    // The next message is about those that were not reached.
    const next = await tell(busy)
    expect(next.busy.length).toBeLessThan(busy.length / 2)
    expect(next.busy).toEqual(expect.arrayContaining(held))
  })

  it("is waited for once where it stands alone: its sender comes again", async () => {
    const { ids, tell, hold } = await shop(1)
    hold("m0")
    expect(await tell(ids)).toEqual({ busy: ids, took: LOCK_TIMEOUT })
  })
})

it("30: a row of the sender's own that somebody holds keeps no other record of the message from being written down", async () => {
  const held = new Set<string>()
  const waitFor = async (_: string, ids: string[]): Promise<void> => {
    if (!ids.some((id) => held.has(id))) return
    await new Promise((resolve) => setTimeout(resolve, LOCK_TIMEOUT))
    throw busyRow()
  }
  const pair = new Pair(resolveConfig(), undefined, { medusa: { waitFor } })
  const { links, marks } = pair.medusa.table("product")
  const ids = ["a", "b", "c"].map((handle) => pair.medusa.create("product", { title: handle, handle }))
  held.add(ids[1] ?? "")
  const pushed = pushOnce(pair.medusa.ports).catch((error: unknown) => error)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(await pushed).toMatchObject({ kind: "sent" })
  expect(ids.map((id) => links.get(id)?.peerId ?? null)).toEqual(["d1", null, "d3"])
  expect([...marks]).toMatchObject([[ids[1], { leasedUntil: 0, due: pair.now + 1_000 }]])
  held.clear()
  await pair.settle()
  expect(links.get(ids[1] ?? "")?.peerId).toBe("d2")
  expect(pair.directus.table("product").rows.size).toBe(3)
})
