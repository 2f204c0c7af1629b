import type { Knex } from "knex"
import { toDocument, type Document } from "medusa-directus-core/host"
import type { Filters } from "../extend"
import type { Assets } from "./asset-address"
import { inBatches } from "../database/batches"
import { decode } from "../database/decode"
import type { Dialect } from "../database/dialect"
import { readCopies } from "./image-uses"
import { keysOf, localIdOf } from "./item-ids"
import { readJunction } from "./junction-rows"
import type { StoredCollection, StoredField } from "./stored-collection"
import type { StoredKind, StoredKinds } from "./stored-kinds"
import { readTranslationRows, textsOf } from "./translation-rows"

export interface Reader {
  knex: Knex
  dialect: Dialect
  assets: Assets
  kinds: StoredKinds
  /** By kind: which records are there for the sync. */
  filters?: Filters
}

type Row = Record<string, unknown>

/** A mark of Directus's own is set or not there: its column has a default, which is no value that somebody gave. */
const isUnsetMark = (field: StoredField, value: unknown): boolean =>
  field.kind === "value" && field.of.medusa === null && field.of.type === "boolean" && !value

/** What the database holds now, past Directus's caches and permissions: local id → document, for rows that exist. */
export async function readRows(
  reader: Reader,
  kind: StoredKind,
  localIds: readonly string[],
): Promise<Map<string, Document>> {
  const { entity, stored } = kind
  const documents = new Map<string, Document>()
  const columns = [...new Set([stored.primaryKey, ...stored.columns.keys()])]
  for (const batch of inBatches([...new Set(localIds)])) {
    const keys = keysOf(stored.keyType, batch)
    if (keys.length === 0) continue
    const rows = await reader.knex(stored.name).whereIn(stored.primaryKey, keys).select<Row[]>(columns)
    const members = await readMembers(reader, stored, keys)
    const texts = await readTexts(reader, stored, keys)
    const idOf = (row: Row) => localIdOf(stored.keyType, reader.dialect, row[stored.primaryKey])
    const copies = await readCopies(reader.knex, entity.name, rows.filter((row) => hasBoth(stored, row)).map(idOf))
    const records = rows.map((row): [string, Row] => {
      const localId = idOf(row)
      const around = {
        elsewhere: (alias: string) => members.get(alias)?.get(localId) ?? texts.get(alias)?.get(localId),
        copy: (column: string) => copies(localId, column),
      }
      return [localId, recordOf(reader, stored, row, around)]
    })
    const complete = records.filter(([, record]) => isComplete(kind, record))
    for (const [localId, record] of await admitted(reader, kind, complete))
      documents.set(localId, toDocument(entity, "directus", record))
  }
  return documents
}

/** A picture whose file was deleted, or that an editor has not chosen yet, is none. */
const isComplete = ({ entity, stored }: StoredKind, record: Row): boolean =>
  [...entity.fields.values()].every(
    ({ needed, directus }) =>
      !needed ||
      directus === null ||
      !stored.fields.has(directus) ||
      ![null, undefined, ""].includes(record[directus] as string | null | undefined),
  )

/** Leaves out what a filter of the shop's vetoes, and with a whole its parts. */
async function admitted(reader: Reader, { entity }: StoredKind, records: [string, Row][]): Promise<[string, Row][]> {
  if (!reader.filters) return records
  const filter = reader.filters.get(entity.name)
  const passed = filter ? records.filter(([, record]) => filter(record)) : records
  const above = reader.kinds.wholeOf(entity.name)
  if (!above || !isFiltered(reader, reader.filters, above.whole.entity.name)) return passed
  const wholeOf = ([, record]: [string, Row]): string | null => (record[above.path] ?? null) as string | null
  const wholes = await readRows(
    reader,
    above.whole,
    passed.flatMap((record) => wholeOf(record) ?? []),
  )
  return passed.filter((record) => {
    const whole = wholeOf(record)
    return whole === null || wholes.has(whole)
  })
}

function isFiltered(reader: Reader, filters: Filters, kind: string): boolean {
  if (filters.has(kind)) return true
  const above = reader.kinds.wholeOf(kind)
  return above !== null && isFiltered(reader, filters, above.whole.entity.name)
}

const hasBoth = (stored: StoredCollection, row: Row): boolean =>
  [...stored.fields.values()].some(
    (field) =>
      field.kind === "file" && field.text !== null && (row[field.text] ?? null) !== null && row[field.file] != null,
  )

/** What the row itself does not hold. */
interface Around {
  elsewhere: (alias: string) => string[] | Record<string, string> | undefined
  /** The file that the sync put beside the address in this column. */
  copy: (column: string) => string | null
}

/** The row in the shape that the mapping speaks of: ids of related records, addresses of files. */
function recordOf(reader: Reader, stored: StoredCollection, row: Row, { elsewhere, copy }: Around): Row {
  const record: Row = {}
  for (const [path, field] of stored.fields) {
    if (field.kind === "references") record[path] = elsewhere(path) ?? []
    else if (field.kind === "translations") record[path] = elsewhere(path) ?? {}
    else record[path] = valueIn(reader, field, row, copy)
  }
  return record
}

/** What the columns of a row say of one field. */
export function valueIn(
  { dialect, assets }: Reader,
  field: Exclude<StoredField, { kind: "references" | "translations" }>,
  row: Row,
  copy: Around["copy"],
): unknown {
  if (field.kind === "file") {
    const file = row[field.file] ?? null
    const text = field.text === null ? null : (row[field.text] ?? null)
    // A copy only shows what the address names: the address stays the value.
    const isCopy = field.text !== null && text !== null && file !== null && copy(field.text) === String(file)
    return file === null || isCopy ? text : assets.addressOf(String(file))
  }
  if (field.kind === "reference") {
    const key = row[field.column] ?? null
    return key === null ? null : localIdOf(field.keyType, dialect, key)
  }
  const value = decode(field.type, dialect, row[field.column])
  return isUnsetMark(field, value) ? null : value
}

/** Alias → local id → the local ids that it refers to. */
async function readMembers(
  { knex, dialect }: Reader,
  stored: StoredCollection,
  keys: (string | number)[],
): Promise<Map<string, Map<string, string[]>>> {
  const members = new Map<string, Map<string, string[]>>()
  for (const field of stored.fields.values()) {
    if (field.kind !== "references") continue
    const of = new Map<string, string[]>()
    for (const row of await readJunction(knex, field.junction, field.junction.here, keys)) {
      if (row.there === null) continue
      const localId = localIdOf(stored.keyType, dialect, row.here)
      const known = of.get(localId)
      const member = localIdOf(field.junction.thereType, dialect, row.there)
      if (known) known.push(member)
      else of.set(localId, [member])
    }
    members.set(field.alias, of)
  }
  return members
}

/** Alias → local id → the texts in other languages, by their keys. */
async function readTexts(
  { knex, dialect }: Reader,
  stored: StoredCollection,
  keys: (string | number)[],
): Promise<Map<string, Map<string, Record<string, string>>>> {
  const texts = new Map<string, Map<string, Record<string, string>>>()
  for (const field of stored.fields.values()) {
    if (field.kind !== "translations") continue
    const of = new Map<string, Record<string, string>>()
    for (const row of await readTranslationRows(knex, dialect, stored, field, keys))
      of.set(row.here, { ...of.get(row.here), ...textsOf(field, row) })
    texts.set(field.alias, of)
  }
  return texts
}
