import { describe, expect, it } from "vitest"
import { matchAll } from "../src/apply/match-all.ts"
import { emptyLink, type Link } from "../src/link/link.ts"
import type { WireRecord } from "../src/wire/messages.ts"
import { hostWith, kind, type Given } from "./host-with.ts"
import { wireRecord } from "./wire-record.ts"

const bySku = (value: string) => ({ field: "sku", value })
const byTitle = (value: string) => ({ field: "title", value, within: "p1" })
const size = (id: string, more: Partial<WireRecord> = {}): WireRecord =>
  wireRecord({ entity: "variant", id, key: bySku("s-1"), ...more })
const link = (localId: string, more: Partial<Link> = {}): Link => ({ ...emptyLink("variant", localId), ...more })
const ROW = { sku: "s-1", title: "S", product: "p1" }

/** What each record of a message is taken for, and which keys and ids the host was asked for. */
async function matched(given: Given, ...records: WireRecord[]) {
  const { host, within } = hostWith(given)
  const asked: { keys: string[]; ids: string[] } = { keys: [], ids: [] }
  const found = await within((tx) =>
    matchAll(
      host.ports,
      {
        ...tx,
        documents: {
          ...tx.documents,
          findByKeys: (entity, keys) => {
            asked.keys.push(...keys.map(({ value }) => value))
            return tx.documents.findByKeys(entity, keys)
          },
        },
        links: {
          ...tx.links,
          find: (entity, ids) => {
            asked.ids.push(...ids)
            return tx.links.find(entity, ids)
          },
        },
      },
      kind("variant"),
      records,
    ),
  )
  expect(found.map(({ record }) => record)).toEqual(records)
  return { matches: found.map(({ match }) => match), ids: found.map(({ localId }) => localId), asked }
}

describe("the records of one message", () => {
  it("are never two of them the same record here, by whatever key", async () => {
    const { matches, ids } = await matched(
      { rows: { variant: { v1: ROW } } },
      size("d1"),
      size("d2", { key: byTitle("S") }),
    )
    expect(matches).toEqual([{ kind: "adopt", localId: "v1" }, { kind: "create" }])
    expect(ids).toEqual(["v1", null])
  })

  it("do not wait for a record that another one of them is", async () => {
    const announced = link("v1", { announced: "sku=s-1", awaiting: "d1", promised: "d1" })
    const alone = await matched({ links: [announced] }, size("d2"))
    expect(alone.matches).toEqual([{ kind: "await", localId: "v1" }])
    const both = await matched({ links: [announced] }, size("d1"), size("d2"))
    expect(both.matches).toEqual([{ kind: "adopt", localId: "v1" }, { kind: "create" }])
  })

  it("of one key are not guessed between, and those that are linked, ended, half told or without a key do not count", async () => {
    const given: Given = { rows: { variant: { v1: ROW, v2: { sku: "s-2" } } }, links: [link("v2", { peerId: "d9" })] }
    const { matches } = await matched(given, size("d1"), size("d2"))
    expect(matches).toEqual([
      { kind: "ambiguous", candidates: ["v1"], rivals: ["d2"] },
      { kind: "ambiguous", candidates: ["v1"], rivals: ["d1"] },
    ])
    for (const other of [size("d2", { alive: false }), size("d2", { full: false }), size("d2", { key: null })]) {
      const [first] = (await matched(given, size("d1"), other)).matches
      expect(first).toEqual({ kind: "adopt", localId: "v1" })
    }
    expect((await matched({}, size("d1", { key: null }), size("d2", { key: null }))).matches).toEqual([
      { kind: "create" },
      { kind: "create" },
    ])
  })

  it("are looked for by key only where no link answers, and by name only where their own link does not", async () => {
    const given: Given = { rows: { variant: { v1: ROW } }, links: [link("v1", { peerId: "d1" }), link("v3")] }
    const { matches, asked } = await matched(
      given,
      size("d1", { peer: "v1" }),
      size("d2", { peer: "v3", key: bySku("s-3") }),
      size("d3", { peer: "v4", key: bySku("s-4"), full: false }),
    )
    expect(matches).toEqual([
      { kind: "linked", localId: "v1" },
      { kind: "adopt", localId: "v3" },
      { kind: "need_full" },
    ])
    expect(asked).toEqual({ keys: [], ids: ["v3", "v4"] })
  })

  it("that name nobody are not taken for a record that has no name", async () => {
    const { asked } = await matched({}, size("d1"))
    expect(asked).toEqual({ keys: ["s-1"], ids: [] })
  })
})
