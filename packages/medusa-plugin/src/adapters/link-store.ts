import {
  digestSql,
  fingerprint,
  NULL_FINGERPRINT,
  type Bucket,
  type DigestedLink,
  type Link,
  type LinkCounts,
  type LinkStore,
} from "medusa-directus-core"
import { query, type Transaction } from "./sql"

/** Where each property of a link is kept, beside the primary key (entity, local_id): every statement is made from it. */
const COLUMNS: Record<Exclude<keyof Link, "entity" | "localId">, readonly [column: string, type: string]> = {
  peerId: ["peer_id", "text"],
  parentId: ["parent_id", "text"],
  announced: ["announced", "text"],
  withdrawn: ["withdrawn", "text"],
  awaiting: ["awaiting", "text"],
  promised: ["promised", "text"],
  rev: ["rev", "int"],
  seen: ["seen", "int"],
  acked: ["acked", "int"],
  standing: ["standing", "text"],
  aliveRev: ["alive_rev", "int"],
  fields: ["fields", "jsonb"],
  places: ["places", "jsonb"],
  snapshot: ["snapshot", "jsonb"],
  hops: ["hops", "int"],
  state: ["state", "text"],
  heldBack: ["held_back", "boolean"],
  reason: ["reason", "text"],
  attempts: ["attempts", "int"],
  lastSyncedAt: ["last_synced_at", "timestamptz"],
  syncSource: ["sync_source", "text"],
  syncId: ["sync_id", "text"],
}

const columns = Object.entries(COLUMNS).map(([key, [column, type]]) => ({ key: `"${key}"`, column, type }))
const list = (of: (column: (typeof columns)[number]) => string): string => columns.map(of).join(", ")

const SELECT = `select entity, local_id as "localId", ${list(({ key, column }) => `${column} as ${key}`)} from directus_sync_link`
const RECORDS = `jsonb_to_recordset(?::jsonb) as r("localId" text, ${list(({ key, type }) => `${key} ${type}`)})`
const UPDATE = `update directus_sync_link l set ${list(({ key, column }) => `${column} = r.${key}`)}, updated_at = now()
  from ${RECORDS} where l.local_id = r."localId" and l.entity = ?`
const INSERT = `with r as (select * from ${RECORDS})
  insert into directus_sync_link (entity, local_id, ${list(({ column }) => column)}) select ?, r."localId", ${list(({ key }) => `r.${key}`)} from r`

/** Always so; DML writes it into each index, which is used only by a query that says it as well. */
const INDEXED = "deleted_at is null"

type LinkRow = Omit<Link, "lastSyncedAt"> & { lastSyncedAt: Date | null }

const DIGEST = digestSql("medusa")

