import { camelToSnakeCase, lowerCaseFirst } from "@medusajs/framework/utils"
import type { EntityDefinition, SyncConfig } from "medusa-directus-core/host"
import { moduleKind } from "./module-kind"
import type { RecordKind } from "./record-kind"
import { query, type Sql } from "../database/sql"

export type OwnSource = NonNullable<EntityDefinition["source"]>

/** Where a shop's own kind is: Medusa calls the table of the model `BrandStory` `brand_story`. */
export const tableOf = ({ table, model }: OwnSource): string => {
  // Medusa's types give `any` here.
  const name = table ?? (camelToSnakeCase(lowerCaseFirst(model)) as string)
  return name.replaceAll('"', "")
}

/** A kind of the shop's own: an entity of a module that is built with Medusa's DML. */
export const ownKind = (source: OwnSource): RecordKind =>
  moduleKind({
    table: tableOf(source),
    model: source.model,
    service: (modules) => modules.own(source.module),
  })

/** Own kinds whose table is not in the database, each with the name that is looked for. */
export async function missingTables(
  sql: Sql,
  { entities }: Pick<SyncConfig, "entities">,
): Promise<{ kind: string; table: string }[]> {
  const own = [...entities].flatMap(([kind, { source }]) => (source ? { kind, table: tableOf(source) } : []))
  return query(
    sql,
    'select kind, "table" from jsonb_to_recordset(?::jsonb) as k(kind text, "table" text) where to_regclass(quote_ident("table")) is null',
    [JSON.stringify(own)],
  )
}
