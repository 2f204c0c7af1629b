import type { KindTools } from "../record-kind"
import { query } from "../sql"

/** Seconds in which an editor's own variants arrive: they are in the same message, behind the product. */
const REST = 3

/**
 * A default variant that gives way to an editor's own is not told first: in Directus its item would stay behind as archived.
 */
export async function restDefaults({ sql }: Pick<KindTools, "sql">, variantIds: string[]): Promise<void> {
  await query(sql, "select pg_advisory_xact_lock_shared(hashtext('directus_sync_mark'))")
  await query(
    sql,
    `with taken as (
       delete from directus_sync_mark_log where entity = 'variant' and local_id = any(?) returning entity, local_id, marked_at
     )
     insert into directus_sync_mark (entity, local_id, n, run_at, marked_at)
     select entity, local_id, nextval('directus_sync_mark_n'), now() + interval '${String(REST)} seconds', min(marked_at)
     from taken group by 1, 2 order by 1, 2 on conflict (entity, local_id) do nothing`,
    [variantIds],
  )
}
