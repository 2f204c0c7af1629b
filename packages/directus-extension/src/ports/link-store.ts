import type { Knex } from "knex"
import {
  apartSql,
  countApart,
  referringTo,
  digestSql,
  fingerprint,
  isCompared,
  linkDigest,
  NULL_FINGERPRINT,
  sumUp,
  SyncError,
  type Bucket,
  type DigestedLink,
  type Link,
  type LinkCounts,
  type LinkStore,
  type Sight,
} from "medusa-directus-core/host"
import { TABLES } from "../database/tables"
import { ANNOUNCED_FP, LINK_COLUMNS, WITHDRAWN_FP } from "../database/link-columns"
import { inBatches } from "../database/batches"
import { isUniqueViolation } from "../database/database-error"
import { canHold, lockRows, type Dialect } from "../database/dialect"
import { insertRows } from "../database/insert-rows"
import { dropSnapshots } from "../items/snapshot-store"
import { stoppedLinks } from "../items/stopped-links"

type Row = Record<string, unknown>

const COLUMNS = Object.entries(LINK_COLUMNS) as [keyof typeof LINK_COLUMNS, readonly [string, string]][]

function decode(kind: string, value: unknown): unknown {
  if (value === null || value === undefined) return null
  if (kind === "number") return Number(value)
  // SQLite's booleans are 0 and 1.
  if (kind === "flag") return Boolean(value)
  return kind === "json" ? (JSON.parse(String(value)) as unknown) : String(value)
}

const fromRow = (row: Row): Link =>
  ({
    entity: String(row["entity"]),
    localId: String(row["local_id"]),
    ...Object.fromEntries(COLUMNS.map(([key, [column, kind]]) => [key, decode(kind, row[column])])),
  }) as Link

const fingerprintOf = (key: string | null): string | null => (key === null ? null : fingerprint(key))

const toRow = (link: Link): Row => ({
  entity: link.entity,
  local_id: link.localId,
  [ANNOUNCED_FP]: fingerprintOf(link.announced),
  [WITHDRAWN_FP]: fingerprintOf(link.withdrawn),
  ...Object.fromEntries(
    COLUMNS.map(([key, [column, kind]]) => [
      column,
      kind === "json" && link[key] !== null ? JSON.stringify(link[key]) : link[key],
    ]),
  ),
})

/** How the text of a link's fields names a record: as one that went, as a member, or by the fingerprint of its id. */
function textsNaming(id: string): string[] {
  const text = JSON.stringify(id).slice(1, -1)
  return [`"went":"${text}"`, `#${text}":`, `"fp":"${fingerprint(id)}"`]
}

const anywhere = (text: string): string => `%${text.replaceAll(/[!%_]/g, "!$&")}%`

const DIGEST = digestSql("directus")

async function digested(query: Knex.QueryBuilder): Promise<DigestedLink[]> {
  const rows = (await query.select("entity", "local_id", "peer_id", "rev", "seen", "acked")) as Row[]
  return rows.map((row) => ({
    entity: String(row["entity"]),
    localId: String(row["local_id"]),
    peerId: row["peer_id"] === null ? null : String(row["peer_id"]),
    rev: Number(row["rev"]),
    seen: Number(row["seen"]),
    acked: Number(row["acked"]),
  }))
}

const ALIVE = "standing = 'alive'"
const ENDED =
  "(standing = 'gone' and alive_rev > 0 and (alive_rev > acked or (sync_source = ? and last_synced_at > ?)))"
const COUNTED: ReadonlyMap<keyof LinkCounts, { of: string; onlySeen: boolean }> = new Map([
  ["linked", { of: ALIVE, onlySeen: false }],
  ["inSight", { of: ALIVE, onlySeen: true }],
  ["ended", { of: ENDED, onlySeen: false }],
  ["endedInSight", { of: ENDED, onlySeen: true }],
])

/** Is a record in sight as far as this field says? */
function seenSql(dialect: Dialect, { field, fps, seen }: Sight): { sql: string; bindings: string[] } {
  const [held, path] =
    dialect === "pg"
      ? ["(fields::jsonb -> ?::text ->> 'fp')", field]
      : ["json_extract(fields, ?)", `$.${JSON.stringify(field)}.fp`]
  const places = fps.map(() => "?").join(", ")
  return {
    sql: `coalesce(${held}, ?) ${seen ? "in" : "not in"} (${places})`,
    bindings: [path, NULL_FINGERPRINT, ...fps],
  }
}

