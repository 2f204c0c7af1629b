import { describe, expect, it } from "vitest"
import type { Side } from "../src/document/value.ts"
import { Hand } from "../src/send/sending.ts"
import { pushOnce } from "../src/run/run-push.ts"
import { readBackfill, startBackfill, steerBackfill, stepBackfill } from "../src/backfill/backfill.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { Pair } from "./pair.ts"
import { previewBackfill } from "./walked.ts"

const shirt = (n: number) => ({ title: `Shirt ${String(n)}`, handle: `shirt-${String(n)}` })

/** Records that were there before the sync: no hook has told of them. */
function before(side: Side, size: number): Pair {
  const pair = new Pair(resolveConfig())
  for (let n = 0; n < size; n++) pair.host(side).create("product", shirt(n), false)
  return pair
}

/** What the sender does while there is a backfill; `times` rounds, or until nothing is left to do. */
async function rounds(pair: Pair, side: Side, times = 1000): Promise<void> {
  const { ports } = pair.host(side)
  for (let round = 0; round < times; round++) {
    const outcome = await pushOnce(ports)
    if (outcome.kind === "sent") continue
    const { backfill } = await ports.readControl()
    if (!(await stepBackfill(ports, await ports.readControl())) && backfill?.state !== "running") return
  }
}

const handles = (pair: Pair, side: Side) =>
  [...pair.host(side).table("product").rows.values()].map((row) => String(row["handle"])).sort()

describe.each(["medusa", "directus"] as const)("a backfill of %s", (side) => {
  const other = side === "medusa" ? "directus" : "medusa"

  it("sends every record that was there before, once", async () => {
    const pair = before(side, 2500)
    await startBackfill(pair.host(side).ports)
    await rounds(pair, side)
    expect(handles(pair, other)).toEqual(handles(pair, side))
    expect(await readBackfill(pair.host(side).ports)).toMatchObject({
      state: "done",
      total: 2500,
      taken: 2500,
      done: 2500,
      waiting: 0,
    })
    // The last one asks the shop what became of them.
    expect(pair.requests).toHaveLength(side === "directus" ? 26 : 25)
  })

  it("marks its next page before the last one has left", async () => {
    const pair = before(side, 2500)
    const { ports } = pair.host(side)
    await startBackfill(ports)
    await stepBackfill(ports, await ports.readControl())
    const hand = new Hand()
    while ((await pushOnce(ports, true, hand)).kind === "sent") continue
    expect(handles(pair, other)).toHaveLength(2500)
    const told = pair.messages.filter(({ ask }) => !ask)
    expect(told.map(({ records }) => records.length)).toEqual(Array.from({ length: 25 }, () => 100))
  })

  it("lets live edits go first", async () => {
    const pair = before(side, 500)
    const { ports } = pair.host(side)
    await startBackfill(ports)
    await stepBackfill(ports, await ports.readControl())
    const live = pair.host(side).create("product", shirt(9000))
    await pushOnce(ports)
    expect(pair.messages[0]?.records[0]?.id).toBe(live)
  })

  it("an edit of a record that waits makes it go first, and it is sent once", async () => {
    const pair = before(side, 300)
    const { ports } = pair.host(side)
    await startBackfill(ports)
    await stepBackfill(ports, await ports.readControl())
    const [id = ""] = [...pair.host(side).table("product").rows.keys()].slice(-1)
    pair.host(side).edit("product", id, { title: "Edited meanwhile" })
    await rounds(pair, side)
    expect(pair.messages[0]?.records[0]?.id).toBe(id)
    const sent = pair.messages.flatMap(({ records }) => records.map((record) => record.id))
    expect(sent).toHaveLength(300)
    expect(new Set(sent).size).toBe(300)
  })

  it("counts what came while it ran among all that it tells of", async () => {
    const pair = before(side, 600)
    const { ports } = pair.host(side)
    await startBackfill(ports)
    for (let n = 600; n < 700; n++) pair.host(side).create("product", shirt(n), false)
    await rounds(pair, side)
    expect(await readBackfill(ports)).toMatchObject({ state: "done", total: 700, taken: 700, done: 700 })
  })

  it("pauses, goes on where it was, and ends when it is cancelled", async () => {
    const pair = before(side, 1500)
    const { ports } = pair.host(side)
    await startBackfill(ports)
    await stepBackfill(ports, await ports.readControl())
    await steerBackfill(ports, "pause")
    await rounds(pair, side, 50)
    expect(handles(pair, other)).toHaveLength(1000)
    expect(await readBackfill(ports)).toMatchObject({ state: "paused", done: 1000, secondsLeft: null })
    await expect(startBackfill(ports)).rejects.toThrow(/Resume it, or cancel it first/)
    await steerBackfill(ports, "resume")
    await expect(startBackfill(ports)).rejects.toThrow(/Let it end, or cancel it first/)
    await rounds(pair, side)
    expect(handles(pair, other)).toHaveLength(1500)
    await expect(steerBackfill(ports, "cancel")).rejects.toThrow(/no backfill under way/)
  })

  it("takes no more a minute than it may", async () => {
    const pair = before(side, 1000)
    const { ports } = pair.host(side)
    await startBackfill(ports, { perMinute: 120 })
    pair.now += 60_000
    await rounds(pair, side, 50)
    expect(handles(pair, other)).toHaveLength(120)
    pair.now += 60_000
    await rounds(pair, side, 50)
    expect(handles(pair, other)).toHaveLength(240)
    expect(await readBackfill(ports)).toMatchObject({ perSecond: 2, secondsLeft: 380 })
  })

  it("goes on after a crash, with nothing left out and nothing doubled", async () => {
    const pair = before(side, 1500)
    const { ports } = pair.host(side)
    await startBackfill(ports)
    const atStart = await ports.readControl()
    await stepBackfill(ports, atStart)
    // The process died between the marks and the cursor.
    await ports.updateControl({ backfill: atStart.backfill })
    await rounds(pair, side)
    expect(handles(pair, other)).toEqual(handles(pair, side))
  })

  it("a second one waits for the first", async () => {
    const pair = before(side, 10)
    await startBackfill(pair.host(side).ports)
    await expect(startBackfill(pair.host(side).ports)).rejects.toThrow(/running since/)
    await expect(startBackfill(before(side, 1).host(side).ports, { kinds: ["shoe"] })).rejects.toThrow(/"shoe"/)
  })

  it("foretells what it would do, and writes nothing", async () => {
    const pair = before(side, 5)
    const there = pair.host(other)
    there.create("product", { title: "Shirt 1", handle: "shirt-1" }, false)
    there.create("product", { title: "Another title", handle: "shirt-2" }, false)
    there.create("product", { title: "One", handle: "shirt-3" }, false)
    there.create("product", { title: "Two", handle: "shirt-3" }, false)
    const states = () =>
      JSON.stringify(
        [pair.medusa.backup(), pair.directus.backup()].map(({ tables }) =>
          [...tables].map(([, { rows, links }]) => [[...rows], [...links]]),
        ),
      )
    const untouched = states()
    expect(await previewBackfill(pair.host(side).ports)).toMatchObject({
      create: 2,
      match: side === "medusa" ? 1 : 2,
      change: side === "medusa" ? 1 : 0,
      same: 0,
      stopped: 1,
      problems: [{ entity: "product", reason: expect.stringContaining("More than one record here") as string }],
    })
    expect(states()).toBe(untouched)
  })
})
