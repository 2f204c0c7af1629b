import type { Knex } from "knex"
import type { RecordCounts } from "medusa-directus-core/host"
import { TABLES } from "../database/tables"
import { stoppedLinks } from "../items/stopped-links"

interface Counted {
  n: string | number
}

const count = async (query: Knex.QueryBuilder): Promise<number> =>
  Number(((await query.count({ n: "*" })) as Counted[])[0]?.n ?? 0)

async function countLinks(database: Knex): Promise<Pick<RecordCounts, "active" | "quarantined" | "unlinked">> {
  const links = { active: 0, quarantined: 0, unlinked: 0 }
  const rows = (await database(TABLES.link).groupBy("state").select("state").count({ n: "*" })) as (Counted & {
    state: keyof typeof links
  })[]
  for (const { state, n } of rows) links[state] = Number(n)
  return { ...links, quarantined: await count(stoppedLinks(database)) }
}

/** Milliseconds since 1970 in each table's own column. */
const OLDEST = [
  [TABLES.dirty, "marked_at"],
  [TABLES.mark, "due_at"],
] as const

/** When the oldest change was made that is to be sent; a backfill's do not count. */
async function oldestPending(database: Knex): Promise<string | null> {
  const times: number[] = []
  for (const [table, column] of OLDEST) {
    const query = database(table).where("priority", ">=", 0)
    if (table === TABLES.dirty) void query.whereNotNull("run_at")
    const oldest = (await query.min({ at: column }).first()) as { at: string | number | null } | undefined
    if (oldest?.at != null) times.push(Number(oldest.at))
  }
  return times.length === 0 ? null : new Date(Math.min(...times)).toISOString()
}

export async function readCounts(database: Knex): Promise<RecordCounts> {
  const waiting = database(TABLES.dirty)
    .whereNotNull("run_at")
    .select("entity", "local_id")
    .union(database(TABLES.mark).select("entity", "local_id"))
  const changedAgain = database(TABLES.mark)
    .whereRaw("??.entity = ??.entity and ??.local_id = ??.local_id", [
      TABLES.mark,
      TABLES.dirty,
      TABLES.mark,
      TABLES.dirty,
    ])
    .select(database.raw("1"))
  return {
    ...(await countLinks(database)),
    pending: await count(database(waiting.as("waiting")) as Knex.QueryBuilder),
    stopped: await count(database(TABLES.dirty).whereNull("run_at").whereNotExists(changedAgain)),
    oldestAt: await oldestPending(database),
    openConflicts: await count(database(TABLES.conflict).whereNull("resolved_at")),
  }
}
