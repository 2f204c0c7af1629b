import { describe, expect, it } from "vitest"
import { fingerprint } from "../src/document/fingerprint.ts"
import type { Document } from "../src/document/value.ts"
import { emptyLink, tombstoneOf, type Link } from "../src/link/link.ts"
import { findDrift, sweepOnce } from "../src/repair/sweep.ts"
import { type Drift } from "../src/operate/job.ts"
import { hostWith, type Given } from "./host-with.ts"
import { reportDrift } from "./walked.ts"

const SHIRT: Document = { title: "Shirt", handle: "shirt" }
const fields = (document: Document, r = 1) =>
  Object.fromEntries(Object.entries(document).map(([name, value]) => [name, { fp: fingerprint(value), r }]))
const at = (localId: string, more: Partial<Link> = {}): Link => ({
  ...emptyLink("product", localId),
  peerId: `d-${localId}`,
  rev: 3,
  acked: 3,
  aliveRev: 1,
  fields: fields(SHIRT),
  ...more,
})
const UNTOLD = { rev: 4, fields: fields(SHIRT, 4) }

/** What a sweep finds, without marking it. */
async function swept(given: Given, added: string[] = []) {
  const { host, marked } = hostWith(given)
  const found: Drift[] = []
  const asked: string[] = []
  const rests: number[] = []
  await findDrift(
    host.ports,
    {
      newAmong: (_, ids) => {
        asked.push(...ids)
        return Promise.resolve(ids.filter((id) => added.includes(id)))
      },
      rest: (took) => {
        rests.push(took)
        return Promise.resolve(true)
      },
    },
    (drifts) => found.push(...drifts),
  )
  expect(marked("product")).toEqual([])
  return { drifts: found.map(({ localId, kind, fields }) => ({ localId, kind, fields })), asked, rests }
}

describe("a sweep finds", () => {
  it("rows that changed, came back or were never looked at, and no others", async () => {
    const changed = { ...SHIRT, title: "by SQL" }
    const rows = { p1: SHIRT, p2: changed, p3: SHIRT, p4: SHIRT, p5: changed, p6: SHIRT }
    const links = [at("p1"), at("p2"), at("p3", { standing: "gone", snapshot: SHIRT }), at("p5", { state: "unlinked" })]
    const { drifts, asked } = await swept({ rows: { product: rows }, links }, ["p4"])
    expect(drifts).toEqual([
      { localId: "p2", kind: "changed", fields: ["title"] },
      { localId: "p3", kind: "back", fields: [] },
      { localId: "p4", kind: "new", fields: [] },
    ])
    expect(asked).toEqual(["p4", "p6"])
  })

  it("what waits to be sent without a mark, unless it waits for another record or for a person", async () => {
    const ids = ["p1", "p2", "p3"]
    const links = [
      at("p1", UNTOLD),
      at("p2", { ...UNTOLD, heldBack: true }),
      at("p3", { ...UNTOLD, state: "quarantined" }),
    ]
    const { drifts } = await swept({ rows: { product: Object.fromEntries(ids.map((id) => [id, SHIRT])) }, links })
    expect(drifts).toEqual([{ localId: "p1", kind: "untold", fields: [] }])
  })

  it("what waits with a mark apart from what nobody told of, unless it is stopped", async () => {
    const changed = { ...SHIRT, title: "by SQL" }
    const ids = ["p1", "p2", "p3", "p4", "p5"]
    const links = [at("p1"), at("p2", { state: "quarantined" }), at("p3", UNTOLD), at("p5")]
    const rows = { p1: changed, p2: changed, p3: SHIRT, p4: SHIRT, p5: changed }
    const { host } = hostWith({ rows: { product: rows }, links })
    await host.ports.transaction(({ marks }) => marks.add("product", ids.slice(0, 4)))
    const among = { newAmong: () => Promise.resolve(["p4"]) }
    const report = await reportDrift(host.ports, among)
    expect(report).toMatchObject({ count: 2, waiting: 3 })
    expect(report.drifts.map(({ localId, kind }) => [localId, kind])).toEqual([
      ["p2", "changed"],
      ["p5", "changed"],
    ])
    const before: Drift[] = []
    const rest = () => Promise.resolve(true)
    const seen = (found: readonly Drift[]) => Promise.resolve(void before.push(...found))
    expect(await sweepOnce(host.ports, { ...among, rest, before: seen })).toBe(5)
    expect(before.map(({ localId }) => localId)).toEqual(["p2", "p5"])
  })

  it("rows that are gone, once: not one that went before, nor one that never was here", async () => {
    const links = [
      at("p1"),
      at("p2", { standing: "gone", snapshot: SHIRT }),
      at("p3", { standing: "archived", snapshot: SHIRT }),
      tombstoneOf("product", "d9", 3),
    ]
    expect((await swept({ links })).drifts).toEqual([{ localId: "p1", kind: "gone", fields: [] }])
  })

  it("each page of a long list, and rests after each for as long as it took", async () => {
    const size = 1_001
    const links = Array.from({ length: size }, (_, n) => at(`p${String(n).padStart(4, "0")}`))
    const { drifts, rests } = await swept({ links })
    expect(drifts).toHaveLength(size)
    expect(new Set(drifts.map(({ localId }) => localId)).size).toBe(size)
    expect(new Set(rests)).toEqual(new Set([0]))
  })
})