/** The link rows as one transaction sees them. */
export function makeLinkStore(sql: Transaction): LinkStore {
  /** Rows that this transaction has locked or made: only those may be overwritten. */
  const held = new Set<string>()
  const keyOf = (entity: string, localId: string): string => `${entity}\n${localId}`

  async function select(where: string, bindings: unknown[]): Promise<Link[]> {
    const rows = await query<LinkRow>(sql, `${SELECT} where ${where}`, bindings)
    return rows.map((row) => ({ ...row, lastSyncedAt: row.lastSyncedAt?.toISOString() ?? null }))
  }

  async function write(statement: string, entity: string, links: Link[]): Promise<void> {
    if (links.length > 0) await query(sql, statement, [JSON.stringify(links), entity])
  }

  return {
    find: async (entity, ids) => (ids.length === 0 ? [] : select("entity = ? and local_id = any(?)", [entity, ids])),
    findByPeer: async (entity, ids) =>
      ids.length === 0 ? [] : select(`entity = ? and peer_id = any(?) and ${INDEXED}`, [entity, ids]),
    findByAnnounced: async (entity, keys) =>
      keys.length === 0
        ? []
        : select(`entity = ? and (announced = any(?) or withdrawn = any(?)) and ${INDEXED}`, [entity, keys, keys]),
    findByParent: async (entity, ids) =>
      ids.length === 0 ? [] : select(`entity = ? and parent_id = any(?) and ${INDEXED}`, [entity, ids]),
    async count(entity, since, sights) {
      const [counts] = await query<LinkCounts>(
        sql,
        `with l as (
           select standing = 'alive' as alive,
                  standing = 'gone' and alive_rev > 0 and (alive_rev > acked or (sync_source = 'medusa' and last_synced_at > ?)) as ended,
                  not exists (
                    select 1 from jsonb_to_recordset(?::jsonb) as s("field" text, "fps" jsonb, "seen" boolean)
                    where jsonb_exists(s.fps, coalesce(fields -> s.field ->> 'fp', ?)) <> s.seen
                  ) as seen
           from directus_sync_link where entity = ? and peer_id is not null and ${INDEXED}
         )
         select count(*) filter (where alive)::int as "linked", count(*) filter (where alive and seen)::int as "inSight",
                count(*) filter (where ended)::int as "ended", count(*) filter (where ended and seen)::int as "endedInSight" from l`,
        [since, JSON.stringify(sights), NULL_FINGERPRINT, entity],
      )
      return counts ?? { linked: 0, inSight: 0, ended: 0, endedInSight: 0 }
    },
    async findHeldBack(entity) {
      const rows = await query<{ local_id: string }>(
        sql,
        `select local_id from directus_sync_link where entity = ? and held_back and ${INDEXED}`,
        [entity],
      )
      return rows.map(({ local_id: id }) => id)
    },
    async findReferring(entity, ids) {
      if (ids.length === 0) return []
      const rows = await query<{ local_id: string }>(
        sql,
        `select local_id from directus_sync_link where entity = ? and ${INDEXED} and exists (
           select 1 from jsonb_each(fields) f where f.value ->> 'went' = any(?) or f.value ->> 'fp' = any(?)
             or substr(f.key, strpos(f.key, '#') + 1) = any(?))`,
        [entity, ids, ids.map(fingerprint), ids],
      )
      return rows.map(({ local_id: id }) => id)
    },
    async lock(entity, ids) {
      if (ids.length === 0) return []
      const links = await select("entity = ? and local_id = any(?) order by local_id for update", [entity, ids])
      for (const link of links) held.add(keyOf(entity, link.localId))
      return links
    },
    async save(entity, links) {
      const known = links.filter((link) => held.has(keyOf(entity, link.localId)))
      const fresh = links.filter((link) => !held.has(keyOf(entity, link.localId)))
      await write(UPDATE, entity, known)
      // A plain insert: a row that another transaction made meanwhile must not be overwritten unseen (I2).
      await write(INSERT, entity, fresh)
      for (const link of fresh) held.add(keyOf(entity, link.localId))
    },
    async countQuarantined(entities) {
      const [row] = await query<{ n: number }>(
        sql,
        "select count(*)::int as n from directus_sync_link where state = 'quarantined' and entity = any(?)",
        [entities],
      )
      return row?.n ?? 0
    },
    quarantined: (entities, limit, offset) =>
      select("state = 'quarantined' and entity = any(?) order by entity, local_id limit ? offset ?", [
        entities,
        limit,
        offset,
      ]),
    async removeTombstones() {
      await query(sql, `delete from directus_sync_link where not (${DIGEST.isSeen})`)
      held.clear()
    },
    digest: () =>
      query<Bucket>(
        sql,
        `select ${DIGEST.bucket} as bucket, count(*)::int as links, sum(${DIGEST.digest})::text as sum
         from directus_sync_link where ${DIGEST.compared} group by 1`,
      ),
    inBuckets: (buckets, limit) =>
      query<DigestedLink>(
        sql,
        `select entity, local_id as "localId", peer_id as "peerId", rev, seen, acked from directus_sync_link
         where ${DIGEST.compared} and ${DIGEST.bucket} = any(?) limit ?`,
        [buckets, limit],
      ),
    async page(entity, after, limit) {
      const rows = await query<{ local_id: string }>(
        sql,
        "select local_id from directus_sync_link where entity = ? and local_id > ? order by local_id limit ?",
        [entity, after ?? "", limit],
      )
      return rows.map(({ local_id: id }) => id)
    },
    async remove(entity, ids) {
      if (ids.length > 0)
        await query(sql, "delete from directus_sync_link where entity = ? and local_id = any(?)", [entity, ids])
      for (const id of ids) held.delete(keyOf(entity, id))
    },
  }
}
