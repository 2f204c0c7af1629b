import { generateEntityId } from "@medusajs/framework/utils"
import { SyncError } from "medusa-directus-core/host"
import type { KindTools } from "../record-kind"
import { query } from "../../database/sql"
import { readOptions, type GivenOption, type ProductOption } from "./product-options"

/** What a product is to have beside the options that it has. */
export interface WantedOptions {
  productId: string
  options: GivenOption[]
}

/**
 * Adds options and values to products that do not have them, in the order given. A new option is this product's alone; a
 * new value goes only into such a one.
 *
 * @throws SyncError `rejected_by_host` when an option that products share would have to change.
 */
export async function addOptions(tools: KindTools, wanted: WantedOptions[]): Promise<void> {
  if (wanted.length === 0) return
  const present = await readOptions(
    tools.sql,
    wanted.map(({ productId }) => productId),
  )
  const fresh: WantedOptions[] = []
  for (const { productId, options } of wanted) {
    const known = new Map(present.get(productId)?.map((option) => [option.title, option]))
    for (const { title, values } of options) {
      const option = known.get(title)
      if (option) await addValues(tools, productId, option, values)
    }
    fresh.push({ productId, options: options.filter(({ title }) => !known.has(title)) })
  }
  await addNew(tools, fresh)
}

async function addNew({ sql, calls, modules }: KindTools, wanted: WantedOptions[]): Promise<void> {
  const options = wanted.flatMap(({ productId, options: given }) =>
    given.map((option, place) => ({ ...option, productId, place, id: generateEntityId(undefined, "opt") })),
  )
  if (options.length === 0) return
  const data = options.map(({ id, title, values }) => ({
    id,
    title,
    is_exclusive: true,
    values: values.map((value, rank) => ({ value, rank })),
  }))
  await calls.run(modules.product, (product, context) =>
    // The service takes an id, and values with a rank, as well; its type knows titles and texts alone (2.21).
    product.createProductOptions(data as never[], context),
  )
  const pairs = options.map(({ productId, id }) => ({ product_id: productId, product_option_id: id }))
  await calls.run(modules.product, (product, context) => product.addProductOptionToProduct(pairs, context))
  // Their order is kept nowhere but in the time of their coming, which is one for all that come together.
  await query(
    sql,
    `update product_product_option l set created_at = clock_timestamp() + make_interval(secs => p.place / 1000.0)
     from jsonb_to_recordset(?::jsonb) as p(id text, "productId" text, place int)
     where l.product_option_id = p.id and l.product_id = p."productId" and l.deleted_at is null`,
    [JSON.stringify(options.map(({ id, productId, place }) => ({ id, productId, place })))],
  )
}

async function addValues(
  { calls, modules }: KindTools,
  productId: string,
  option: ProductOption,
  wanted: string[],
): Promise<void> {
  const known = new Map(option.values.map((value) => [value.value, value]))
  const fresh = wanted.filter((value) => !known.has(value))
  if (fresh.length > 0 && !option.exclusive)
    throw new SyncError(
      "rejected_by_host",
      "options: a title is that of an option which several products share in Medusa. Add the value to it in Medusa, or use another title.",
    )
  // Where nobody has ranked the values, they come in the order of their making.
  const ranks = option.values.flatMap(({ rank }) => rank ?? [])
  const next = ranks.length > 0 || option.values.length === 0 ? Math.max(-1, ...ranks) + 1 : null
  const records = fresh.map((value, i) => ({
    option_id: option.id,
    value,
    ...(next === null ? {} : { rank: next + i }),
  }))
  const made =
    records.length === 0
      ? []
      : await calls.run(modules.product, (product, context) => product.createProductOptionValues(records, context))
  const unused = wanted.flatMap((value) => known.get(value) ?? []).filter(({ used }) => !used)
  const add = [...unused, ...made].map(({ id }) => id)
  if (add.length === 0) return
  const update = [{ product_id: productId, product_option_id: option.id, add }]
  await calls.run(modules.product, (product, context) => product.updateProductOptionValuesOnProduct(update, context))
}
