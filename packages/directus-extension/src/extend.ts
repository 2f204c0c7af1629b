import type { Logger } from "medusa-directus-core/host"
import { resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { z } from "zod"

/** Is this record of the shop's there for the sync? `false` leaves it out, as if it were not there. */
export type Filter = (record: Record<string, unknown>) => boolean
export type Filters = ReadonlyMap<string, Filter>

/** What a shop adds in code. */
export interface Extend {
  kind: "loaded"
  filters: Filters
}

const EXAMPLE = "export const filter = { product: (record) => record.type !== 'gift card' }"

const moduleSchema = z.object({
  filter: z
    .record(
      z.string(),
      z.custom<Filter>((value) => typeof value === "function"),
    )
    .optional(),
})

/** Loads the module that MEDUSA_SYNC_EXTEND names; `wrong` when it cannot be loaded or is not of that shape. */
export async function loadExtend(
  path: string | null,
  kinds: readonly string[],
  log: Logger,
): Promise<Extend | { kind: "wrong"; reason: string }> {
  if (path === null) return { kind: "loaded", filters: new Map() }
  const file = resolve(path)
  const wrong = (what: string) => ({
    kind: "wrong" as const,
    reason: `MEDUSA_SYNC_EXTEND: ${what} Example of its content: ${EXAMPLE}`,
  })
  let loaded: unknown
  try {
    loaded = await import(pathToFileURL(file).href)
  } catch (error) {
    const what = error instanceof Error ? `${error.name}: ${error.message.split("\n")[0] ?? ""}` : "unknown error"
    return wrong(`the module ${file} cannot be loaded (${what}).`)
  }
  const parsed = moduleSchema.safeParse(loaded)
  if (!parsed.success) {
    const where = ["filter", ...(parsed.error.issues[0]?.path.slice(1) ?? [])].map(String).join(".")
    return wrong(`${where} of ${file} must be ${where === "filter" ? "an object" : "a function"}.`)
  }
  const filters = Object.entries(parsed.data.filter ?? {})
  const stranger = filters.find(([kind]) => !kinds.includes(kind))
  if (stranger) return wrong(`filter.${stranger[0]} of ${file} is for no kind of the mapping (${kinds.join(", ")}).`)
  return { kind: "loaded", filters: new Map(filters.map(([kind, filter]) => [kind, safely(kind, filter, log)])) }
}

/** A filter that fails must not take records out of the shop: then they are there. */
function safely(kind: string, filter: Filter, log: Logger): Filter {
  let said = false
  return (record) => {
    try {
      return filter(record)
    } catch (error) {
      const name = error instanceof Error ? error.name : "unknown error"
      if (!said) log.error(`filter.${kind} of MEDUSA_SYNC_EXTEND failed (${name}); such records are synced.`)
      said = true
      return true
    }
  }
}
