import { fromDocument, type EntityDefinition, type MatchKey } from "medusa-directus-core"

type Condition = [where: string, bindings: unknown[]]

/** A name of ours or of the mapping, which takes letters, digits, hyphens and underscores. */
const equals = ([column, ...path]: string[], value: unknown): Condition =>
  path.length === 0 ? ["??::text = ?", [column, value]] : ["?? #>> ? = ?", [column, path, value]]

/** Where a key finds its records; `null` when it names what Medusa does not store. */
export function conditionOf(entity: EntityDefinition, { field, value, within }: MatchKey): Condition | null {
  const path = entity.fields.get(field)?.medusa?.split(".")
  // No text of PostgreSQL holds a zero character, and a statement with one is refused as a whole.
  if (!path || path[0] === "computed" || value.includes("\0")) return null
  const stored = path.reduce<unknown>(
    (at, part) => (at as Record<string, unknown> | undefined)?.[part],
    fromDocument(entity, "medusa", { [field]: value }),
  )
  const [where, bindings] = equals(path, stored)
  if (within === undefined) return [where, bindings]
  const key = entity.matchKeys.find((known) => known.field === field && known.within !== null)
  const parent = entity.fields.get(key?.within ?? "")?.medusa?.split(".")
  if (!parent) return null
  const [inside, more] = equals(parent, within)
  return [`${where} and ${inside}`, [...bindings, ...more]]
}
