import type { Mark, MarkStore } from "medusa-directus-core/host"
import { retryLostRaces } from "../database/lost-races"
import { query, type Connection, type Sql, type Transaction } from "../database/sql"

/** Seconds after which another process may take what this one has leased. */
const LEASE = 20
/** Medusa's workflows commit in several transactions: so long, unless an event comes, a mark may be of a record that is not complete. */
const YOUNG = "interval '1 second'"
/** Log rows that one lease folds at most. */
const FOLD = 5000

/**
 * No retry of a record, no lease and no turn waits for longer: what lies further ahead was written before the database's
 * clock was set back, and counts as past.
 */
export const CLOCK_STEP = "interval '10 minutes'"

const hasCome = (column: string): string =>
  `(${column} <= clock_timestamp() or ${column} > clock_timestamp() + ${CLOCK_STEP})`

const DUE = `${hasCome("run_at")} and (lease_until is null or ${hasCome("lease_until")})`

/**
 * A change of a record that waits in a backfill puts it among the others. One that waited there, or for a person, is as
 * old as this change.
 */
const AGAIN = `on conflict (entity, local_id) do update set n = excluded.n, run_at = excluded.run_at,
  marked_at = case when directus_sync_mark.run_at is null or directus_sync_mark.priority < 0
                   then excluded.marked_at else directus_sync_mark.marked_at end`
const RAISE = `${AGAIN}, priority = excluded.priority`
/** The priority of what a backfill takes. */
const LATER = -1

/**
 * Turns log rows into marks. The log is append-only because an upserted counter made independent transactions of the
 * host deadlock; the upserts here are in one order. `n` comes from a sequence: a mark that is cleared and made again never
 * gets the number of the old one, so a late compare-and-set cannot clear it.
 */
const FOLD_LOG = `
  with taken as (
    delete from directus_sync_mark_log where seq in (select seq from directus_sync_mark_log order by seq limit ? for update skip locked)
    returning entity, local_id, marked_at
  )
  insert into directus_sync_mark (entity, local_id, n, run_at, marked_at)
  select entity, local_id, nextval('directus_sync_mark_n'), now(), marked_at
  from (select entity, local_id, min(marked_at) as marked_at from taken group by 1, 2 order by 1, 2) records
  ${RAISE}`

const TAKE = `
  update directus_sync_mark m set lease_owner = ?, lease_until = clock_timestamp() + interval '${String(LEASE)} seconds'
  from (select entity, local_id from directus_sync_mark where ${DUE} and (? or ${hasCome(`marked_at + ${YOUNG}`)})
        order by priority desc, array_position(?::text[], entity), run_at, n limit ? for update skip locked) due
  where m.entity = due.entity and m.local_id = due.local_id
  returning m.entity, m.local_id, m.n`

/** The given marks, locked in one order, each with the `n` that the engine knows and the one that it has now. */
const LOCKED = `
  with given as (select * from jsonb_to_recordset(?::jsonb) as g(entity text, local_id text, n bigint)),
  locked as (
    select m.entity, m.local_id, m.n = g.n as unchanged from directus_sync_mark m join given g on g.entity = m.entity and g.local_id = m.local_id
    order by m.entity, m.local_id for update of m
  )`

/**
 * Folding touches marks that others are clearing, in an order of its own: it waits until no transaction holds any. Those
 * that clear hold their records' links as well, so among themselves they come in order.
 */
const ALONE = "select pg_advisory_xact_lock(hashtext('directus_sync_mark'))"
const WITH_OTHERS = "select pg_advisory_xact_lock_shared(hashtext('directus_sync_mark'))"

interface MarkRow {
  entity: string
  local_id: string
  /** bigint: the driver gives text. */
  n: string
}

const given = (marks: Mark[]): string =>
  JSON.stringify(marks.map(({ entity, localId, n }) => ({ entity, local_id: localId, n })))

/**
 * Folds the log and takes up to `limit` due marks for `owner`, in one transaction.
 *
 * @param woken - takes the young ones as well.
 * @param kinds - wholes before their parts: a part that comes first would wait for its whole, and of many that were
 *   deleted some would be told before it shows how many they are.
 */
