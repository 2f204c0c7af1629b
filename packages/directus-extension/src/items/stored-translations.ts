import type { SchemaOverview, Type } from "@directus/types"
import type { EntityDefinition, FieldDefinition, Translates } from "medusa-directus-core/host"
import { WORDS, type Mismatch } from "../database/mismatch"
import { junctionOf, keyTypeOf, type Junction } from "./stored-relations"

/** The columns for the titles and the values of a product's options: lists of names and texts. */
export const OPTION_TITLES = "option_titles"
export const OPTION_VALUES = "option_values"

/** A field of the interface `translations` as this Directus stores it. */
export interface StoredTranslations {
  kind: "translations"
  alias: string
  /** The rows that hold the texts, one for each record and language; `there` is the language. */
  junction: Junction
  /** The languages. */
  collection: string
  translates: Translates
  /** Code of a language → Medusa's locale. A language that is not in here does not travel. */
  locales: ReadonlyMap<string, string>
  /** The record's field → the column that holds it. */
  texts: ReadonlyMap<string, string>
  titles: string | null
  values: string | null
  /** Of the columns that hold something mapped. */
  types: ReadonlyMap<string, Type>
}

/** The columns that a translation has, by the record's fields: they have the names that the record's own have. */
export function textColumns({ fields }: EntityDefinition, translates: Translates): Map<string, string> {
  const columns = new Map<string, string>()
  for (const name of translates.fields) {
    const path = fields.get(name)?.directus
    if (path != null) columns.set(name, path)
  }
  return columns
}

/** @returns what it can hold, `stored: null` for nothing; and what is missing for the rest. */
export function storedTranslations(
  schema: SchemaOverview,
  entity: EntityDefinition,
  { name }: FieldDefinition,
  translates: Translates,
  alias: string,
): { stored: StoredTranslations | null; mismatches: Mismatch[] } {
  const { languages, locales } = translates
  const junction = junctionOf(schema, entity.collection, alias, languages)
  if (!junction || !WORDS.includes(keyTypeOf(schema, languages))) {
    const is = schema.collections[entity.collection]?.fields[alias]?.type ?? null
    const expected = [`translations in the languages of ${languages}, whose key is the code`]
    return { stored: null, mismatches: [{ field: name, directus: alias, is, expected }] }
  }
  const fields = schema.collections[junction.name]?.fields ?? {}
  const types = new Map<string, Type>()
  const mismatches: Mismatch[] = []
  const find = (column: string, accepted: readonly Type[]): string | null => {
    const field = fields[column]
    if (field && !field.alias && accepted.includes(field.type)) {
      types.set(column, field.type)
      return column
    }
    mismatches.push({
      field: name,
      directus: `${junction.name}.${column}`,
      is: field?.type ?? null,
      expected: accepted,
    })
    return null
  }
  const texts = [...textColumns(entity, translates)].filter(([, column]) => find(column, WORDS) !== null)
  const list = (column: string) => (translates.options ? find(column, ["json"]) : null)
  return {
    mismatches,
    stored: {
      kind: "translations",
      alias,
      junction,
      collection: languages,
      translates,
      locales: new Map(Object.entries(locales).map(([locale, language]) => [language, locale])),
      texts: new Map(texts),
      titles: list(OPTION_TITLES),
      values: list(OPTION_VALUES),
      types,
    },
  }
}
