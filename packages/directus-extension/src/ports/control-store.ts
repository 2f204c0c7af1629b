import type { Knex } from "knex"
import type { Backfill, Breaker, Control, ControlChange, KnownPlaces, Pause } from "medusa-directus-core/host"
import type { Problem } from "medusa-directus-core/operate"
import { CONTROL_ID, TABLES } from "../database/tables"
import { CLOCK_STEP, hasCome } from "../database/clock-step"
import { dialectOf, type Dialect } from "../database/dialect"

interface ControlRow {
  epoch: string
  past: string
  peer_epoch: string | null
  peer_past: string
  beat: number | string
  peer_beat: number | string
  repair: Control["repair"]
  home: string | null
  breaker: string
  paused: string | null
  last_success_at: string | null
  last_received_at: string | null
  backfill: string | null
  places: string | null
  alerts: string
  clock_offset: number | string | null
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
    past: JSON.parse(row.past) as string[],
    peerEpoch: row.peer_epoch,
    peerPast: JSON.parse(row.peer_past) as string[],
    beat: Number(row.beat),
    peerBeat: Number(row.peer_beat),
    repair: row.repair,
    home: row.home,
    breaker: JSON.parse(row.breaker) as Breaker,
    paused: row.paused === null ? null : (JSON.parse(row.paused) as Pause),
    lastSuccessAt: row.last_success_at,
    lastReceivedAt: row.last_received_at,
    backfill: row.backfill === null ? null : (JSON.parse(row.backfill) as Backfill),
    places: row.places === null ? null : (JSON.parse(row.places) as KnownPlaces),
    alerts: JSON.parse(row.alerts) as Problem[],
    clockOffset: row.clock_offset === null ? null : Number(row.clock_offset),
  }
}

/** What `change` writes. */
function columnsOf(change: ControlChange): Partial<ControlRow> {
  const row: Partial<ControlRow> = {}
  if (change.epoch !== undefined) row.epoch = change.epoch
  if (change.past !== undefined) row.past = JSON.stringify(change.past)
  if (change.peerPast !== undefined) row.peer_past = JSON.stringify(change.peerPast)
  if (change.peerBeat !== undefined) row.peer_beat = change.peerBeat
  if (change.repair !== undefined) row.repair = change.repair
  if (change.home !== undefined) row.home = change.home
  if (change.peerEpoch !== undefined) row.peer_epoch = change.peerEpoch
  if (change.breaker !== undefined) row.breaker = JSON.stringify(change.breaker)
  if (change.paused !== undefined) row.paused = change.paused === null ? null : JSON.stringify(change.paused)
  if (change.backfill !== undefined) row.backfill = change.backfill === null ? null : JSON.stringify(change.backfill)
  if (change.places !== undefined) row.places = change.places === null ? null : JSON.stringify(change.places)
  if (change.clockOffset !== undefined) row.clock_offset = change.clockOffset
  if (change.lastSuccessAt !== undefined) row.last_success_at = change.lastSuccessAt
  if (change.lastReceivedAt !== undefined) row.last_received_at = change.lastReceivedAt
  if (change.alerts !== undefined) row.alerts = JSON.stringify(change.alerts)
  return row
}

/** Changes only what is given; with `from`, only while these columns still say so. */
export async function updateControl(database: Knex, change: ControlChange, from: ControlChange = {}): Promise<boolean> {
  const row = columnsOf(change)
  if (Object.keys(row).length === 0) return true
  const query = only(database)
  for (const [column, value] of Object.entries(columnsOf(from))) {
    if (value === null || !JSON_COLUMNS.has(column)) query.where({ [column]: value })
    else query.whereRaw(...sameJson(dialectOf(database), column, value))
  }
  return (await query.update(row)) > 0
}

const JSON_COLUMNS: ReadonlySet<string> = new Set<keyof ControlRow>([
  "past",
  "peer_past",
  "breaker",
  "paused",
  "backfill",
  "places",
  "alerts",
])

/** A text that says the same in another form, as after a change by hand, is the same. */
function sameJson(dialect: Dialect | null, column: string, text: string | number): [sql: string, bindings: string[]] {
  const json = dialect === "pg" ? ["??::jsonb", "?::jsonb"] : ["json(??)", "json(?)"]
  return [json.join(" = "), [column, String(text)]]
}

export async function raiseBeat(database: Knex): Promise<number> {
  const row = await database.transaction(async (trx) => {
    await only(trx).increment("beat", 1)
    return readRow(trx)
  })
  return Number(row.beat)
}

/** The collections that this extension made, and so may complete. */
export async function readMade(database: Knex): Promise<string[]> {
  return JSON.parse((await readRow(database)).made) as string[]
}

export async function addMade(database: Knex, collections: readonly string[]): Promise<void> {
  const made = new Set([...(await readMade(database)), ...collections])
  await only(database).update({ made: JSON.stringify([...made]) })
}

/** Takes the turn of a task when the last one began long enough ago; of several instances one gets it. */
export async function takeTurn(database: Knex, task: string, every: number, now: number): Promise<boolean> {
  await database(TABLES.turn).insert({ task, taken_at: 0 }).onConflict("task").ignore()
  const taken = await database(TABLES.turn)
    .where({ task })
    .where(hasCome("taken_at", now - every, every + CLOCK_STEP))
    .update({ taken_at: now })
  return taken > 0
}
