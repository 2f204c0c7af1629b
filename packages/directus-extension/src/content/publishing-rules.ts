import type { FieldOverview, SchemaOverview } from "@directus/types"
import { ANY_PUBLISHED, type EntityDefinition } from "medusa-directus-core/host"
import type { Rule } from "./content-plan"

/** Collection → the field that says whether an item is archived, and its value then. */
export type ArchiveFields = ReadonlyMap<string, { field: string; value: string }>

/** Who asks may want less than is public, and never more. */
export const wantedWords = (published: readonly string[], asked: readonly string[]): string[] =>
  published.filter((word) => asked.includes(ANY_PUBLISHED) || asked.includes(word))

/**
 * When an item is shown to everybody. Strict: whatever is in a status field and is not said to be public is not.
 *
 * @param published - the words of a status field that make an item public.
 */
export function rulesOf(
  { schema, archives }: { schema: SchemaOverview; archives: ArchiveFields },
  collection: string,
  kind: EntityDefinition | undefined,
  published: readonly string[],
): Rule[] {
  const fields = schema.collections[collection]?.fields ?? ({} as Record<string, FieldOverview>)
  const rules = new Map<string, Rule["holds"]>()
  const add = (name: string | null | undefined, holds: Rule["holds"]): void => {
    if (name != null && fields[name] && !fields[name].alias) rules.set(name, holds)
  }
  const isPublished = (value: unknown): boolean => published.includes(String(value))
  const archive = archives.get(collection)
  if (archive)
    add(
      archive.field,
      fields[archive.field]?.type === "boolean"
        ? (value) => asBoolean(value) !== (archive.value === "true")
        : isPublished,
    )
  if (fields["status"]?.type !== "boolean") add("status", isPublished)
  const mapped = (name: string) => kind?.fields.get(name)
  const word = mapped("status")?.values?.directus?.["published"] ?? "published"
  add(mapped("status")?.directus, (value) => value === word)
  add(mapped("is_active")?.directus, (value) => asBoolean(value))
  add(mapped("is_internal")?.directus, (value) => !asBoolean(value))
  add(mapped("archived")?.directus, (value) => !asBoolean(value))
  return [...rules].map(([field, holds]) => ({ field, holds }))
}

/** SQLite's are 0 and 1. */
const asBoolean = (value: unknown): boolean => value === true || value === 1 || value === "true"
