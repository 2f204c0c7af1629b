import { describe, expect, it } from "vitest"
import { emptyLink, tombstoneId, type Link } from "../src/link/link.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { repairRecords } from "../src/repair/repair-records.ts"
import { MemoryHost } from "../src/testing/memory-host.ts"
import { repairAll, reportDrift } from "./walked.ts"

const none = { newAmong: () => Promise.resolve([]) }
const at = (localId: string, more: Partial<Link> = {}): Link => ({
  ...emptyLink("product", localId),
  peerId: `d-${localId}`,
  rev: 3,
  acked: 3,
  aliveRev: 1,
  fields: { title: { fp: "t", r: 2 }, material: { fp: "m", r: 1 }, "a-field-of-before": { fp: "x", r: 1 } },
  ...more,
})

/** Medusa with these links, of a mapping where Directus owns the material. */
function hostOf(...links: Link[]) {
  const config = resolveConfig({ product: { fields: { material: { owner: "directus" } } } })
  const host = new MemoryHost({ side: "medusa", config, epoch: "e1", clock: () => 1_000, newId: () => "id" })
  const table = host.table("product")
  for (const link of links) table.links.set(link.localId, link)
  const ask = (...ids: string[]) => ids.map((id) => ({ entity: "product", id }))
  const linkOf = (id: string) => table.links.get(id)
  return { host, table, ask, linkOf, marked: () => [...table.marks.keys()] }
}

describe("this side wins", () => {
  it("is told of every field that the other side may take, once for a record that is named twice", async () => {
    const stopped = at("p1", { state: "quarantined", reason: "no", attempts: 4 })
    const { host, ask, linkOf, marked } = hostOf(stopped, at("p2"))
    expect(await repairRecords(host.ports, { records: ask("p2", "p1", "p2"), thisSideWins: true })).toBe(2)
    expect(linkOf("p1")).toEqual({
      ...stopped,
      state: "active",
      reason: null,
      attempts: 0,
      rev: 4,
      aliveRev: 4,
      fields: {
        title: { fp: "t", r: 4, e: 2 },
        material: { fp: "m", r: 1 },
        "a-field-of-before": { fp: "x", r: 1 },
      },
    })
    expect(marked()).toEqual(["p1", "p2"])
  })

  it("is nothing to tell of a record that the other side has not, that is gone, or that is left alone", async () => {
    const others = [
      at("p1", { peerId: null }),
      at("p2", { standing: "gone" }),
      at("p3", { state: "unlinked" }),
      at(tombstoneId("d9")),
    ]
    const ids = others.map(({ localId }) => localId)
    for (const which of ["named", "all"]) {
      const { host, ask, linkOf } = hostOf(...others)
      if (which === "all") await repairAll(host.ports, none, { thisSideWins: true })
      else await repairRecords(host.ports, { records: ask(...ids), thisSideWins: true })
      expect(ids.map(linkOf)).toEqual(others)
    }
  })

  it("is not what a repair of named records does unless it is asked for", async () => {
    const { host, ask, linkOf, marked } = hostOf(at("p1"))
    expect(await repairRecords(host.ports, { records: ask("p1") })).toBe(1)
    expect(linkOf("p1")).toEqual(at("p1"))
    expect(marked()).toEqual(["p1"])
  })
})

describe("records that are named", () => {
  it("count and are marked when a row or a link has that name, and are passed over when neither has", async () => {
    for (const thisSideWins of [false, true]) {
      const { host, table, ask, marked } = hostOf(at("gone", { standing: "gone" }), at("linked"))
      table.rows.set("new", { title: "New" })
      table.rows.set("linked", { title: "Linked" })
      const records = [...ask("nope", "gone", "linked", "new", "\u{1f600}"), { entity: "nothing", id: "linked" }]
      expect(await repairRecords(host.ports, { records, thisSideWins })).toBe(3)
      expect(marked().sort()).toEqual(["gone", "linked", "new"])
    }
  })

  it("may all be unknown", async () => {
    const { host, ask, marked } = hostOf(at("p1"))
    expect(await repairRecords(host.ports, { records: ask("sec-nope") })).toBe(0)
    expect(marked()).toEqual([])
  })
})

it("a report of drift counts all and names a thousand, however many pages there are", async () => {
  const links = Array.from({ length: 1_200 }, (_, n) => at(`p${String(n).padStart(4, "0")}`, { fields: {} }))
  const { host, table, marked } = hostOf(...links)
  for (const { localId } of links) table.rows.set(localId, { title: "by SQL" })
  const { count, drifts } = await reportDrift(host.ports, none)
  expect(count).toBe(1_200)
  expect(drifts).toHaveLength(1_000)
  expect(marked()).toEqual([])
})
