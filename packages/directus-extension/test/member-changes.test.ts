import { resolveConfig } from "medusa-directus-core/host"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { memberChanges } from "../src/items/member-changes"
import { isOwnWrite, newOwnWrite, writesFor } from "../src/own-write"
import type { OwnWrite } from "../src/shared-state"
import { fakeDirectus, uuid, type FakeDirectus } from "./fake-directus"

const { entities } = resolveConfig({})
const JUNCTION = "products_product_categories"
let directus: FakeDirectus
let own: OwnWrite
beforeEach(async () => {
  own = newOwnWrite()
  directus = await fakeDirectus(entities)
  await directus.database(JUNCTION).insert([
    { id: uuid(30), products_id: uuid(1), product_categories_id: uuid(10) },
    { id: uuid(31), products_id: uuid(1), product_categories_id: uuid(11) },
    { id: uuid(32), products_id: uuid(2), product_categories_id: uuid(10) },
  ])
})
afterEach(() => directus.close())

const changes = (localId: string | null, members: string[]) => {
  const stored = directus.reader.kinds.find("product")?.stored
  if (!stored) throw new Error("no products")
  const wanted = [{ localId, members: new Map([["categories", members]]) }]
  return memberChanges(directus.database, "sqlite3", own, stored, wanted)
}
type Alterations = { create: { id: string; product_categories_id: string }[]; delete: string[] }
const itemOf = async (localId: string | null, members: string[]) =>
  (await changes(localId, members)).items[0]?.["categories"] as Alterations | undefined

describe("a change of members", () => {
  it("makes and takes away only what differs", async () => {
    const item = await itemOf(uuid(1), [uuid(11), uuid(12)])
    expect(item).toMatchObject({ create: [{ product_categories_id: uuid(12) }], update: [], delete: [uuid(30)] })
    expect(item?.create).toHaveLength(1)
  })

  it("is no change when all are there", async () => {
    expect(await itemOf(uuid(1), [uuid(11), uuid(10)])).toBeUndefined()
  })

  it("of a new record makes all, and nothing for none", async () => {
    expect((await itemOf(null, [uuid(10)]))?.create).toHaveLength(1)
    expect(await itemOf(null, [])).toBeUndefined()
  })

  it("its junction rows are the sync's own writes, others are not", async () => {
    const item = await itemOf(uuid(1), [uuid(11), uuid(12)])
    const connection = {}
    writesFor(own, connection)
    expect(isOwnWrite(connection, JUNCTION, uuid(30), "delete")).toBe(true)
    expect(isOwnWrite(connection, JUNCTION, item?.create[0]?.id ?? "", "create")).toBe(true)
    expect(isOwnWrite(connection, JUNCTION, uuid(32), "delete")).toBe(false)
  })
})
