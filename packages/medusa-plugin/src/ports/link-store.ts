import {
  apartSql,
  digestSql,
  fingerprint,
  NULL_FINGERPRINT,
  type ApartCounts,
  type Bucket,
  type DigestedLink,
  type Link,
  type LinkCounts,
  type LinkStore,
} from "medusa-directus-core/host"
import { query, type Transaction } from "../database/sql"

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

/** Characters of a key by which it is indexed: an index takes 2,704 bytes, and a key is as long as an address. */
const KEY_START = 200
const startOf = (key: string): string => [...key].slice(0, KEY_START).join("")
const startsLike = (column: string): string => `left(${column}, ${String(KEY_START)}) = any(?) and ${column} = any(?)`

/** Of a link: its record was refused, or it waits for another one and nothing makes its mark due by itself. */
export const STOPPED = `(directus_sync_link.state = 'quarantined' or (directus_sync_link.state = 'active' and directus_sync_link.held_back
  and exists (select 1 from directus_sync_mark m
              where m.entity = directus_sync_link.entity and m.local_id = directus_sync_link.local_id and m.run_at is null)))`

type LinkRow = Omit<Link, "lastSyncedAt"> & { lastSyncedAt: Date | null }

const DIGEST = digestSql("medusa")

const REFERS = `exists (select 1 from jsonb_each(fields) f where f.value ->> 'went' = any(?) or f.value ->> 'fp' = any(?)
  or substr(f.key, strpos(f.key, '#') + 1) = any(?))`

/** The link rows as one transaction sees them. */
export function makeLinkStore(sql: Transaction): LinkStore {
  /** Rows that this transaction has locked or made: only those may be overwritten. */
  const held = new Set<string>()
  const keyOf = (entity: string, localId: string): string => `${entity}\n${localId}`

  async function select(where: string, bindings: unknown[]): Promise<Link[]> {
    const rows = await query<LinkRow>(sql, `${SELECT} where ${where}`, bindings)
    return rows.map((row) => ({ ...row, lastSyncedAt: row.lastSyncedAt?.toISOString() ?? null }))
  }

  async function idsOf(where: string, bindings: unknown[]): Promise<string[]> {
    const text = `select local_id as id from directus_sync_link where ${INDEXED} and ${where}`
    return (await query<{ id: string }>(sql, text, bindings)).map(({ id }) => id)
  }

  const referring = async (entity: string, ids: string[], among = ""): Promise<string[]> =>
    ids.length === 0 ? [] : idsOf(`entity = ? ${among} and ${REFERS}`, [entity, ids, ids.map(fingerprint), ids])

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
        : select(`entity = ? and (${startsLike("announced")} or ${startsLike("withdrawn")}) and ${INDEXED}`, [
            entity,
            ...[keys.map(startOf), keys, keys.map(startOf), keys],
          ]),
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
    findHeldBack: (entity, ids) =>
      ids === undefined ? idsOf("entity = ? and held_back", [entity]) : referring(entity, ids, "and held_back"),
    findReferring: (entity, ids) => referring(entity, ids),
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
    async countApart(entity, since, whole) {
      const { join, where } = apartSql("directus_sync_link")
      const [row] = await query<ApartCounts>(
        sql,
        `select count(distinct local_id)::int as records, coalesce(array_agg(distinct apart.name), '{}') as places
         from directus_sync_link ${join} where entity = ? and ${where}
           and not exists (select 1 from directus_sync_link whole
             where whole.entity = ? and whole.local_id = directus_sync_link.parent_id
               and (whole.state = 'unlinked' or whole.standing in ('archived', 'ignored')))`,
        [JSON.stringify(Object.fromEntries(since)), entity, whole],
      )
      return row ?? { records: 0, places: [] }
    },
    async stopped(entity, ids) {
      return new Set(
        ids.length === 0 ? [] : await idsOf(`${STOPPED} and entity = ? and local_id = any(?)`, [entity, ids]),
      )
    },
    async countQuarantined(entities) {
      const [row] = await query<{ n: number }>(
        sql,
        `select count(*)::int as n from directus_sync_link where ${STOPPED} and entity = any(?)`,
        [entities],
      )
      return row?.n ?? 0
    },
    quarantined: (entities, limit, offset) =>
      select(`${STOPPED} and entity = any(?) order by entity, local_id limit ? offset ?`, [entities, limit, offset]),
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
