import type { Accountability, EventContext } from "@directus/types"
import { fingerprint, resolveConfig, type CanonicalValue } from "medusa-directus-core/host"
import { afterEach, beforeEach, expect } from "vitest"
import { readRows } from "../src/items/read-rows"
import { storedKinds } from "../src/items/stored-kinds"
import { makeDraftGuard, type DraftGuard } from "../src/drafts/guard-drafts"
import { TABLES } from "../src/database/tables"
import { makeDependents } from "../src/capture/dependents"
import { makeMarker } from "../src/capture/mark-dirty"
import { fakeDirectus, uuid, type FakeDirectus } from "./fake-directus"

export type Row = Record<string, unknown>

const { entities } = resolveConfig({
  translations: { locales: { "de-DE": "de", "fr-FR": "fr" } },
  product: { fields: { subtitle: { wins: "directus" } } },
})
export const VERSION = uuid(900)
export const [PRODUCT, VARIANT, COLLECTION, OTHER, CATEGORY, GERMAN, FILE] = [1, 20, 5, 6, 10, 30, 90].map(uuid) as [
  ...[string, string, string, string, string, string, string],
]
export const editor = { user: "editor", admin: true } as Accountability
/** A product whose draft is saved and published, in tests that call this once. */
export function useDrafts() {
  const said: string[] = []
  const log = {
    info: () => undefined,
    warn: (text: string) => said.push(text),
    error: (text: string) => said.push(text),
  }
  let directus: FakeDirectus
  let guard: DraftGuard

  beforeEach(async () => {
    said.length = 0
    directus = await fakeDirectus(entities)
    const { database, reader, schema } = directus
    const captured = () => {
      const kinds = storedKinds(schema, entities)
      const dependentsOf = makeDependents(schema, kinds, "sqlite3")
      return { dialect: "sqlite3", assets: reader.assets, kinds, dependentsOf } as const
    }
    guard = makeDraftGuard((of) => (of ? captured() : null), makeMarker(log), log)
    await database("directus_versions").insert({ id: VERSION, collection: "products", item: PRODUCT })
    await database("directus_files").insert({ id: FILE })
    await database("product_collections").insert([
      { id: COLLECTION, title: "Summer" },
      { id: OTHER, title: "Winter" },
    ])
    await database("product_categories").insert({ id: CATEGORY, name: "Shirts" })
    await database("products").insert({
      ...{ id: PRODUCT, title: "Shirt", weight: 1.5, discountable: true, collection: COLLECTION },
      ...{ tags: '["a","b"]', thumbnail: "https://cdn.example.com/a.png" },
    })
    await database("product_variants").insert({ id: VARIANT, product: PRODUCT, title: "S" })
    await database("products_translations").insert({
      ...{ id: GERMAN, products_id: PRODUCT, languages_code: "de", title: "Hemd", subtitle: "Leicht" },
      option_titles: '[{"name":"Size","value":"Größe"},{"name":"Color","value":"Farbe"}]',
    })
    for (const [kind, id] of [
      ["product", PRODUCT],
      ["variant", VARIANT],
      ["collection", COLLECTION],
    ] as const)
      await linkAsStored(kind, id)
  })
  afterEach(() => directus.close())

  const documentOf = async (kind: string, id: string) => {
    const stored = directus.reader.kinds.find(kind)
    return (stored && (await readRows(directus.reader, stored, [id])).get(id)) ?? {}
  }

  /** Medusa and Directus agree: all that a record holds has come from Medusa. */
  async function linkAsStored(kind: string, id: string): Promise<void> {
    const fields = Object.entries(await documentOf(kind, id)).map(([name, value]) => [
      name,
      { fp: fingerprint(value), r: 0 },
    ])
    const link = { peer_id: `medusa-${id}`, standing: "alive", state: "active", rev: 3, seen: 3, acked: 3 }
    await directus.database(TABLES.link).where({ entity: kind, local_id: id }).delete()
    await directus
      .database(TABLES.link)
      .insert({ entity: kind, local_id: id, fields: JSON.stringify(Object.fromEntries(fields)), ...link })
  }

  /** Medusa's change has arrived. */
  async function arrives(kind: string, id: string, collection: string, change: Row, row = id): Promise<void> {
    await directus.database(collection).where({ id: row }).update(change)
    await linkAsStored(kind, id)
  }

  const context = (accountability: Accountability | null = editor): EventContext => ({
    database: directus.database,
    schema: directus.schema,
    accountability,
  })

  /** @returns what Directus would keep. */
  async function save(delta: Row): Promise<Row> {
    const payload = structuredClone({ delta })
    await guard.save(payload, { keys: [VERSION] }, context())
    await directus
      .database("directus_versions")
      .where({ id: VERSION })
      .update({ delta: JSON.stringify(payload.delta) })
    return payload.delta
  }

  /** @returns what Directus would write. */
  async function publish(delta: Row, by: Accountability | null = { ...editor }): Promise<Row> {
    const meta = { collection: "products", item: PRODUCT, version: VERSION }
    const payload = (await guard.publish(structuredClone(delta), meta, context(by))) as Row
    await guard.update(payload, { collection: "products", keys: [PRODUCT] }, context(by))
    if (by) await guard.activity({ action: "update", collection: "products", item: PRODUCT }, {}, context(null))
    await guard.published({ ...meta, payload }, context(by))
    expect(said).toEqual([])
    return payload
  }

  const inbox = async () => {
    const rows = await directus
      .database(TABLES.conflict)
      .orderBy("field")
      .select<{ entity: string; field: string; losing_side: string; losing_value: string }[]>("*")
    return rows.map(({ entity, field, losing_side: side, losing_value: value }) => [
      ...[entity, field, side],
      JSON.parse(value) as CanonicalValue,
    ])
  }

  return {
    get directus() {
      return directus
    },
    get guard() {
      return guard
    },
    ...{ said, log, linkAsStored, arrives, context, save, publish, inbox },
  }
}

export const changes = (more: Row) => ({ create: [], update: [], delete: [], ...more })
/** Without what Directus needs beside the lists. */
export const listsOf = (value: unknown) => {
  const { _user, _date, ...lists } = value as Row
  return lists
}
