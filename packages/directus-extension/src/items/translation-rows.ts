import type { Knex } from "knex"
import { textKey } from "medusa-directus-core/host"
import { inBatches } from "../database/batches"
import { decode } from "../database/decode"
import type { Dialect } from "../database/dialect"
import { localIdOf } from "./item-ids"
import { optionTexts } from "./option-texts"
import type { StoredCollection } from "./stored-collection"
import type { StoredTranslations } from "./stored-translations"

/** What one record has in one language, which may be in several rows: Directus's AI translation makes one for each text. */
export interface TranslationRow {
  /** The local id of the record. */
  here: string
  locale: string
  /** Column → value: of the first row that fills it. */
  values: Record<string, unknown>
  /** In the order of their keys. */
  rows: { key: string | number; values: Record<string, unknown> }[]
}

/** Does a row say anything in this column? */
export const isFilled = (value: unknown): boolean =>
  (value ?? null) !== null && !(Array.isArray(value) && value.length === 0)

/** Of each column what the first of these rows that says anything says. */
export function firstFilled(rows: readonly Record<string, unknown>[]): Record<string, unknown> {
  const first: Record<string, unknown> = {}
  for (const [column, value] of rows.flatMap((row) => Object.entries(row)))
    if (!isFilled(first[column])) first[column] = value
  return first
}

/** What these records have in the languages that are mapped. A column that several rows fill counts as the lowest key has it. */
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
      if (locale === undefined) continue
      const name = `${here}\n${locale}`
      const whole = found.get(name) ?? { here, locale, values: {}, rows: [] }
      const values = Object.fromEntries(
        [...types].map(([column, type]) => [column, decode(type, dialect, row[column])]),
      )
      whole.values = firstFilled([whole.values, values])
      whole.rows.push({ key: row[junction.primaryKey] as string | number, values })
      found.set(name, whole)
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
