import type { CreateTranslationDTO, UpdateTranslationDTO } from "@medusajs/framework/types"
import { TranslationWorkflowEvents } from "@medusajs/framework/utils"
import { SyncError } from "medusa-directus-core/host"
import type { KindTools } from "../record-kind"
import { query } from "../../database/sql"
import { isText, type Place, type TranslatedTexts } from "./translated-texts"

/** Texts that change, by their keys; `null` = gone. */
export type TextChanges = Readonly<Record<string, string | null>>

/** What changes in one row of Medusa's. */
interface RowChange {
  reference: string
  reference_id: string
  locale_code: string
  /** By Medusa's names. */
  texts: Record<string, string | null>
}

interface StoredRow {
  id: string
  reference_id: string
  locale_code: string
  translations: Record<string, unknown> | null
}

const keyOf = ({ reference_id: id, locale_code: locale }: Pick<RowChange, "reference_id" | "locale_code">): string =>
  `${id} ${locale}`

/**
 * Changes translations of records and nothing else in their rows: texts that no key names stay. A row without any text left
 * is deleted, as Medusa's own workflow deletes one.
 *
 * @param table - of the records, which are in use.
 * @param changes - by the record's id.
 * @throws SyncError `rejected_by_host` when a text is of an option that the product does not have.
 */
export async function writeTranslations(
  tools: KindTools,
  table: string,
  translated: TranslatedTexts,
  changes: ReadonlyMap<string, TextChanges>,
): Promise<void> {
  if (changes.size === 0) return
  const rows = await rowsOf(tools, table, translated, changes)
  const stored = await storedRows(tools, translated, rows)
  const writes: Writes = { made: [], changed: [], emptied: [] }
  for (const { texts, ...pair } of rows) {
    const row = stored.get(keyOf(pair))
    const before = row?.translations ?? {}
    const altered = Object.entries(texts).filter(([column, text]) => (before[column] ?? null) !== text)
    if (altered.length === 0) continue
    // The service merges into what is there; what is undefined is not stored (2.21.2).
    const after = { ...before, ...Object.fromEntries(altered.map(([column, text]) => [column, text ?? undefined])) }
    const { reference } = pair
    if (Object.values(after).some(isText)) {
      if (row) writes.changed.push({ id: row.id, reference, translations: after })
      else writes.made.push({ ...pair, translations: after })
    } else if (row) writes.emptied.push(row.id)
  }
  await store(tools, writes)
}

/** The rows that hold the texts of these keys; two options of one title have the same text. */
async function rowsOf(
  { sql }: KindTools,
  table: string,
  { places, textsAt, locales }: TranslatedTexts,
  changes: ReadonlyMap<string, TextChanges>,
): Promise<RowChange[]> {
  const found = await query<Place & { record: string }>(
    sql,
    `select r.id as record, p.* from ${table} r cross join lateral (${places("present")}) p where r.id = any(?)`,
    [[...changes.keys()]],
  )
  const rows = new Map<string, RowChange>()
  const placed = new Map([...changes.keys()].map((record) => [record, new Set<string>()]))
  for (const { record, ...place } of found)
    for (const locale of locales)
      for (const [key, column] of textsAt(place, locale)) {
        const text = changes.get(record)?.[key]
        if (text === undefined) continue
        placed.get(record)?.add(key)
        const pair = { reference: place.reference, reference_id: place.id, locale_code: locale }
        const row = rows.get(keyOf(pair)) ?? { ...pair, texts: {} }
        rows.set(keyOf(pair), row)
        const wanted = text === "" ? null : text
        // One product at a time, so that the others hear of it.
        if (Object.hasOwn(row.texts, column) && row.texts[column] !== wanted)
          throw new SyncError("concurrent_write", "Products that share an option translate it differently.", {
            retryable: true,
          })
        row.texts[column] = wanted
      }
  for (const [record, texts] of changes)
    if (Object.entries(texts).some(([key, text]) => isText(text) && !placed.get(record)?.has(key)))
      throw new SyncError(
        "rejected_by_host",
        "translations: a text is of an option or a value that the product does not have in Medusa. Add it to the product's options, or take its translation away.",
      )
  return [...rows.values()]
}

/** Locked, in the order of their ids: the service writes a row's texts whole. */
async function storedRows(
  { sql }: KindTools,
  { locales }: TranslatedTexts,
  rows: RowChange[],
): Promise<Map<string, StoredRow>> {
  const stored = await query<StoredRow>(
    sql,
    `select id, reference_id, locale_code, translations from translation
     where reference_id = any(?) and locale_code = any(?) and deleted_at is null order by id for update`,
    [[...new Set(rows.map(({ reference_id: id }) => id))], locales],
  )
  return new Map(stored.map((row) => [keyOf(row), row]))
}

interface Writes {
  made: CreateTranslationDTO[]
  changed: UpdateTranslationDTO[]
  /** Ids of the rows. */
  emptied: string[]
}

async function store({ calls, modules }: KindTools, { made, changed, emptied }: Writes): Promise<void> {
  if (emptied.length > 0)
    await calls.run(modules.translation, (service, context) => service.softDeleteTranslations(emptied, {}, context))
  const created =
    made.length === 0
      ? []
      : await calls.run(modules.translation, (service, context) => service.createTranslations(made, context))
  if (changed.length > 0)
    await calls.run(modules.translation, (service, context) => service.updateTranslations(changed, context))
  const idsOf = (rows: { id: string }[]): string[] => rows.map(({ id }) => id)
  calls.announce(TranslationWorkflowEvents.DELETED, emptied)
  calls.announce(TranslationWorkflowEvents.CREATED, idsOf(created))
  calls.announce(TranslationWorkflowEvents.UPDATED, idsOf(changed))
}
