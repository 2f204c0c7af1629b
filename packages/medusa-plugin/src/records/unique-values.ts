import type { DocumentWrite, EntityDefinition, TakenValue } from "medusa-directus-core/host"
import type { Change, KindTools, RecordKind } from "./record-kind"
import { query } from "../database/sql"

/**
 * Of each write, the values that Medusa lets one record in use have and another one has. Asked for before Medusa is: its own
 * refusals hold the value, and after a unique violation the transaction can no longer find out who has it.
 */
export async function findTaken(
  tools: Pick<KindTools, "sql">,
  entity: EntityDefinition,
  { table, unique, taken: alsoTaken }: Pick<RecordKind, "table" | "unique" | "taken">,
  writes: DocumentWrite[],
): Promise<TakenValue[][]> {
  const { sql } = tools
  const { name, fields } = entity
  const taken = (await alsoTaken?.(tools, entity, writes)) ?? writes.map((): TakenValue[] => [])
  for (const column of unique) {
    const field = [...fields.values()].find(({ medusa }) => medusa === column)?.name
    if (field === undefined) continue
    const values = writes.map((write) => (write.kind === "remove" ? null : (write.fields[field] ?? null)))
    const wanted = [...new Set(values.filter((value) => typeof value === "string"))]
    const holders = new Map((await holdersOf(sql, table, column, wanted)).map(({ id, value }) => [value, id]))
    for (const [i, { localId }] of writes.entries()) {
      const value = values[i]
      const holder = typeof value === "string" ? holders.get(value) : undefined
      if (holder !== undefined && holder !== localId)
        taken[i]?.push({ field, holder, column, by: `another ${name} (${holder})` })
    }
  }
  return taken
}

/**
 * Values that change places in one batch: the database looks at each row by itself, so that whoever gets another value and
 * holds one that is wanted holds none of anybody's meanwhile.
 */
export async function giveUpTaken(
  { sql }: Pick<KindTools, "sql">,
  { table, unique }: Pick<RecordKind, "table" | "unique">,
  changes: Change[],
): Promise<void> {
  for (const column of unique) {
    const moving = changes.filter((change) => column in change)
    const wanted = moving.flatMap(({ [column]: value }) => (typeof value === "string" ? value : []))
    if (moving.length < 2 || wanted.length === 0) continue
    await query(
      sql,
      `update "${table}" set "${column}" = 'moving-' || id where id = any(?) and "${column}" = any(?) and deleted_at is null`,
      [moving.map(({ id }) => id), wanted],
    )
  }
}

/**
 * Gives deleted rows the values that they come back with: another record may have taken the old ones, and the index looks
 * at rows in use only.
 */
export async function takeBefore(
  { sql }: Pick<KindTools, "sql">,
  { fields }: Pick<EntityDefinition, "fields">,
  { table, unique }: Pick<RecordKind, "table" | "unique">,
  comingBack: Extract<DocumentWrite, { kind: "create" }>[],
): Promise<void> {
  for (const column of unique) {
    const field = [...fields.values()].find(({ medusa, owner }) => medusa === column && owner !== "medusa")?.name
    if (field === undefined) continue
    for (const { localId, fields: given } of comingBack) {
      const value = given[field]
      if (localId === null || typeof value !== "string") continue
      await query(sql, `update "${table}" set "${column}" = ? where id = ? and deleted_at is not null`, [
        value,
        localId,
      ])
    }
  }
}

const holdersOf = async (
  sql: KindTools["sql"],
  table: string,
  column: string,
  values: string[],
): Promise<{ id: string; value: string }[]> =>
  values.length === 0
    ? []
    : query<{ id: string; value: string }>(
        sql,
        `select id, "${column}" as value from "${table}" where deleted_at is null and "${column}" = any(?)`,
        [values],
      )
