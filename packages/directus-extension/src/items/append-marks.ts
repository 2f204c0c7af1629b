import type { Knex } from "knex"
import { TABLES } from "../database/tables"
import { inBatches } from "../database/batches"
import type { StoredCollection } from "./stored-collection"

export interface AppendedKind {
  /** A backfill's come behind the others, by a priority below 0. */
  priority?: number
  /** A person made the change, or nobody knows who; else a Flow or an extension. */
  person?: boolean
  /** Somebody made the record or said the field that puts it on sale, or a backfill that publishes takes it. */
  asked?: boolean
}

/**
 * Notes that records may have changed. It only appends: a counter per record would make editors wait for the sync's
 * locks, and two of them deadlock (seen on PostgreSQL).
 *
 * @param dueAt - milliseconds since 1970.
 */
export async function appendMarks(
  knex: Knex,
  entity: string,
  localIds: readonly string[],
  dueAt: number,
  { priority = 0, person = false, asked = false }: AppendedKind = {},
): Promise<void> {
  for (const batch of inBatches(localIds))
    await knex(TABLES.mark).insert(
      batch.map((localId) => ({ entity, local_id: localId, due_at: dueAt, priority, person, asked })),
    )
}

/** The same as statements without bindings, for PostgreSQL. By hand: they are made in the time of each edit. */
export function statementsOfMarks(
  entity: string,
  localIds: readonly string[],
  dueAt: number,
  { priority = 0, person = false, asked = false }: AppendedKind = {},
): string[] {
  const shared = `${literal(entity)}, ${String(dueAt)}, ${String(priority)}, ${String(person)}, ${String(asked)}`
  return [...inBatches(localIds)].map((batch) => {
    const rows = batch.map((localId) => `(${literal(localId)}, ${shared})`)
    return `insert into ${TABLES.mark} (local_id, entity, due_at, priority, person, asked) values ${rows.join(", ")}`
  })
}

/** Without a question mark, which Knex would take for the place of a binding. */
function literal(text: string): string {
  const quoted = text.replaceAll("'", "''")
  return /[?\\]/.test(text) ? `E'${quoted.replaceAll("\\", "\\\\").replaceAll("?", "\\x3f")}'` : `'${quoted}'`
}

/** The priority of what a backfill takes. */
export const LATER = -1

/** The same for every row of a collection, in one statement. */
export async function appendAllMarks(
  knex: Knex,
  entity: string,
  { name, primaryKey }: Pick<StoredCollection, "name" | "primaryKey">,
  dueAt: number,
): Promise<void> {
  const rows = knex(name).select(
    knex.raw("?", [entity]),
    knex.raw("cast(?? as varchar(255))", [primaryKey]),
    knex.raw("cast(? as bigint)", [dueAt]),
  )
  await knex(knex.raw("?? (entity, local_id, due_at)", [TABLES.mark])).insert(rows)
}
