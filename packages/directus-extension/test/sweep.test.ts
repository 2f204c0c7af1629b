import {
  capture,
  resolveConfig,
  sweepOnce,
  type HostPorts,
  type HostRow,
  type HostTransaction,
} from "medusa-directus-core/host"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { takeTurn } from "../src/ports/control-store"
import { makeDocumentStore } from "../src/ports/document-store"
import { makeLinkStore } from "../src/ports/link-store"
import { makeMarkStore } from "../src/ports/mark-store"
import { readRows } from "../src/items/read-rows"
import type { WriterHost } from "../src/items/write-items"
import type { Filters } from "../src/extend"
import { TABLES } from "../src/database/tables"
import { fakeDirectus, uuid, type FakeDirectus } from "./fake-directus"

const { entities } = resolveConfig({})
let directus: FakeDirectus
beforeEach(async () => {
  directus = await fakeDirectus(entities)
})
afterEach(() => directus.close())

/** As after a push that Medusa has answered: the links remember what the rows hold. */
async function linkAll(): Promise<void> {
  for (const kind of directus.reader.kinds.all()) {
    const rows = await directus.database(kind.stored.name).select<{ id: string }[]>("id")
    const documents = await readRows(
      directus.reader,
      kind,
      rows.map(({ id }) => id),
    )
    const links = [...documents].map(([id, fields]) => {
      const row: HostRow = { present: true, fields }
      const captured = capture(kind.entity, null, id, row)
      if (!captured) throw new Error("not captured")
      return { ...captured.link, peerId: `peer-${id}`, acked: captured.link.rev }
    })
    await makeLinkStore(directus.database, "sqlite3").save(kind.entity.name, links)
  }
}

interface Change {
  newAmong?: () => Promise<string[]>
  rest?: () => Promise<boolean>
  filters?: Filters
}

/** The ports that a sweep needs, over the extension's own stores. */
function portsOf({ filters }: Change): HostPorts {
  const { database, reader } = directus
  const tx: Pick<HostTransaction, "links" | "documents" | "marks"> = {
    links: makeLinkStore(database, "sqlite3"),
    documents: makeDocumentStore({ reader: { ...reader, ...(filters ? { filters } : {}) } } as WriterHost),
    marks: makeMarkStore(database, "sqlite3", "test", () => 1),
  }
  return {
    config: { entities },
    now: () => new Date(1),
    transaction: (work: (tx: HostTransaction) => Promise<unknown>) => work(tx as HostTransaction),
  } as unknown as HostPorts
}

async function sweep(change: Change = {}): Promise<string[]> {
  await sweepOnce(portsOf(change), {
    newAmong: change.newAmong ?? ((_, ids) => Promise.resolve(ids)),
    rest: change.rest ?? (() => Promise.resolve(true)),
  })
  const marks = await directus.database(TABLES.mark).select<{ entity: string; local_id: string }[]>("*")
  await directus.database(TABLES.mark).delete()
  return marks.map(({ entity, local_id }) => `${entity} ${local_id}`)
}

async function fill(): Promise<void> {
  const { database } = directus
  await database("product_categories").insert({ id: uuid(10), name: "A" })
  await database("products").insert([
    { id: uuid(1), title: "One" },
    { id: uuid(2), title: "Two" },
  ])
  await database("products_product_categories").insert({
    id: uuid(30),
    products_id: uuid(1),
    product_categories_id: uuid(10),
  })
  await database("product_variants").insert([
    { id: uuid(20), product: uuid(1), title: "S" },
    { id: uuid(21), product: uuid(2), title: "M" },
  ])
}

describe("the sweep marks what nothing has told", () => {
  it("nothing, while every link remembers what its row holds", async () => {
    await fill()
    await linkAll()
    expect(await sweep()).toEqual([])
  })

  it("a change by plain SQL: of a row, of the junction, of a list", async () => {
    await fill()
    await linkAll()
    await directus
      .database("products")
      .where({ id: uuid(2) })
      .update({ title: "Two, edited" })
    await directus.database("products_product_categories").delete()
    await directus
      .database("product_variants")
      .where({ id: uuid(21) })
      .update({ prices: '[{"amount":"2","currency_code":"eur"}]' })
    expect(await sweep()).toEqual([`product ${uuid(1)}`, `product ${uuid(2)}`, `variant ${uuid(21)}`])
  })

  it("a row that is gone; what went with its whole is not told by itself", async () => {
    await fill()
    await linkAll()
    await directus
      .database("product_variants")
      .whereIn("id", [uuid(20), uuid(21)])
      .delete()
    await directus
      .database("products")
      .where({ id: uuid(2) })
      .delete()
    expect(await sweep()).toEqual([`product ${uuid(2)}`, `variant ${uuid(20)}`])
  })

  it("a part that went along with its whole, once the whole is back without it", async () => {
    await fill()
    await linkAll()
    await directus
      .database(TABLES.link)
      .whereIn("local_id", [uuid(20), uuid(21)])
      .update({ standing: "along" })
    await directus
      .database("product_variants")
      .whereIn("id", [uuid(20), uuid(21)])
      .delete()
    await directus
      .database("products")
      .where({ id: uuid(2) })
      .delete()
    await directus
      .database(TABLES.link)
      .where({ local_id: uuid(2) })
      .update({ standing: "gone" })
    expect(await sweep()).toEqual([`variant ${uuid(20)}`])
  })

  it("a new row in a collection that the extension made, not in one that was there before", async () => {
    await fill()
    await linkAll()
    await directus.database("products").insert({ id: uuid(3), title: "Three" })
    expect(await sweep({ newAmong: () => Promise.resolve([]) })).toEqual([])
    expect(await sweep()).toEqual([`product ${uuid(3)}`])
  })

  it("a record that a filter of the shop's takes out; its parts go along", async () => {
    await fill()
    await linkAll()
    const filters = new Map([["product", (row: Record<string, unknown>) => row["title"] !== "Two"]])
    expect(await sweep({ filters })).toEqual([`product ${uuid(2)}`])
  })

  it("no record that was unlinked", async () => {
    await fill()
    await linkAll()
    await directus.database(TABLES.link).update({ state: "unlinked" })
    await directus.database("products").update({ title: "edited" })
    expect(await sweep()).toEqual([])
  })
})

describe("the sweep is gentle", () => {
  it("it reads pages of 500 and rests after each", async () => {
    const rows = Array.from({ length: 1100 }, (_, i) => ({ id: uuid(1000 + i), title: String(i) }))
    for (let at = 0; at < rows.length; at += 100) await directus.database("products").insert(rows.slice(at, at + 100))
    let rests = 0
    const marks = await sweep({
      rest: () => {
        rests++
        return Promise.resolve(true)
      },
    })
    expect(marks).toHaveLength(1100)
    // Three pages of products, one of each other kind, and one of the links of each kind.
    expect(rests).toBe(3 + 4 + 5)
  })

  it("of several instances one gets the turn, and the next one when it is due", async () => {
    const turn = (now: number) => takeTurn(directus.database, "sweep", 1000, now)
    expect(await turn(5000)).toBe(true)
    expect(await turn(5999)).toBe(false)
    expect(await turn(6000)).toBe(true)
    expect(await turn(6000)).toBe(false)
  })
})
