import { SyncError, type SyncConfig } from "medusa-directus-core/host"
import type { RecordFunctions } from "../records/record-rules"

const EXAMPLES = {
  compute: "compute: { product: { teaser: (product) => product.title.slice(0, 40) } }",
  filter: "filter: { product: (product) => !product.is_giftcard }",
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

function invalid(path: (keyof typeof EXAMPLES | string)[], text: string): SyncError {
  const [option] = path as [keyof typeof EXAMPLES]
  return new SyncError("invalid_options", `The option "${path.join(".")}" ${text}. Example: ${EXAMPLES[option]}`)
}

function byKind(option: keyof typeof EXAMPLES, value: unknown, config: SyncConfig): [kind: string, of: unknown][] {
  if (value === undefined) return []
  if (!isObject(value)) throw invalid([option], "is not an object of kinds")
  for (const kind of Object.keys(value))
    if (!config.entities.has(kind))
      throw invalid([option, kind], `names no kind that is synced; those are ${[...config.entities.keys()].join(", ")}`)
  return Object.entries(value)
}

/**
 * Checks the options `compute` and `filter` against the mapping.
 *
 * @throws SyncError `invalid_options`, naming the option.
 */
export function parseFunctions(
  { compute, filter }: { compute?: unknown; filter?: unknown },
  config: SyncConfig,
): RecordFunctions {
  const computed = byKind("compute", compute, config)
  for (const [kind, functions] of computed) {
    if (!isObject(functions)) throw invalid(["compute", kind], "is not an object of functions")
    for (const [name, of] of Object.entries(functions))
      if (typeof of !== "function") throw invalid(["compute", kind, name], "is not a function")
  }
  const filters = byKind("filter", filter, config)
  for (const [kind, of] of filters) if (typeof of !== "function") throw invalid(["filter", kind], "is not a function")
  const functions = { compute: Object.fromEntries(computed), filter: Object.fromEntries(filters) } as RecordFunctions
  checkComputed(functions, config)
  return functions
}

/** A name that the mapping shows and nobody computes would be empty for ever. */
function checkComputed({ compute }: RecordFunctions, { entities }: SyncConfig): void {
  for (const [kind, { fields }] of entities)
    for (const { medusa } of fields.values()) {
      const name = /^computed\.(.+)$/.exec(medusa ?? "")?.[1]
      if (name !== undefined && !Object.hasOwn(compute[kind] ?? {}, name))
        throw invalid(["compute", kind, name], `is missing, and mapping.${kind}.computed shows it`)
    }
}
