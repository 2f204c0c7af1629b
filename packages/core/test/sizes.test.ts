import { afterEach, expect, it } from "vitest"
import { sayHello } from "../src/flow/ask-peer.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { repairLinks } from "../src/repair/run-repair.ts"
import { SIZES, withSizes, type Sizes } from "../src/sizes.ts"
import { Pair } from "./pair.ts"

let setBack = (): void => undefined
afterEach(() => setBack())

const SIDES = ["medusa", "directus"] as const

/** Both sides have these products, in groups of links that are larger than a question. */
async function catalogue(size: number, sizes: Partial<Sizes> = {}): Promise<Pair> {
  setBack = withSizes({ buckets: 1, ...sizes })
  const pair = new Pair(resolveConfig())
  for (let n = 0; n < size; n++) {
    const name = `shirt-${String(n)}`
    pair.medusa.create("product", { title: name, handle: name })
  }
  await pair.settle()
  return pair
}

const titles = (pair: Pair, side: "medusa" | "directus"): unknown[] =>
  [...pair.host(side).table("product").rows.values()].map((row) => row["title"])

it("sizes are set back to what they were", () => {
  const before = { ...SIZES }
  withSizes({ page: 2 })()
  expect(SIZES).toEqual(before)
})

it("28: a database that has lost more than one question can name gets all of it back", async () => {
  const pair = await catalogue(1_001)
  const backup = pair.directus.backup()
  for (const id of pair.directus.table("product").rows.keys()) pair.directus.edit("product", id, { title: "Later" })
  for (let minute = 0; minute < 2; minute++) for (const side of SIDES) await sayHello(pair.host(side).ports)
  await pair.settle()
  pair.directus.restoreFrom(backup)
  for (let minute = 0; minute < 2; minute++) for (const side of SIDES) await sayHello(pair.host(side).ports)
  await pair.settle()
  expect(new Set(titles(pair, "directus"))).toEqual(new Set(["Later"]))
  expect(pair.requests.filter(({ status }) => status === 400)).toEqual([])
})

it("28: a side that has lost more links than one question can name finds all of them by one comparison", async () => {
  const pair = await catalogue(7, { question: 3 })
  const { links, byPeer } = pair.directus.table("product")
  links.clear()
  byPeer.clear()
  expect(await repairLinks(pair.medusa.ports)).toMatchObject({ repaired: 7 })
  expect(pair.messages.flatMap(({ ask }) => (ask?.kind === "missing" ? [ask.records.length] : []))).toEqual([3, 3, 1])
})