export async function leaseMarks(
  connection: Connection,
  owner: string,
  limit: number,
  woken: boolean,
  kinds: readonly string[],
): Promise<Mark[]> {
  const rows = await retryLostRaces(() =>
    connection.transaction(async (sql) => {
      await query(sql, ALONE)
      await query(sql, FOLD_LOG, [FOLD])
      return query<MarkRow>(sql, TAKE, [owner, woken, kinds, limit])
    }),
  )
  return rows.map(({ entity, local_id, n }) => ({ entity, localId: local_id, n: Number(n) }))
}

/** When the next mark is due, in this process's clock, should no event come: a look before that would be in the way of a workflow. */
export async function nextDueMark(sql: Sql): Promise<Date | null> {
  const [row] = await query<{ wait: string | null }>(
    sql,
    `select extract(epoch from least(
       (select marked_at + ${YOUNG} from directus_sync_mark_log order by seq limit 1),
       (select min(greatest(run_at, lease_until, marked_at + ${YOUNG})) from directus_sync_mark where run_at is not null)
     ) - clock_timestamp()) as wait`,
  )
  return row?.wait == null ? null : new Date(Date.now() + Math.max(0, Number(row.wait) * 1000))
}

/** The dirty set as one transaction sees it. `owner` names this process: only its own leases are given back. */
export function makeMarkStore(sql: Transaction, owner: string): MarkStore {
  let joined = false
  const change = async (statement: string, bindings: unknown[]): Promise<void> => {
    if (!joined) await query(sql, WITH_OTHERS)
    joined = true
    await query(sql, statement, bindings)
  }
  const postpone: MarkStore["postpone"] = async (marks, at) => {
    if (marks.length === 0) return
    const wait = at === null ? null : Math.max(0, at.getTime() - Date.now()) / 1000
    await change(
      `${LOCKED}
       update directus_sync_mark m
       set run_at = case when l.unchanged then now() + make_interval(secs => ?::float8) else now() end, lease_owner = null, lease_until = null
       from locked l where m.entity = l.entity and m.local_id = l.local_id and m.lease_owner = ?`,
      [given(marks), wait, owner],
    )
  }

  /** What the engine marks is complete, unlike what a workflow has just changed. */
  const insert = async (entity: string, localIds: string[], priority: number, onConflict: string): Promise<void> => {
    if (localIds.length === 0) return
    await change(
      `insert into directus_sync_mark (entity, local_id, n, priority, run_at, marked_at)
       select ?, id, nextval('directus_sync_mark_n'), ${String(priority)}, now(), now() - ${YOUNG}
       from (select distinct id from unnest(?::text[]) as id order by id) ids
       ${onConflict}`,
      [entity, localIds],
    )
  }

  return {
    add: (entity, localIds) => insert(entity, localIds, 0, RAISE),
    wake: (entity, localIds) => insert(entity, localIds, 0, AGAIN),
    addLater: (entity, localIds) => insert(entity, localIds, LATER, `${RAISE} where directus_sync_mark.run_at is null`),
    async countLater() {
      const [row] = await query<{ n: number }>(
        sql,
        `select count(*)::int as n from directus_sync_mark where priority < 0 and run_at is not null`,
      )
      return row?.n ?? 0
    },
    async clear(marks) {
      if (marks.length === 0) return
      await change(
        `${LOCKED},
         gone as (delete from directus_sync_mark m using locked l where l.unchanged and m.entity = l.entity and m.local_id = l.local_id)
         update directus_sync_mark m set run_at = now(), lease_owner = null, lease_until = null from locked l
         where not l.unchanged and m.entity = l.entity and m.local_id = l.local_id and m.lease_owner = ?`,
        [given(marks), owner],
      )
    },
    postpone,
    putBack: postpone,
    // Medusa does not know who makes a change, so that no mark of it is called automatic.
    changedByPeople: () => Promise.resolve(new Set()),
    async marked(entity, localIds) {
      if (localIds.length === 0) return new Set()
      const rows = await query<{ local_id: string }>(
        sql,
        `select local_id from directus_sync_mark where entity = ? and local_id = any(?)
         union select local_id from directus_sync_mark_log where entity = ? and local_id = any(?)`,
        [entity, localIds, entity, localIds],
      )
      return new Set(rows.map(({ local_id: id }) => id))
    },
  }
}
