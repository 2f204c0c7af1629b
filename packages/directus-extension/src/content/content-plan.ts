import type { NestedDeepQuery } from "@directus/types"

/** What is read of one collection, and in which shape it is shown. */
export interface Level {
  collection: string
  primaryKey: string
  /** By the field's name. */
  shown: Map<string, Shown>
  /** What must be so for an item to be shown; the fields are read along. */
  rules: Rule[]
  translations: Translations | null
}

export type Shown =
  | { kind: "value" }
  /** A file: what a page needs to show it, with its address. */
  | { kind: "file" }
  | { kind: "one" | "many"; of: Level }
  /** An item of one of several collections; `collectionField` says of which. */
  | { kind: "any"; of: Map<string, Level>; collectionField: string }

export interface Rule {
  field: string
  holds: (value: unknown) => boolean
}

/** Texts in other languages, which are laid over the item's own. */
export interface Translations {
  alias: string
  languageField: string
  /** Codes of the languages that the asker takes, the best first. */
  languages: string[]
  /** What is shown of a row; its rules, too, as of any other item. */
  level: Level
}

export const FILE_FIELDS = ["id", "title", "description", "type", "width", "height"] as const

/** The paths that Directus is asked for. */
export function fieldsOf(level: Level, prefix = ""): string[] {
  const fields = [level.primaryKey, ...level.rules.map(({ field }) => field)].map((field) => prefix + field)
  for (const [name, shown] of level.shown) {
    const path = prefix + name
    if (shown.kind === "value") fields.push(path)
    else if (shown.kind === "file") fields.push(...FILE_FIELDS.map((field) => `${path}.${field}`))
    else if (shown.kind === "any") {
      fields.push(prefix + shown.collectionField)
      for (const [collection, of] of shown.of) fields.push(...fieldsOf(of, `${path}:${collection}.`))
    } else fields.push(...fieldsOf(shown.of, `${path}.`))
  }
  const { translations } = level
  if (translations && translations.languages.length > 0) {
    const path = `${prefix}${translations.alias}.`
    fields.push(path + translations.languageField, ...fieldsOf(translations.level, path))
  }
  return [...new Set(fields)]
}

/** Directus cuts lists off (QUERY_LIMIT_DEFAULT) unless told otherwise, and gives rows in all languages. */
export function deepOf(level: Level): NestedDeepQuery {
  const deep: NestedDeepQuery = {}
  for (const [name, shown] of level.shown) {
    if (shown.kind === "one") deep[name] = deepOf(shown.of)
    else if (shown.kind === "many") deep[name] = { _limit: -1, ...deepOf(shown.of) }
    else if (shown.kind === "any") for (const [collection, of] of shown.of) deep[`${name}:${collection}`] = deepOf(of)
  }
  const { translations } = level
  if (translations && translations.languages.length > 0)
    deep[translations.alias] = {
      _limit: -1,
      _filter: { [translations.languageField]: { _in: translations.languages } },
      ...deepOf(translations.level),
    }
  return deep
}
