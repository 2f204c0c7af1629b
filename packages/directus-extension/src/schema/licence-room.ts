import type { SchemaOverview } from "@directus/types"
import type { HostContext } from "../host-context"

/** Collections as Directus's licence counts them (12.4): with a table and a row of their own, active, none of Directus's. */
export async function countCollections({ database, env }: HostContext, schema: SchemaOverview): Promise<number> {
  const rows = await database("directus_collections").select<{ collection: string; status?: string | null }[]>("*")
  const excluded: unknown = env["DB_EXCLUDE_TABLES"]
  return rows.filter(
    ({ collection, status }) =>
      schema.collections[collection] !== undefined &&
      !collection.startsWith("directus_") &&
      (status ?? "active") === "active" &&
      !(Array.isArray(excluded) && excluded.includes(collection)),
  ).length
}
