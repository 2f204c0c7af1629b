import { SyncError } from "medusa-directus-core/host"
import type { KindTools } from "./record-kind"
import { query } from "../database/sql"
import { itemsOf, type Belongings } from "./variant/variant-belongings"

/** `p` holds the ids of the records and, for a restore, the time of their deletion. */
const RECORDS = "with p as (select unnest(?::text[]) as id, ?::timestamptz as at)"

export const IN_USE = "deleted_at is null"
/** Medusa's workflows delete in several steps, each with a time of its own. */
export const DELETED_TOGETHER = `deleted_at between (select min(at) - interval '1 minute' from p) and (select max(at) + interval '61 seconds' from p)`

type Tools = Pick<KindTools, "sql">

/** Deletes softly what belongs to records that are going. */
export async function removeBelongings({ sql }: Tools, ids: string[], belongings: Belongings[]): Promise<void> {
  for (const { table, where } of belongings)
    await query(sql, `${RECORDS} update ${table} set deleted_at = now() where ${where} and ${IN_USE}`, [ids, null])
}

/**
 * Brings records back with what went together with each. Those of one second at once: Medusa's indexes leave deleted rows
 * out, so each statement may read a whole table.
 */
export async function restoreTogether(
  { sql }: Tools,
  table: string,
  ids: string[],
  belongings: Belongings[],
): Promise<void> {
  const groups = await query<{ ids: string[]; at: Date }>(
    sql,
    `select array_agg(id) as ids, date_trunc('second', deleted_at) as at from ${table} where id = any(?) and deleted_at is not null group by 2 order by 2`,
    [ids],
  )
  const itself = { table, where: "id in (select id from p)" }
  for (const { ids: together, at } of groups)
    for (const { table: of, where } of [...belongings, itself])
      await query(
        sql,
        `${RECORDS} update ${of} set deleted_at = null, updated_at = now() where ${where} and ${DELETED_TOGETHER}`,
        [together, at],
      )
}

/**
 * Medusa's workflow deletes no inventory item of which somebody has reserved a piece.
 *
 * @param variants - a query for the ids of the variants, in which `p` holds those of the records.
 * @throws SyncError `rejected_by_host`.
 */
export async function checkReservations({ sql }: Tools, ids: string[], variants: string): Promise<void> {
  const reserved = await query(
    sql,
    `${RECORDS} select 1 from inventory_level where ${IN_USE} and reserved_quantity > 0 and inventory_item_id in (${itemsOf(variants, IN_USE)}) limit 1`,
    [ids, null],
  )
  if (reserved.length > 0)
    throw new SyncError(
      "rejected_by_host",
      "Medusa deletes nothing of which pieces are reserved for orders. Fulfil or cancel them, then retry.",
    )
}
