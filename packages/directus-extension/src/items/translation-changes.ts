import type { Knex } from "knex"
import { parseTextKey, type TranslatedText } from "medusa-directus-core/host"
import { randomUUID } from "node:crypto"
import { claim } from "../own-write"
import type { OwnWrite } from "../shared-state"
import type { Dialect } from "../database/dialect"
import { keysOf, localIdOf } from "./item-ids"
import type { Item } from "./item-values"
import { expectRows, madeByAny, type MadeByOthers } from "./made-rows"
import { withOptionTexts } from "./option-texts"
import type { StoredCollection } from "./stored-collection"
import type { StoredTranslations } from "./stored-translations"
import { isFilled, readTranslationRows, type TranslationRow } from "./translation-rows"

export interface WantedTexts {
  /** `null`: the record is made by the same write. */
  localId: string | null
  /** Alias → all texts, by their keys. */
  texts: ReadonlyMap<string, Readonly<Record<string, string>>>
}

export interface TranslationChanges {
  /** For each wanted record, in order: what ItemsService takes for its translations. */
  items: Item[]
  /** The languages that rows are made in, by their collection. */
  languages: ReadonlyMap<string, ReadonlySet<string>>
  touchedByOthers: MadeByOthers
}

/**
 * The way from the texts that there are to those that are wanted. Only rows and columns that differ are written, and none
 * is deleted: a row without texts may hold columns of the editor's own.
 */
export async function translationChanges(
  knex: Knex,
  dialect: Dialect,
  own: OwnWrite,
  stored: StoredCollection,
  wanted: readonly WantedTexts[],
): Promise<TranslationChanges> {
  const items = wanted.map((): Item => ({}))
  const languages = new Map<string, Set<string>>()
  const others: MadeByOthers[] = []
  for (const [alias, field] of stored.fields) {
    if (field.kind !== "translations" || !wanted.some(({ texts }) => texts.has(alias))) continue
    const { junction } = field
    const ids = wanted.flatMap(({ localId }) => localId ?? [])
    const there = await readTranslationRows(knex, dialect, stored, field, keysOf(stored.keyType, ids))
    const made = new Set<string>()
    wanted.forEach(({ localId, texts }, i) => {
      const all = texts.get(alias)
      const item = items[i]
      if (!all || !item) return
      const mine = localId === null ? [] : there.filter(({ here }) => here === localId)
      const change = changeOf(field, mine, all)
      for (const row of change.create) made.add(String(row[junction.there]))
      const keys = [...change.update, ...change.create].flatMap((row) => row[junction.primaryKey] ?? [])
      claim(
        own,
        junction.name,
        keys.map((key) => localIdOf(junction.keyType, dialect, key)),
      )
      if (change.create.length + change.update.length > 0) item[alias] = { ...change, delete: [] }
    })
    if (made.size === 0) continue
    languages.set(field.collection, new Set([...(languages.get(field.collection) ?? []), ...made]))
    if (junction.keyType !== "uuid") others.push(expectRows(knex, dialect, own, stored, junction, made))
  }
  return {
    items,
    languages,
    touchedByOthers: madeByAny(others),
  }
}

function changeOf(
  field: StoredTranslations,
  there: readonly TranslationRow[],
  texts: Readonly<Record<string, string>>,
): { create: Item[]; update: Item[] } {
  const { junction, locales } = field
  const wanted = parsed(field, texts)
  const create: Item[] = []
  const update: Item[] = []
  for (const [language, locale] of locales) {
    const row = there.find((each) => each.locale === locale)
    const values = changedColumns(
      field,
      locale,
      row?.values ?? {},
      wanted.filter(([text]) => text.locale === locale),
    )
    if (Object.keys(values).length === 0) continue
    if (row) update.push(...updatesOf(junction.primaryKey, row, values))
    else
      create.push({
        ...(junction.keyType === "uuid" ? { [junction.primaryKey]: randomUUID() } : {}),
        [junction.there]: language,
        ...values,
      })
  }
  return { create, update }
}

/** A text is written where it stands, and goes from each row that has one: else another of them would come to light. */
function updatesOf(primaryKey: string, { rows }: TranslationRow, values: Item): Item[] {
  const updates = rows.map(({ key }): Item => ({ [primaryKey]: key }))
  for (const [column, value] of Object.entries(values)) {
    const filling = updates.filter((_, i) => isFilled(rows[i]?.values[column]))
    const [first = updates[0]] = filling
    for (const update of !isFilled(value) ? filling : first ? [first] : []) update[column] = value
  }
  return updates.filter((update) => Object.keys(update).length > 1)
}

type Text<Of> = [Extract<TranslatedText, { of: Of }>, string]

const which = <Of extends TranslatedText["of"]>(of: Of, texts: readonly [TranslatedText, string][]): Text<Of>[] =>
  texts.filter(([text]) => text.of === of) as Text<Of>[]

/** The columns in which a row differs from these texts. */
function changedColumns(
  { texts, titles, values }: StoredTranslations,
  locale: string,
  row: Record<string, unknown>,
  wanted: readonly [TranslatedText, string][],
): Item {
  const changed: Item = {}
  const fields = new Map(which("field", wanted).map(([{ field }, text]) => [field, text]))
  for (const [field, column] of texts) {
    const text = fields.get(field) ?? null
    if (text !== (row[column] ?? null)) changed[column] = text
  }
  const list = (column: string, entries: unknown) => {
    if (entries !== null) changed[column] = entries
  }
  if (titles !== null) list(titles, withOptionTexts("option", locale, row[titles], which("option", wanted)))
  if (values !== null) list(values, withOptionTexts("value", locale, row[values], which("value", wanted)))
  return changed
}

function parsed(field: StoredTranslations, texts: Readonly<Record<string, string>>): [TranslatedText, string][] {
  return Object.entries(texts).flatMap(([key, value]): [TranslatedText, string][] => {
    const text = parseTextKey(field.translates, key)
    return text ? [[text, value]] : []
  })
}
