import { describe, expect, it } from "vitest"
import { startBackfill, stepBackfill } from "../src/backfill/backfill.ts"
import type { Side } from "../src/document/value.ts"
import { pushOnce } from "../src/run/run-push.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { sweepOnce } from "../src/repair/sweep.ts"
import { Pair } from "./pair.ts"

const SWEEP = { newAmong: () => Promise.resolve([]), rest: () => Promise.resolve(true) }
const BOTH = ["medusa", "directus"] as const

/** A product of the shop, and two items with its handle, which a person adopts by a backfill of these sides. */
async function adopted(sides: readonly Side[]): Promise<{ pair: Pair; second: string }> {
  const pair = new Pair(resolveConfig())
  pair.medusa.create("product", { title: "Table", handle: "table" }, false)
  pair.directus.create("product", { title: "Table", handle: "table" }, false)
  const second = pair.directus.create("product", { title: "Another table", handle: "table" }, false)
  for (const side of sides) await startBackfill(pair.host(side).ports)
  for (let minute = 0; minute < 30; minute++) {
    for (const side of sides) {
      const { ports } = pair.host(side)
      await stepBackfill(ports, await ports.readControl())
      await pushOnce(ports)
    }
    pair.now += 60_000
  }
  return { pair, second }
}

describe("two records that have the key of one", () => {
  it.each([[BOTH], [["directus", "medusa"]]] as const)(
    "are stopped after a backfill of %s, and find their pairs by themselves when the key of one is changed",
    async (sides) => {
      const { pair, second } = await adopted(sides)
      expect([...pair.directus.table("product").links.values()].filter(({ peerId }) => peerId !== null)).toEqual([])
      pair.directus.edit("product", second, { handle: "table-2" })
      for (let sweep = 0; sweep < 4; sweep++) {
        for (const side of BOTH) {
          await sweepOnce(pair.host(side).ports, SWEEP)
          await pushOnce(pair.host(side).ports)
        }
        pair.now += 300_000
      }
      for (const side of BOTH) {
        const rows = [...pair.host(side).table("product").rows.values()]
        expect(rows.map(({ title, handle }) => [handle, title]).sort()).toEqual([
          ["table", "Table"],
          ["table-2", "Another table"],
        ])
        const links = [...pair.host(side).table("product").links.values()]
        expect(links.map(({ state, reason }) => [state, reason])).toEqual([
          ["active", null],
          ["active", null],
        ])
      }
    },
  )
})

it("two that have the key of one are stopped, also where another pair of one key has the message applied in pieces", async () => {
  const pair = new Pair(resolveConfig(), undefined, { medusa: { unique: "handle" } })
  pair.medusa.create("product", { title: "Table", handle: "table" }, false)
  for (const handle of ["table", "chair", "table", "chair"]) pair.directus.create("product", { title: handle, handle })
  await pushOnce(pair.directus.ports)
  const { rows, links } = pair.directus.table("product")
  const arrived = [...links.values()].filter(({ peerId }) => peerId !== null)
  expect(arrived.map(({ localId }) => rows.get(localId)?.["handle"])).toEqual(["chair"])
})
