import type { EventContext, SchemaOverview } from "@directus/types"
import { resolveConfig } from "medusa-directus-core/host"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { readSnapshots } from "../src/items/snapshot-store"
import { storedKinds } from "../src/items/stored-kinds"
import { claim, newOwnWrite, runOwnWrite, writesFor } from "../src/own-write"
import { TABLES } from "../src/database/tables"
import { makeCapture, type Capture } from "../src/capture/capture"
import { makeRelatedCapture } from "../src/capture/capture-related"
import { captureSort } from "../src/capture/capture-sort"
import type { CapturedIn } from "../src/capture/captured"
import { makeDependents } from "../src/capture/dependents"
import { makeMarker, type Marker } from "../src/capture/mark-dirty"
import { makePutOnSale } from "../src/capture/put-on-sale"
import { fakeDirectus, uuid, type FakeDirectus } from "./fake-directus"

const { entities } = resolveConfig({})
const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
const JUNCTION = "products_product_categories"
let directus: FakeDirectus
let capture: Capture
let captured: CapturedIn
let marker: Marker
beforeEach(async () => {
  directus = await fakeDirectus(entities)
  marker = makeMarker(log)
  captured = (schema: SchemaOverview | null) => {
    if (!schema) return null
    const kinds = storedKinds(schema, entities)
    const dependentsOf = makeDependents(schema, kinds, "sqlite3")
    return { dialect: "sqlite3", assets: directus.reader.assets, kinds, dependentsOf }
  }
  capture = makeCapture(captured, makeRelatedCapture(marker, log), marker, log)
  const { database } = directus
  await database("directus_files").insert({ id: uuid(90) })
  await database("product_collections").insert({ id: uuid(5), title: "C" })
  await database("product_categories").insert([
    { id: uuid(10), name: "A" },
    { id: uuid(11), name: "B", parent: uuid(10) },
  ])
  await database("products").insert([
    { id: uuid(1), title: "One", collection: uuid(5), thumbnail_file: uuid(90) },
    { id: uuid(2), title: "Two" },
  ])
  await database("product_images").insert({ id: uuid(40), product: uuid(2), file: uuid(90) })
  await database("product_variants").insert({ id: uuid(20), product: uuid(1), title: "S" })
  await database(JUNCTION).insert([{ id: uuid(30), products_id: uuid(1), product_categories_id: uuid(10) }])
})
afterEach(() => directus.close())

const admin = { admin: true } as EventContext["accountability"]
const context = (accountability = admin): EventContext => ({
  database: directus.database,
  schema: directus.schema,
  accountability,
})
const marks = async (): Promise<string[]> => {
  const rows = await directus.database(TABLES.mark).orderBy("seq").select<{ entity: string; local_id: string }[]>("*")
  await directus.database(TABLES.mark).delete()
  return rows.map(({ entity, local_id }) => `${entity} ${local_id}`).sort()
}
const activity = (action: string, collection: string, item: string) =>
  capture.activity({ action, collection, item }, {}, context(null))
const remove = async (collection: string, id: string, event = "items.delete"): Promise<void> => {
  await capture.remove([id], { collection, event }, context())
  await directus.database(collection).where({ id }).delete()
  await activity("delete", collection, id)
}

