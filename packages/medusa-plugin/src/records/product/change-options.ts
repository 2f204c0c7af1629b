import { isDeepStrictEqual } from "node:util"
import { SyncError } from "medusa-directus-core/host"
import type { KindTools } from "../record-kind"
import { query } from "../../database/sql"
import { addOptions } from "./add-options"
import { parseOptions, readOptions, type GivenOption, type ProductOption } from "./product-options"

/**
 * Makes a product's options those given, where a mapping lets Directus change them: options and values may be added, and
 * values sorted.
 *
 * @throws SyncError `rejected_by_host` when one would be removed or renamed: variants hang on them.
 */
export async function changeOptions(tools: KindTools, changes: Map<string, unknown>): Promise<void> {
  const present = await readOptions(tools.sql, [...changes.keys()])
  for (const [productId, value] of changes) {
    const given = parseOptions(value)
    const wanted = new Map(given.map((option) => [option.title, option.values]))
    for (const { title, values } of present.get(productId) ?? [])
      if (values.some((known) => known.used && !wanted.get(title)?.includes(known.value)) || !wanted.has(title))
        throw new SyncError(
          "rejected_by_host",
          "options: the sync adds options and values to a product and sorts them. Remove or rename them in Medusa.",
        )
    await addOptions(tools, [{ productId, options: given }])
  }
  const now = await readOptions(tools.sql, [...changes.keys()])
  for (const [productId, value] of changes) await sortValues(tools, now.get(productId) ?? [], parseOptions(value))
}

async function sortValues({ sql }: KindTools, options: ProductOption[], given: GivenOption[]): Promise<void> {
  const orderOf = new Map(given.map(({ title, values }) => [title, values]))
  for (const { id, title, exclusive, values } of options) {
    const order = orderOf.get(title)
    const shown = values.flatMap((value) => (value.used ? value.value : []))
    if (!exclusive || !order || isDeepStrictEqual(order, shown)) continue
    await query(
      sql,
      `update product_option_value set rank = array_position(?::text[], value) - 1, updated_at = now()
       where option_id = ? and value = any(?) and deleted_at is null`,
      [order, id, order],
    )
  }
}
