import { memberName, parseTextKey, textKey, type Document, type FieldDefinition } from "medusa-directus-core/host"
import { keysOf, localIdOf } from "../items/item-ids"
import type { Item } from "../items/item-values"
import { withOptionTexts } from "../items/option-texts"
import type { StoredTranslations } from "../items/stored-translations"
import { firstFilled, readTranslationRows, textsOf } from "../items/translation-rows"
import {
  changesIn,
  isItem,
  keyNamed,
  placeOf,
  withoutEntry,
  type Drafted,
  type DraftReader,
  type Holder,
} from "./drafted"

/** What a draft makes of a record's texts in other languages. */
export async function readDraftedTexts(
  { knex, dialect, schema }: DraftReader,
  holder: Holder,
  field: FieldDefinition,
  place: StoredTranslations,
): Promise<Drafted[]> {
  const { alias, junction, locales, translates } = place
  const { stored } = holder.kind
  const given = holder.change[alias]
  if (given === undefined) return []
  const changes = changesIn(given)
  const there = await readTranslationRows(knex, dialect, stored, place, keysOf(stored.keyType, [holder.localId]))
  const isSame = (a: unknown, b: unknown) =>
    localIdOf(junction.keyType, dialect, a) === localIdOf(junction.keyType, dialect, b)
  /** What the record has in the language of this row, which may be in several of them. */
  const languageOf = (key: unknown) => there.find(({ rows }) => rows.some((row) => isSame(row.key, key)))
  const nameOf = (key: string) => memberName(field.name, key)
  const textIn = (name: string) => parseTextKey(translates, name.slice(nameOf("").length))
  /** What these columns say, by the fields of the document. */
  const valuesOf = (locale: string, values: Item): Document => {
    const texts = textsOf(place, { here: holder.localId, locale, values, rows: [] })
    return Object.fromEntries(Object.entries(texts).map(([key, text]) => [nameOf(key), text]))
  }
  const listOf = (of: "option" | "value", locale: string, list: unknown, values: Document) =>
    withOptionTexts(
      of,
      locale,
      list,
      Object.entries(values).flatMap(([name, value]) => {
        const text = textIn(name)
        return text?.of === of && text.locale === locale && typeof value === "string" ? [[text, value]] : []
      }),
    ) ?? list

  /** The columns of one row of the draft. */
  function textsIn(row: Item, locale: string): Drafted[] {
    const texts = [...place.texts].flatMap(([of, column]): Drafted[] => {
      if (!(column in row)) return []
      const name = nameOf(textKey({ of: "field", locale, field: of }))
      const values = { [name]: valuesOf(locale, { [column]: row[column] })[name] ?? null }
      return [placeOf(holder, { values, leave: () => void Reflect.deleteProperty(row, column) })]
    })
    const lists = LISTS.flatMap(([of, which]): Drafted[] => {
      const column = place[which]
      if (column === null || !(column in row)) return []
      const leave = (values: Document | null) => {
        if (values === null) Reflect.deleteProperty(row, column)
        else row[column] = listOf(of, locale, row[column], values)
      }
      const holds = (name: string) => {
        const text = name.startsWith(nameOf("")) ? textIn(name) : null
        return text?.of === of && text.locale === locale
      }
      return [placeOf(holder, { values: valuesOf(locale, { [column]: row[column] }), holds, leave })]
    })
    return [...texts, ...lists]
  }

  const rows = Array.isArray(given) ? (given as unknown[]) : [...changes.create, ...changes.update]
  const written = rows.flatMap((row) => {
    if (!isItem(row)) return []
    const language = keyNamed(schema, place.collection, row[junction.there])
    const key = row[junction.primaryKey]
    const locale = (key != null && languageOf(key)?.locale) || locales.get(String(language))
    return locale === undefined ? [] : textsIn(row, locale)
  })
  const removed = changes.delete.flatMap((key): Drafted[] => {
    const language = languageOf(key)
    if (!language) return []
    const { locale, rows } = language
    const columns = rows.find((row) => isSame(row.key, key))?.values ?? {}
    const rest = rows.filter((row) => !isSame(row.key, key)).map(({ values }) => values)
    const leave = (values: Document | null) => {
      withoutEntry(changes.delete, key)
      if (values === null || !isItem(given) || !Array.isArray(given["update"])) return
      const left: Item = { [junction.primaryKey]: key }
      for (const [of, column] of place.texts)
        left[column] = values[nameOf(textKey({ of: "field", locale, field: of }))] ?? null
      for (const [of, which] of LISTS)
        if (place[which] !== null) left[place[which]] = listOf(of, locale, columns[place[which]], values)
      given["update"].push(left)
    }
    const holds = (name: string) => name.startsWith(nameOf("")) && textIn(name)?.locale === locale
    return [placeOf(holder, { values: valuesOf(locale, firstFilled(rest)), holds, leave })]
  })
  return [...written, ...removed]
}

const LISTS = [
  ["option", "titles"],
  ["value", "values"],
] as const