describe("a row elsewhere changes a record", () => {
  it("a junction row marks the record that has the members, by the row's key alone", async () => {
    await activity("create", JUNCTION, uuid(30))
    expect(await marks()).toEqual([`product ${uuid(1)}`])
  })

  it("one that moves marks the record that it leaves, and the one that it comes to", async () => {
    await capture.update({ products_id: uuid(2) }, { collection: JUNCTION, keys: [uuid(30)] }, context())
    await directus
      .database(JUNCTION)
      .where({ id: uuid(30) })
      .update({ products_id: uuid(2) })
    await activity("update", JUNCTION, uuid(30))
    expect(await marks()).toEqual([`product ${uuid(1)}`, `product ${uuid(2)}`])
  })

  it("one that goes marks the record that it was of", async () => {
    await remove(JUNCTION, uuid(30))
    expect(await marks()).toEqual([`product ${uuid(1)}`])
  })

  it("a category that goes marks the products that were in it, and its subcategories", async () => {
    await remove("product_categories", uuid(10))
    expect(await marks()).toEqual([`category ${uuid(10)}`, `category ${uuid(11)}`, `product ${uuid(1)}`])
  })

  it("a collection that goes marks its products; one that is edited does not", async () => {
    await activity("update", "product_collections", uuid(5))
    expect(await marks()).toEqual([`collection ${uuid(5)}`])
    await remove("product_collections", uuid(5))
    expect(await marks()).toEqual([`collection ${uuid(5)}`, `product ${uuid(1)}`])
  })

  it("a file that goes marks the products and images that show it", async () => {
    await capture.remove([uuid(90)], { collection: "directus_files", event: "files.delete" }, context())
    await activity("delete", "directus_files", uuid(90))
    expect(await marks()).toEqual([`image ${uuid(40)}`, `product ${uuid(1)}`])
  })

  it("what nobody tracks is marked before and after", async () => {
    await capture.remove([uuid(30)], { collection: JUNCTION }, context(null))
    expect(await marks()).toEqual([`product ${uuid(1)}`])
    await capture.afterwards("delete", { collection: JUNCTION, keys: [uuid(30)] }, context(null))
    expect(await marks()).toEqual([`product ${uuid(1)}`])
  })

  it("not by the sync's own write", async () => {
    const own = newOwnWrite()
    claim(own, JUNCTION, [uuid(30)])
    writesFor(own, context().database)
    await runOwnWrite(own, async () => {
      await activity("create", JUNCTION, uuid(30))
      await capture.remove([uuid(30)], { collection: JUNCTION }, context())
    })
    expect(await marks()).toEqual([])
  })
})

describe("marks of a transaction", () => {
  const statements = () => {
    const seen: string[] = []
    directus.database.on("query", ({ sql }: { sql: string }) => seen.push(sql))
    return { into: (table: string) => seen.filter((sql) => sql.startsWith("insert") && sql.includes(table)).length }
  }

  it("are written down once, however many rows it changes, before it is committed", async () => {
    const seen = statements()
    await directus.database.transaction(async (trx) => {
      for (let n = 1; n <= 20; n++)
        await capture.activity(
          { action: "update", collection: "products", item: uuid(n) },
          {},
          { ...context(null), database: trx },
        )
      expect(seen.into(TABLES.mark)).toBe(0)
    })
    expect(seen.into(TABLES.mark)).toBe(1)
    expect(await marks()).toHaveLength(20)
  })

  it("come with it or not at all, also those of a savepoint and of a commit by hand", async () => {
    const failed = directus.database.transaction(async (trx) => {
      await marker.mark(trx, "product", [uuid(1)])
      throw new Error("the edit is refused")
    })
    await expect(failed).rejects.toThrow("the edit is refused")
    expect(await marks()).toEqual([])
    const trx = await directus.database.transaction()
    await trx.transaction((savepoint) => marker.mark(savepoint, "product", [uuid(1)]))
    await marker.mark(trx, "product", [uuid(2)], { person: true })
    await trx.commit()
    expect(await marks()).toEqual([`product ${uuid(1)}`, `product ${uuid(2)}`])
  })

  it("that cannot be written down do not stop the edit, and are written down later", async () => {
    const { database } = directus
    await marker.isReady(database)
    await database.schema.renameTable(TABLES.mark, "away")
    await database.transaction(async (trx) => {
      await marker.mark(trx, "product", [uuid(1)])
      await trx("products")
        .where({ id: uuid(1) })
        .update({ title: "Saved" })
    })
    expect(
      await database("products")
        .where({ id: uuid(1) })
        .first("title"),
    ).toEqual({ title: "Saved" })
    await database.schema.renameTable("away", TABLES.mark)
    await marker.retry(database)
    expect(await marks()).toEqual([`product ${uuid(1)}`])
  })

  it("are written down once where it is committed twice, as Knex does after a commit by hand", async () => {
    const { database } = directus
    const seen = statements()
    const trx = await database.transaction()
    await marker.mark(trx, "product", [uuid(1)])
    await trx.commit()
    await Promise.resolve(trx.commit()).catch(() => undefined)
    await marker.retry(database)
    expect(seen.into(TABLES.mark)).toBe(1)
    expect(await marks()).toEqual([`product ${uuid(1)}`])
  })

  it("that come when it has ended already are not forgotten", async () => {
    const { database } = directus
    const trx = await database.transaction()
    await marker.mark(trx, "product", [uuid(1)])
    await trx.commit()
    await marker.mark(trx, "product", [uuid(2)])
    await marker.retry(database)
    expect(await marks()).toEqual([`product ${uuid(1)}`, `product ${uuid(2)}`])
  })
})

