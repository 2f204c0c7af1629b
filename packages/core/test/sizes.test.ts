import { afterEach, expect, it } from "vitest"
import { sayHello } from "../src/send/ask-peer.ts"
import { pushOnce } from "../src/run/run-push.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { repairLinks } from "../src/repair/run-repair.ts"
import { SIZES, withSizes, type Sizes } from "../src/sizes.ts"
import { Pair } from "./pair.ts"
import { previewBackfill } from "./walked.ts"

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

it.each([
  ["long ids", 20, 200],
  ["very long ids", 20, 255],
  ["ids as Medusa makes them", 100, 31],
])("28: records of one key with %s are answered, however many could be meant", async (_, count, length) => {
  const pair = new Pair(resolveConfig())
  for (let n = 0; n < 20; n++) {
    const id = pair.directus.create("product", { title: "Shirt", handle: "shirt" }, false)
    const { rows } = pair.directus.table("product")
    rows.set(id.padEnd(length, "x"), rows.get(id) ?? {})
    rows.delete(id)
  }
  for (let n = 0; n < count; n++) {
    const { rows, marks } = pair.medusa.table("product")
    const made = pair.medusa.create("product", { title: "Shirt", handle: "shirt" })
    const id = made.padEnd(length, "x")
    const [row, mark] = [rows.get(made), marks.get(made)]
    if (row && mark) [rows, marks].forEach((of) => of.delete(made))
    if (row) rows.set(id, row)
    if (mark) marks.set(id, mark)
  }
  await pushOnce(pair.medusa.ports)
  expect(pair.medusa.control.paused).toBeNull()
  expect(await previewBackfill(pair.medusa.ports, ["product"])).not.toBeNull()
  const reasons = [...pair.medusa.table("product").links.values()].map(({ reason }) => reason)
  expect(reasons).toHaveLength(count)
  for (const reason of reasons) expect(reason).toMatch(/^ambiguous_match: /)
})

it("33: a database that is set back for the 60th time gives out no rev a second time, and goes on", async () => {
  const pair = new Pair(resolveConfig())
  const id = pair.directus.create("product", { title: "Shirt", handle: "shirt" })
  const linkOf = () => pair.directus.table("product").links.get(id)
  const firsts = new Set<number>()
  const greet = async (): Promise<void> => {
    for (let minute = 0; minute < 2; minute++) for (const side of SIDES) await sayHello(pair.host(side).ports)
  }
  for (let n = 0; n < 60; n++) {
    await greet()
    await pair.settle()
    const backup = pair.directus.backup()
    await greet()
    pair.directus.edit("product", id, { title: `lost ${String(n)}` })
    pair.directus.restoreFrom(backup)
    await greet()
    await pair.settle()
    pair.directus.edit("product", id, { title: `told ${String(n)}` })
    await pair.settle()
    firsts.add(linkOf()?.rev ?? 0)
    expect(pair.row("medusa", pair.peer("directus", id))?.["title"]).toBe(`told ${String(n)}`)
  }
  expect(pair.directus.control.past).toHaveLength(60)
  expect(firsts.size).toBe(60)
  expect(Math.min(...[...firsts].slice(1).map((rev, i) => rev - ([...firsts][i] ?? 0)))).toBeGreaterThan(900_000)
  expect(pair.requests.filter(({ status }) => status === 400)).toEqual([])
})
