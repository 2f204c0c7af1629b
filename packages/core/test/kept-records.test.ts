import { describe, expect, it } from "vitest"
import { otherSide, type Side } from "../src/document/value.ts"
import { sendNow } from "../src/inbox/send-now.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { repairRecords } from "../src/repair/repair-records.ts"
import { Pair } from "./pair.ts"

const AMONG = { newAmong: () => Promise.resolve([]) }

type Act = (pair: Pair, side: Side, id: string) => unknown

const WAYS: [string, Act][] = [
  ["it is edited there", (pair, side, id) => pair.host(side).edit("category", id, { description: "goes on" })],
  ["a person sends it now", (pair, side, id) => sendNow(pair.host(side).ports, [{ entity: "category", localId: id }])],
  ["it is repaired", (pair, side, id) => repairRecords(pair.host(side).ports, AMONG, named(id))],
  [
    "this side wins",
    (pair, side, id) => repairRecords(pair.host(side).ports, AMONG, { ...named(id), thisSideWins: true }),
  ],
]
const named = (id: string) => ({ records: [{ entity: "category", id }] })

describe.each<Side>(["medusa", "directus"])("what the other side deleted and %s kept comes back", (side) => {
  const other = otherSide(side)

  it.each(WAYS)("when %s, as one pair with what was kept", async (_, act) => {
    const pair = new Pair(
      resolveConfig({ category: { deletes: { medusa: "ignore", directus: "ignore" } } }),
      undefined,
      {
        medusa: { references: "hidden" },
        directus: { references: "emptied" },
      },
    )
    const id = pair.host(side).create("category", { name: "Shirts", handle: "shirts" })
    const product = pair.host(side).create("product", { title: "a", handle: "a", [`categories#${id}`]: true })
    await pair.settle()
    const { links, rows } = pair.host(side).table("category")
    const peer = links.get(id)?.peerId ?? ""
    pair.host(other).remove("category", peer)
    await pair.settle()
    expect(links.get(id)).toMatchObject({ standing: "ignored" })

    await act(pair, side, id)
    await pair.settle()
    const there = pair.host(other).table("category")
    expect(links.get(id)).toMatchObject({ standing: "alive", peerId: peer, state: "active", reason: null })
    expect([...there.rows]).toEqual([[peer, rows.get(id)]])
    expect(there.links.get(peer)).toMatchObject({ standing: "alive", peerId: id })
    expect(pair.row(other, pair.peer(side, product))?.[`categories#${peer}`]).toBe(true)
    expect(pair.row(side, product)?.[`categories#${id}`]).toBe(true)
  })
})