describe("whoever puts an item on sale", () => {
  const asked = async (): Promise<Record<string, boolean>> => {
    const rows = await directus.database(TABLES.mark).select<{ local_id: string; asked: number }[]>("*")
    await directus.database(TABLES.mark).delete()
    const ids = new Set(rows.map(({ local_id }) => local_id))
    return Object.fromEntries(
      [...ids].sort().map((id) => [id, rows.some((row) => row.local_id === id && Boolean(row.asked))]),
    )
  }
  const edit = async (payload: Record<string, unknown>, ...ids: string[]) => {
    await capture.update(payload, { collection: "products", keys: ids }, context())
    for (const id of ids) await activity("update", "products", id)
    return asked()
  }

  it("makes it, or says its status", async () => {
    await activity("create", "products", uuid(1))
    expect(await asked()).toEqual({ [uuid(1)]: true })
    expect(await edit({ status: "published" }, uuid(1), uuid(2))).toEqual({ [uuid(1)]: true, [uuid(2)]: true })
  })

  it("does not by another field, also behind an edit of the status, nor by what the item hangs on", async () => {
    expect(await edit({ title: "Corrected" }, uuid(1))).toEqual({ [uuid(1)]: false })
    await capture.update({ status: "published" }, { collection: "products", keys: [uuid(1)] }, context())
    expect(await edit({ title: "Corrected" }, uuid(1))).toEqual({ [uuid(1)]: false })
    await activity("create", JUNCTION, uuid(30))
    expect(await asked()).toEqual({ [uuid(1)]: false })
    await remove("product_categories", uuid(10))
    expect(await asked()).toMatchObject({ [uuid(1)]: false })
    await remove("product_collections", uuid(5))
    expect(await asked()).toMatchObject({ [uuid(1)]: false })
  })

  it("does so, too, where nobody tracks what is done", async () => {
    const untracked = context(null)
    const meta = { collection: "products", keys: [uuid(1)] }
    await capture.update({ status: "published" }, meta, untracked)
    expect(await asked()).toEqual({ [uuid(1)]: true })
    await capture.afterwards("update", { ...meta, payload: { status: "published" } }, untracked)
    expect(await asked()).toEqual({ [uuid(1)]: true })
    await capture.afterwards("update", { ...meta, payload: { title: "Corrected" } }, untracked)
    expect(await asked()).toEqual({ [uuid(1)]: false })
    await capture.create({ title: "New" }, { collection: "products" }, untracked)
    expect(Object.values(await asked())).toEqual([true])
  })

  it("of more edits than are remembered, those of the status that came last are", () => {
    const putOnSale = makePutOnSale(2)
    for (const id of ["1", "2", "3"]) putOnSale.note({ collection: "products", ids: [id], asked: true })
    expect(["1", "2", "3"].map((id) => putOnSale.has("products", id))).toEqual([false, true, true])
  })
})

describe("a whole that goes", () => {
  it("its last values and those of its parts are kept", async () => {
    await remove("products", uuid(1))
    const { database } = directus
    expect((await readSnapshots(database, "product", [uuid(1)])).get(uuid(1))).toMatchObject({ title: "One" })
    expect((await readSnapshots(database, "variant", [uuid(20)])).get(uuid(20))).toMatchObject({
      title: "S",
      product: uuid(1),
    })
    expect((await readSnapshots(database, "image", [uuid(40)])).size).toBe(0)
  })
})

describe("items.sort", () => {
  const sort = async (collection: string, sortField: string | null) => {
    const schema = structuredClone(directus.schema)
    const info = schema.collections[collection]
    if (info) info.sortField = sortField
    await captureSort(captured, marker, { collection, item: "1", to: "2" }, { ...context(), schema })
    return marks()
  }

  it("marks each row of a collection whose sort field is mapped, and no other", async () => {
    expect(await sort("product_categories", "rank")).toEqual([`category ${uuid(10)}`, `category ${uuid(11)}`])
    expect(await sort("product_categories", "date_created")).toEqual([])
    expect(await sort("product_categories", null)).toEqual([])
    expect(await sort("articles", "sort")).toEqual([])
  })
})
