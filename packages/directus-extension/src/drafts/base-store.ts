import type { Knex } from "knex"
import { fingerprint, type DraftBase } from "medusa-directus-core/host"
import { inBatches } from "../database/batches"
import type { Dialect } from "../database/dialect"
import { insertRows } from "../database/insert-rows"
import { TABLES } from "../database/tables"

/** Record → field → what is known of it since it entered a draft. */
export type Bases = ReadonlyMap<string, ReadonlyMap<string, DraftBase>>

export const recordName = (kind: string, localId: string): string => `${kind}\n${localId}`

/** Says that a draft has been saved since there are bases, also when nothing mapped is in it. */
const SAVED = { entity: "", local_id: "", field: "", fp: "", told: null }

type Row = Omit<typeof SAVED, "told"> & { id: string; version: string; told: string | null }

function rowsOf(version: string, bases: Bases): Row[] {
  const rows = [...bases].flatMap(([record, fields]) => {
    const [entity = "", ...id] = record.split("\n")
    return [...fields].map(([field, { fp, told }]) => ({ entity, local_id: id.join("\n"), field, fp, told }))
  })
  return [SAVED, ...rows].map((row) => {
    const { entity, local_id, field } = row
    return { ...row, id: fingerprint([version, entity, local_id, field]), version }
  })
}

const readRows = (knex: Knex, version: string) => knex(TABLES.draft).where({ version }).select<Row[]>("*")

/** @returns `null` for a draft that is older than its bases. */
export async function readBases(knex: Knex, version: string): Promise<Bases | null> {
  const bases = new Map<string, Map<string, DraftBase>>()
  const rows = await readRows(knex, version)
  for (const { entity, local_id, field, fp, told } of rows) {
    if (entity === "") continue
    const name = recordName(entity, local_id)
    const fields = bases.get(name) ?? new Map<string, DraftBase>()
    bases.set(name, fields.set(field, { fp, told }))
  }
  return rows.length === 0 ? null : bases
}

/** Keeps these beside what is known of other fields. */
export const addBases = (knex: Knex, dialect: Dialect, version: string, bases: Bases): Promise<void> =>
  insertRows(
    knex,
    dialect,
    TABLES.draft,
    rowsOf(version, bases).map((row) => ({ ...row })),
    ["id"],
  )

/** Keeps these and no others. The Studio saves with each pause of who types, and mostly nothing of this changes. */
export async function saveBases(knex: Knex, dialect: Dialect, version: string, bases: Bases): Promise<void> {
  const before = new Map((await readRows(knex, version)).map((row) => [row.id, row]))
  const rows = rowsOf(version, bases)
  const isSame = (row: Row): boolean => before.get(row.id)?.fp === row.fp && before.get(row.id)?.told === row.told
  if (!rows.every(isSame)) await addBases(knex, dialect, version, bases)
  for (const { id } of rows) before.delete(id)
  for (const batch of inBatches([...before.keys()])) await knex(TABLES.draft).whereIn("id", batch).delete()
}

export async function dropBases(knex: Knex, versions: readonly string[]): Promise<void> {
  for (const batch of inBatches(versions)) await knex(TABLES.draft).whereIn("version", batch).delete()
}