/** The links as one transaction sees them. */
export function makeLinkStore(trx: Knex, dialect: Dialect): LinkStore {
  /** Rows that this transaction holds. Any other link that is saved is new, and must not replace somebody else's (I2). */
  const held = new Set<string>()
  const name = (entity: string, localId: string): string => `${entity}\n${localId}`

  async function where(entity: string, columns: string[], values: string[], lock = false): Promise<Link[]> {
    const links: Link[] = []
    for (const batch of inBatches([...new Set(values)].filter((value) => canHold(dialect, value)).sort())) {
      const query = trx(TABLES.link)
        .where({ entity })
        .where((either) => {
          for (const column of columns) void either.orWhereIn(column, batch)
        })
        .orderBy("local_id")
        .select<Row[]>("*")
      for (const row of lock ? await lockRows(query, dialect) : await query) links.push(fromRow(row))
    }
    return links
  }

  return {
    find: (entity, localIds) => where(entity, ["local_id"], localIds),
    findByPeer: (entity, peerIds) => where(entity, ["peer_id"], peerIds),
    async findByAnnounced(entity, keys) {
      const links = await where(entity, [ANNOUNCED_FP, WITHDRAWN_FP], keys.map(fingerprint))
      const isWanted = (key: string | null): boolean => key !== null && keys.includes(key)
      return links.filter(({ announced, withdrawn }) => isWanted(announced) || isWanted(withdrawn))
    },
    findByParent: (entity, parentIds) => where(entity, ["parent_id"], parentIds),
    async count(entity, since, sights) {
      const seen = sights.map((sight) => seenSql(dialect, sight))
      const counted = trx(TABLES.link)
        .where({ entity })
        .whereNotNull("peer_id")
        .select<Record<keyof LinkCounts, string | number | null>[]>(
          [...COUNTED].map(([name, { of, onlySeen }]) => {
            const conditions = [of, ...(onlySeen ? seen.map(({ sql }) => sql) : [])]
            const bindings = [
              ...(of === ENDED ? ["directus", since.toISOString()] : []),
              ...(onlySeen ? seen.flatMap((one) => one.bindings) : []),
            ]
            return trx.raw(`sum(case when ${conditions.join(" and ")} then 1 else 0 end) as ??`, [...bindings, name])
          }),
        )
      const [row] = await counted
      const count = (name: keyof LinkCounts): number => Number(row?.[name] ?? 0)
      return {
        linked: count("linked"),
        inSight: count("inSight"),
        ended: count("ended"),
        endedInSight: count("endedInSight"),
      }
    },
    async findHeldBack(entity, ids) {
      const waiting = trx(TABLES.link).where({ entity, held_back: true })
      if (ids === undefined) {
        const rows = await waiting.select<{ local_id: string }[]>("local_id")
        return rows.map(({ local_id }) => local_id)
      }
      // Here, and not by `like`: many may wait, and be asked about by many.
      const isMeant = referringTo(ids)
      const rows = await waiting.select<{ local_id: string; fields: string }[]>("local_id", "fields")
      return rows
        .filter(({ fields }) => isMeant({ fields: JSON.parse(fields) as Link["fields"] }))
        .map(({ local_id }) => local_id)
    },
    async findReferring(entity, ids) {
      const found = new Set<string>()
      for (const batch of inBatches(ids)) {
        const rows = await trx(TABLES.link)
          .where({ entity })
          .where((either) => {
            for (const text of batch.flatMap(textsNaming))
              void either.orWhereRaw("fields like ? escape '!'", [anywhere(text)])
          })
          .select<{ local_id: string }[]>("local_id")
        for (const { local_id } of rows) found.add(local_id)
      }
      return [...found]
    },
    async lock(entity, localIds) {
      const links = await where(entity, ["local_id"], localIds, true)
      for (const link of links) held.add(name(entity, link.localId))
      return links
    },
    async save(entity, links) {
      const known = links.filter((link) => held.has(name(entity, link.localId)))
      const fresh = links.filter((link) => !held.has(name(entity, link.localId)))
      try {
        await insertRows(trx, dialect, TABLES.link, known.map(toRow), ["entity", "local_id"])
        await insertRows(trx, dialect, TABLES.link, fresh.map(toRow))
      } catch (error) {
        if (!isUniqueViolation(error)) throw error
        throw new SyncError("concurrent_write", "Another transaction linked the same record.", {
          retryable: true,
          cause: error,
        })
      }
      for (const link of fresh) held.add(name(entity, link.localId))
      // From here on the link itself remembers the last values, and keeps changing them.
      const gone = links.filter((link) => link.standing === "gone")
      await dropSnapshots(
        trx,
        entity,
        gone.map((link) => link.localId),
      )
    },
    async countApart(entity, since, whole) {
      const query = trx(TABLES.link).where({ entity })
      if (whole !== null)
        void query.whereNotExists(
          trx({ whole: TABLES.link })
            .where({ "whole.entity": whole, "whole.local_id": trx.ref(`${TABLES.link}.parent_id`) })
            .where(
              (rests) =>
                void rests.where({ "whole.state": "unlinked" }).orWhereIn("whole.standing", ["archived", "ignored"]),
            )
            .select(trx.raw("1")),
        )
      if (dialect !== "pg")
        return countApart(since, (await query.whereNotNull("peer_id").select<Row[]>("*")).map(fromRow))
      const { join, where } = apartSql(TABLES.link)
      const [row] = await query
        .joinRaw(join, [JSON.stringify(Object.fromEntries(since))])
        .whereRaw(where)
        .select<{ n: string | number; places: string[] | null }[]>(
          trx.raw(`count(distinct ${TABLES.link}.local_id) as n, array_agg(distinct apart.name) as places`),
        )
      return { records: Number(row?.n ?? 0), places: row?.places ?? [] }
    },
    async stopped(entity, localIds) {
      const found = new Set<string>()
      for (const batch of inBatches(localIds)) {
        const query = stoppedLinks(trx).where({ entity }).whereIn("local_id", batch)
        for (const row of await query.select<{ local_id: string }[]>("local_id")) found.add(row.local_id)
      }
      return found
    },
    async countQuarantined(entities) {
      const query = stoppedLinks(trx).whereIn("entity", entities)
      const [row] = await query.count<{ n: string | number }[]>({ n: "*" })
      return Number(row?.n ?? 0)
    },
    async quarantined(entities, limit, offset) {
      const query = stoppedLinks(trx).whereIn("entity", entities)
      const rows = await query.orderBy(["entity", "local_id"]).limit(limit).offset(offset).select<Row[]>("*")
      return rows.map(fromRow)
    },
    async removeTombstones() {
      await trx(TABLES.link).whereRaw(`not (${DIGEST.isSeen})`).delete()
      held.clear()
    },
    async digest() {
      if (dialect !== "pg") return sumUp("directus", await digested(trx(TABLES.link)))
      const rows = await trx(TABLES.link)
        .whereRaw(DIGEST.compared)
        .select<(Omit<Bucket, "links"> & { links: string | number })[]>(
          trx.raw(`${DIGEST.bucket} as bucket, count(*) as links, sum(${DIGEST.digest})::text as sum`),
        )
        .groupByRaw("1")
      return rows.map(({ links, ...row }) => ({ ...row, links: Number(links) }))
    },
    async inBuckets(buckets, limit) {
      if (dialect === "pg")
        return digested(
          trx(TABLES.link).whereRaw(`${DIGEST.compared} and ${DIGEST.bucket} = any(?)`, [buckets]).limit(limit),
        )
      const wanted = new Set(buckets)
      const links = (await digested(trx(TABLES.link))).filter(isCompared)
      return links.filter((link) => wanted.has(linkDigest("directus", link)[0])).slice(0, limit)
    },
    async page(entity, after, limit) {
      const query = trx(TABLES.link).where({ entity }).orderBy("local_id").limit(limit)
      const rows = await (after === null ? query : query.where("local_id", ">", after)).select<{ local_id: string }[]>(
        "local_id",
      )
      return rows.map(({ local_id }) => local_id)
    },
    async remove(entity, localIds) {
      for (const batch of inBatches(localIds)) {
        await trx(TABLES.link).where({ entity }).whereIn("local_id", batch).delete()
      }
      for (const localId of localIds) held.delete(name(entity, localId))
      await dropSnapshots(trx, entity, localIds)
    },
  }
}
