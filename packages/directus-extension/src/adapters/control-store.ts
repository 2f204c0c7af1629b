import type { Knex } from "knex"
import type { Breaker, Control, ControlChange, Pause } from "medusa-directus-core"
import { CONTROL_ID, SWEPT_AT, TABLES } from "../schema/internal-tables"

interface ControlRow {
  epoch: string
  peer_epoch: string | null
  breaker: string
  paused: string | null
  last_success_at: string | null
  made: string
}

const only = (database: Knex) => database<ControlRow>(TABLES.control).where({ id: CONTROL_ID } as object)

async function readRow(database: Knex): Promise<ControlRow> {
  const row = (await only(database).first()) as ControlRow | undefined
  if (!row) throw new Error(`The row of ${TABLES.control} is gone. Restart Directus to make it again.`)
  return row
}

export async function readControl(database: Knex): Promise<Control> {
  const row = await readRow(database)
  return {
    epoch: row.epoch,
    peerEpoch: row.peer_epoch,
    breaker: JSON.parse(row.breaker) as Breaker,
    paused: row.paused === null ? null : (JSON.parse(row.paused) as Pause),
    lastSuccessAt: row.last_success_at,
  }
}

export async function updateControl(database: Knex, change: ControlChange): Promise<void> {
  const row: Partial<ControlRow> = {}
  if (change.peerEpoch !== undefined) row.peer_epoch = change.peerEpoch
  if (change.breaker !== undefined) row.breaker = JSON.stringify(change.breaker)
  if (change.paused !== undefined) row.paused = change.paused === null ? null : JSON.stringify(change.paused)
  if (change.lastSuccessAt !== undefined) row.last_success_at = change.lastSuccessAt
  if (Object.keys(row).length > 0) await only(database).update(row)
}

/** The collections that this extension made, and so may complete. */
export async function readMade(database: Knex): Promise<string[]> {
  return JSON.parse((await readRow(database)).made) as string[]
}

export async function addMade(database: Knex, collections: readonly string[]): Promise<void> {
  const made = new Set([...(await readMade(database)), ...collections])
  await only(database).update({ made: JSON.stringify([...made]) })
}

/** Takes the turn of a sweep when the last one began long enough ago; of several instances one gets it. */
export async function takeSweepTurn(database: Knex, every: number, now: number): Promise<boolean> {
  const taken = await database(TABLES.control)
    .where({ id: CONTROL_ID })
    .where((due) => void due.whereNull(SWEPT_AT).orWhere(SWEPT_AT, "<=", now - every))
    .update({ [SWEPT_AT]: now })
  return taken > 0
}
