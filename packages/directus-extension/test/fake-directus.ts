import type { FieldOverview, Relation, SchemaOverview, Type } from "@directus/types"
import knex, { type Knex } from "knex"
import type { EntityDefinition } from "medusa-directus-core/host"
import { makeAssets } from "../src/items/asset-address"
import type { Reader } from "../src/items/read-rows"
import { storedKinds } from "../src/items/stored-kinds"
import { ensureInternalTables } from "../src/schema/internal-tables"
import { planCollections } from "../src/schema/plan-collections"
import type { Ground, PlannedCollection } from "../src/schema/plan"

export const NOTHING_THERE: Ground = { isOurs: () => true, keyType: () => "uuid" }
export const PUBLIC_URL = "https://cms.example.com"

/** What Directus tells of collections as the extension plans them, on a database of its own. */
export function schemaOf(planned: readonly PlannedCollection[]): SchemaOverview {
  const files = { collection: "directus_files", fields: [{ field: "id", type: "uuid", meta: {}, schema: {} }] }
  const overview = (
    field: string,
    type: string,
    alias: boolean,
    schema: Record<string, unknown> | null,
    meta: object,
  ) =>
    ({
      field,
      type: type as Type,
      alias,
      nullable: schema?.["is_nullable"] !== false,
      defaultValue: schema?.["default_value"] ?? null,
      special: (meta as { special?: string[] | null }).special ?? [],
    }) as FieldOverview
  const collections = [...planned, files].map(({ collection, fields }) => [
    collection,
    {
      collection,
      primary: fields.find(({ schema }) => schema?.["is_primary_key"])?.field ?? "id",
      accountability: "all",
      status: "active",
      fields: Object.fromEntries(
        fields.map(({ field, type, schema, meta }) => [field, overview(field, type, type === "alias", schema, meta)]),
      ),
    },
  ])
  return {
    collections: Object.fromEntries(collections) as SchemaOverview["collections"],
    relations: planned.flatMap(({ relations }) => relations) as unknown as Relation[],
  }
}

export interface FakeDirectus {
  database: Knex
  schema: SchemaOverview
  reader: Reader
  close(): Promise<void>
}

/** SQLite in memory with the tables of a mapping and the sync's own. */
export async function fakeDirectus(entities: ReadonlyMap<string, EntityDefinition>): Promise<FakeDirectus> {
  const database = knex({
    client: "sqlite3",
    connection: ":memory:",
    useNullAsDefault: true,
    pool: { min: 1, max: 1 },
  })
  const planned = planCollections(entities, NOTHING_THERE)
  const schema = schemaOf(planned)
  await ensureInternalTables(database)
  await database.schema.createTable("directus_files", (table) => void table.string("id").primary())
  await database.schema.createTable("directus_versions", (table) => {
    table.string("id").primary()
    table.string("collection").notNullable()
    table.string("item")
    table.text("delta")
  })
  for (const { collection, fields } of planned) {
    await database.schema.createTable(collection, (table) => {
      for (const { field, type, schema: column } of fields) {
        if (column === null) continue
        if (column["is_primary_key"]) table.string(field).primary()
        else if (type === "boolean") table.boolean(field).defaultTo((column["default_value"] ?? null) as never)
        else if (type === "integer") table.integer(field)
        else if (type === "float") table.float(field)
        else table.text(field)
      }
    })
  }
  return {
    database,
    schema,
    reader: {
      knex: database,
      dialect: "sqlite3",
      assets: makeAssets(PUBLIC_URL),
      kinds: storedKinds(schema, entities),
    },
    close: () => database.destroy(),
  }
}

export const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`
