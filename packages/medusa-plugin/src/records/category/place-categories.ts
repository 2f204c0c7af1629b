import { refusedValue } from "medusa-directus-core/host"
import type { Change, KindTools } from "../record-kind"
import { query } from "../../database/sql"

/** Deeper than any tree that people keep; it ends the walk in a loop that Medusa itself let somebody make. */
const DEEPEST = 100

/**
 * `mpath` holds the ids from the root down. Medusa's service leaves it empty when a category becomes a root, and stale
 * below it (2.21.2), so it is written from the parents alone, for the moved ones and all below them.
 */
const WRITE_PATHS = `
  with recursive up as (
    select c.id as moved, c.id::text as path, c.parent_category_id as next, 1 as steps from product_category c where c.id = any(?)
    union all
    select up.moved, p.id || '.' || up.path, p.parent_category_id, up.steps + 1
    from up join product_category p on p.id = up.next where up.steps < ${String(DEEPEST)}
  ), down as (
    select up.moved as id, up.path, 1 as steps from up where up.next is null
    union all
    select c.id, down.path || '.' || c.id, down.steps + 1
    from down join product_category c on c.parent_category_id = down.id where down.steps < ${String(DEEPEST)}
  )
  update product_category c set mpath = down.path, updated_at = now() from down where c.id = down.id and c.mpath <> down.path`

/** The ids from a category's parent up to its root. */
const ABOVE = `
  with recursive up as (
    select c.parent_category_id as id, 1 as steps from product_category c where c.id = ?
    union all
    select p.parent_category_id, up.steps + 1 from up join product_category p on p.id = up.id where up.steps < ${String(DEEPEST)}
  )
  select id from up where id is not null`

/**
 * Puts categories below other parents and at other ranks. By SQL: Medusa's service also ranks all siblings anew, each of
 * which would then be a change of its own to be told, and it lets a category be put below itself (2.21.2).
 *
 * @throws SyncError `rejected_by_host` when a category would be its own ancestor.
 */
export async function placeCategories({ sql }: Pick<KindTools, "sql">, changes: Change[]): Promise<void> {
  const moved: string[] = []
  for (const { id, parent_category_id: parent, rank } of changes) {
    if (rank !== undefined)
      await query(sql, "update product_category set rank = ?, updated_at = now() where id = ?", [rank, id])
    if (parent === undefined) continue
    await query(sql, "update product_category set parent_category_id = ?, updated_at = now() where id = ?", [
      parent,
      id,
    ])
    moved.push(id)
  }
  for (const id of moved) {
    const above = await query<{ id: string }>(sql, ABOVE, [id])
    if (above.some((ancestor) => ancestor.id === id))
      throw refusedValue(
        "parent_category_id",
        "Medusa's categories are a tree, and this one would be below itself. Change it.",
      )
  }
  if (moved.length > 0) await query(sql, WRITE_PATHS, [moved])
}
