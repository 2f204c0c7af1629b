import type { Breaker, Control, ControlChange, Pause } from "medusa-directus-core"
import { query, type Sql } from "./sql"

interface ControlRow {
  epoch: string
  peer_epoch: string | null
  breaker: Breaker
  paused: Pause | null
  last_success_at: Date | null
}

/** The one control row, which the migration makes together with the tables: a new database has a new epoch. */
export async function readControl(sql: Sql): Promise<Control> {
  const [row] = await query<ControlRow>(
    sql,
    "select epoch, peer_epoch, breaker, paused, last_success_at from directus_sync_control",
  )
  if (!row)
    throw new Error(
      'The table directus_sync_control is empty. Run "medusa db:migrate", or insert one row with default values.',
    )
  return {
    epoch: row.epoch,
    peerEpoch: row.peer_epoch,
    breaker: row.breaker,
    paused: row.paused,
    lastSuccessAt: row.last_success_at?.toISOString() ?? null,
  }
}

const COLUMNS: { [Key in keyof Required<ControlChange>]: string } = {
  peerEpoch: "peer_epoch = ?",
  breaker: "breaker = ?::jsonb",
  paused: "paused = ?::jsonb",
  lastSuccessAt: "last_success_at = ?",
}

/** Changes only what is given. */
export async function updateControl(sql: Sql, change: ControlChange): Promise<void> {
  const given = (Object.keys(COLUMNS) as (keyof ControlChange)[]).filter((key) => change[key] !== undefined)
  if (given.length === 0) return
  const bindings = given.map((key) => {
    const value = change[key] ?? null
    return value !== null && typeof value === "object" ? JSON.stringify(value) : value
  })
  await query(sql, `update directus_sync_control set ${given.map((key) => COLUMNS[key]).join(", ")}`, bindings)
}
