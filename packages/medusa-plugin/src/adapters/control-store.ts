import type { Backfill, Breaker, Control, ControlChange, Pause, Problem } from "medusa-directus-core"
import { query, type Sql } from "./sql"

interface ControlRow {
  epoch: string
  past: string[]
  peer_epoch: string | null
  peer_past: string[]
  beat: string
  peer_beat: string
  repair: Control["repair"]
  home: string | null
  breaker: Breaker
  paused: Pause | null
  last_success_at: Date | null
  last_received_at: Date | null
  backfill: Backfill | null
  alerts: Problem[]
  clock_offset: string | null
}

/** The one control row, which the migration makes together with the tables: a new database has a new epoch. */
export async function readControl(sql: Sql): Promise<Control> {
  const [row] = await query<ControlRow>(
    sql,
    "select epoch, past, peer_epoch, peer_past, beat, peer_beat, repair, home, breaker, paused, last_success_at, last_received_at, backfill, alerts, clock_offset from directus_sync_control",
  )
  if (!row)
    throw new Error(
      'The table directus_sync_control is empty. Run "medusa db:migrate", or insert one row with default values.',
    )
  return {
    epoch: row.epoch,
    past: row.past,
    peerEpoch: row.peer_epoch,
    peerPast: row.peer_past,
    beat: Number(row.beat),
    peerBeat: Number(row.peer_beat),
    repair: row.repair,
    home: row.home,
    breaker: row.breaker,
    paused: row.paused,
    lastSuccessAt: row.last_success_at?.toISOString() ?? null,
    lastReceivedAt: row.last_received_at?.toISOString() ?? null,
    backfill: row.backfill,
    alerts: row.alerts,
    clockOffset: row.clock_offset === null ? null : Number(row.clock_offset),
  }
}

const COLUMNS: { [Key in keyof Required<ControlChange>]: string } = {
  epoch: "epoch = ?",
  past: "past = ?::jsonb",
  peerEpoch: "peer_epoch = ?",
  peerPast: "peer_past = ?::jsonb",
  peerBeat: "peer_beat = ?",
  repair: "repair = ?",
  home: "home = ?",
  breaker: "breaker = ?::jsonb",
  paused: "paused = ?::jsonb",
  lastSuccessAt: "last_success_at = ?",
  lastReceivedAt: "last_received_at = ?",
  backfill: "backfill = ?::jsonb",
  alerts: "alerts = ?::jsonb",
  clockOffset: "clock_offset = ?",
}

/** Changes only what is given; with `from`, only while the epoch is still that one. */
export async function updateControl(sql: Sql, change: ControlChange, from?: string): Promise<boolean> {
  const given = (Object.keys(COLUMNS) as (keyof ControlChange)[]).filter((key) => change[key] !== undefined)
  if (given.length === 0) return true
  const bindings: unknown[] = given.map((key) => {
    const value = change[key] ?? null
    return value !== null && typeof value === "object" ? JSON.stringify(value) : value
  })
  const where = from === undefined ? "" : " where epoch = ?"
  const changed = await query<{ epoch: string }>(
    sql,
    `update directus_sync_control set ${given.map((key) => COLUMNS[key]).join(", ")}${where} returning epoch`,
    from === undefined ? bindings : [...bindings, from],
  )
  return changed.length > 0
}

export async function raiseBeat(sql: Sql): Promise<number> {
  const [row] = await query<{ beat: string }>(sql, "update directus_sync_control set beat = beat + 1 returning beat")
  return Number(row?.beat ?? 0)
}

/** Takes the turn of a task when the last one began long enough ago; of several processes one gets it. */
export async function takeTurn(sql: Sql, task: string, every: number): Promise<boolean> {
  const taken = await query<{ task: string }>(
    sql,
    `insert into directus_sync_turn (task, taken_at) values (?, now())
     on conflict (task) do update set taken_at = excluded.taken_at
     where directus_sync_turn.taken_at <= now() - make_interval(secs => ?) returning task`,
    [task, every / 1000],
  )
  return taken.length > 0
}
