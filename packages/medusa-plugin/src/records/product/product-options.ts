import { SyncError } from "medusa-directus-core/host"
import { query, type Sql } from "../../database/sql"

/** An option as a person writes it. */
export interface GivenOption {
  title: string
  values: string[]
}

export interface OptionValue {
  id: string
  value: string
  rank: number | null
  /** Is it one of the values that this product uses? */
  used: boolean
}

/** An option of one product, with all of its values. */
export interface ProductOption {
  id: string
  title: string
  /** Since Medusa 2.16 an option may be shared by products; then it is not ours to change for one of them. */
  exclusive: boolean
  values: OptionValue[]
}

const refused = (text: string): SyncError => new SyncError("rejected_by_host", text)

/** @throws SyncError `rejected_by_host` when it is no list of `{ title, values }`. */
export function parseOptions(value: unknown): GivenOption[] {
  if (value === null || value === undefined) return []
  const malformed = refused(
    'options: Medusa needs a list of { "title": …, "values": […] }, each title and each value once. Correct it.',
  )
  if (!Array.isArray(value)) throw malformed
  const options = value.map((option: unknown): GivenOption => {
    const { title, values } = (option ?? {}) as { title?: unknown; values?: unknown }
    const texts = Array.isArray(values)
      ? values.filter((one): one is string => typeof one === "string" && one !== "")
      : []
    if (typeof title !== "string" || title === "" || !Array.isArray(values) || texts.length < values.length)
      throw malformed
    if (new Set(texts).size < texts.length) throw malformed
    return { title, values: texts }
  })
  if (new Set(options.map(({ title }) => title)).size < options.length) throw malformed
  return options
}

/** The options of each product, in the order in which they are shown. */
export async function readOptions(sql: Sql, productIds: string[]): Promise<Map<string, ProductOption[]>> {
  const rows = await query<ProductOption & { product_id: string }>(
    sql,
    `select l.product_id, o.id, o.title, o.is_exclusive as exclusive, (
       select coalesce(jsonb_agg(jsonb_build_object('id', v.id, 'value', v.value, 'rank', v.rank, 'used', exists (
         select 1 from product_product_option_value u where u.product_product_option_id = l.id and u.product_option_value_id = v.id and u.deleted_at is null
       )) order by v.rank nulls last, v.created_at, (select place from directus_sync_place where id = v.id), v.id), '[]') from product_option_value v where v.option_id = o.id and v.deleted_at is null
     ) as values
     from product_product_option l join product_option o on o.id = l.product_option_id
     where l.product_id = any(?) and l.deleted_at is null and o.deleted_at is null order by l.created_at, (select place from directus_sync_place where id = l.id), l.id`,
    [productIds],
  )
  const options = new Map<string, ProductOption[]>(productIds.map((id) => [id, []]))
  for (const { product_id: productId, ...option } of rows) options.get(productId)?.push(option)
  return options
}
