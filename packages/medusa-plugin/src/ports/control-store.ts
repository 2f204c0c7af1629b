import type { Backfill, Breaker, Control, ControlChange, KnownPlaces, Pause } from "medusa-directus-core/host"
import type { Problem } from "medusa-directus-core/operate"
import { CLOCK_STEP } from "./mark-store"
import { query, type Sql } from "../database/sql"

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
  places: KnownPlaces | null
  alerts: Problem[]
  clock_offset: string | null
}

/** The one control row, which the migration makes together with the tables: a new database has a new epoch. */
export async function readControl(sql: Sql): Promise<Control> {
  const [row] = await query<ControlRow>(
    sql,
    "select epoch, past, peer_epoch, peer_past, beat, peer_beat, repair, home, breaker, paused, last_success_at, last_received_at, backfill, places, alerts, clock_offset from directus_sync_control",
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
    places: row.places,
    alerts: row.alerts,
    clockOffset: row.clock_offset === null ? null : Number(row.clock_offset),
  }
}

/** Each column and how a value for it is written in SQL. */
const COLUMNS: { [Key in keyof Required<ControlChange>]: [column: string, value: string] } = {
  epoch: ["epoch", "?"],
  past: ["past", "?::jsonb"],
  peerEpoch: ["peer_epoch", "?"],
  peerPast: ["peer_past", "?::jsonb"],
  peerBeat: ["peer_beat", "?"],
  repair: ["repair", "?"],
  home: ["home", "?"],
  breaker: ["breaker", "?::jsonb"],
  paused: ["paused", "?::jsonb"],
  lastSuccessAt: ["last_success_at", "?"],
  lastReceivedAt: ["last_received_at", "?"],
  backfill: ["backfill", "?::jsonb"],
  places: ["places", "?::jsonb"],
  alerts: ["alerts", "?::jsonb"],
  clockOffset: ["clock_offset", "?"],
}

/** The columns that `part` gives, put into SQL by `between`, and their values. */
function written(part: ControlChange, between: string): { texts: string[]; bindings: unknown[] } {
  const given = (Object.keys(COLUMNS) as (keyof ControlChange)[]).filter((key) => part[key] !== undefined)
  return {
    texts: given.map((key) => COLUMNS[key].join(between)),
    bindings: given.map((key) => {
      const value = part[key] ?? null
      return value !== null && typeof value === "object" ? JSON.stringify(value) : value
    }),
  }
}

/** Changes only what is given; with `from`, only while these columns still say so. */
export async function updateControl(sql: Sql, change: ControlChange, from: ControlChange = {}): Promise<boolean> {
  const set = written(change, " = ")
  if (set.texts.length === 0) return true
  const only = written(from, " is not distinct from ")
  const where = only.texts.length === 0 ? "" : ` where ${only.texts.join(" and ")}`
  const changed = await query<{ epoch: string }>(
    sql,
    `update directus_sync_control set ${set.texts.join(", ")}${where} returning epoch`,
    [...set.bindings, ...only.bindings],
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
     where directus_sync_turn.taken_at <= now() - make_interval(secs => ?)
       or directus_sync_turn.taken_at > now() + ${CLOCK_STEP} returning task`,
    [task, every / 1000],
  )
  return taken.length > 0
}
