import type { Knex } from "knex"
import { textKey } from "medusa-directus-core"
import { inBatches } from "./batches"
import { decode } from "./decode"
import type { Dialect } from "./dialect"
import { localIdOf } from "./item-ids"
import { optionTexts } from "./option-texts"
import type { StoredCollection } from "./stored-collection"
import type { StoredTranslations } from "./stored-translations"

/** The row of one record in one language. */
export interface TranslationRow {
  key: string | number
  /** The local id of the record. */
  here: string
  locale: string
  /** Column → value. */
  values: Record<string, unknown>
}

/** The rows of these records in the languages that are mapped. Of two for one language the one with the lowest key counts. */
export async function readTranslationRows(
  knex: Knex,
  dialect: Dialect,
  { keyType }: StoredCollection,
  { junction, locales, types }: StoredTranslations,
  keys: readonly (string | number)[],
): Promise<TranslationRow[]> {
  const found = new Map<string, TranslationRow>()
  const columns = [...new Set([junction.primaryKey, junction.here, junction.there, ...types.keys()])]
  for (const batch of inBatches(keys)) {
    const stored = await knex(junction.name)
      .whereIn(junction.here, batch)
      .whereIn(junction.there, [...locales.keys()])
      .orderBy(junction.primaryKey)
      .select<Record<string, unknown>[]>(columns)
    for (const row of stored) {
      const here = localIdOf(keyType, dialect, row[junction.here])
      const locale = locales.get(String(row[junction.there]))
      const name = `${here}\n${locale}`
      if (locale === undefined || found.has(name)) continue
      const values = Object.fromEntries(
        [...types].map(([column, type]) => [column, decode(type, dialect, row[column])]),
      )
      found.set(name, { key: row[junction.primaryKey] as string | number, here, locale, values })
    }
  }
  return [...found.values()]
}

/** The texts of a row, by their keys in the document. Never throws, whatever the lists hold. */
export function textsOf({ texts, titles, values: options }: StoredTranslations, row: TranslationRow) {
  const { locale, values } = row
  const found: Record<string, string> = {}
  for (const [field, column] of texts) {
    const text = values[column] ?? null
    if (text !== null) found[textKey({ of: "field", locale, field })] = String(text)
  }
  const lists = [
    ...(titles === null ? [] : optionTexts("option", locale, values[titles])),
    ...(options === null ? [] : optionTexts("value", locale, values[options])),
  ]
  for (const [text, value] of lists) found[textKey(text)] = value
  return found
}
