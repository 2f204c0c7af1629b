import type { SchemaOverview } from "@directus/types"
import { SYSTEM, type HostContext } from "../host-context"
import type { PlannedCollection } from "./plan"

/** Gives each collection a first look of its list, unless somebody has chosen one for everybody. */
export async function ensurePresets(
  context: HostContext,
  schema: SchemaOverview,
  planned: readonly PlannedCollection[],
): Promise<void> {
  const wanted = planned.flatMap(({ preset }) => (preset === null ? [] : [preset]))
  const rows = await context
    .database("directus_presets")
    .whereNull("user")
    .whereNull("role")
    .whereNull("bookmark")
    .select<{ collection: string }[]>("collection")
  const there = new Set(rows.map(({ collection }) => collection))
  const missing = wanted.filter((preset) => !there.has(String(preset["collection"])))
  if (missing.length === 0) return
  await new context.services.ItemsService("directus_presets", { schema, accountability: SYSTEM }).createMany(missing)
}
