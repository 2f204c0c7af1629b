import { Modules } from "@medusajs/framework/utils"
import { linkModules } from "../module-links"
import { callModule } from "../module-methods"
import type { KindTools } from "../record-kind"
import { query } from "../../database/sql"
import { checkCurrencies, isSameAmount, type GivenPrice } from "./prices"
import { AMOUNT, BASE_PRICE } from "./variant-row"

export interface Priced {
  id: string
  prices: GivenPrice[]
}

/** Without a price set a variant cannot be given a price later: updateProductsWorkflow makes none (2.21). */
export async function addPriceSets(tools: KindTools, variants: Priced[]): Promise<void> {
  if (variants.length === 0) return
  await checkCurrencies(
    tools,
    variants.flatMap(({ prices }) => prices),
  )
  const data = variants.map(({ prices }) => ({ prices: prices.map((price) => ({ ...price })) }))
  const priceSets = await tools.calls.run(tools.modules.pricing, (pricing, context) =>
    pricing.createPriceSets(data, context),
  )
  const pairs = variants.map(({ id }, i): [string, string] => [id, priceSets[i]?.id ?? ""])
  await linkModules(tools, [Modules.PRODUCT, "variant_id", Modules.PRICING, "price_set_id"], pairs)
}

interface StoredPrice {
  variant_id: string
  price_set_id: string
  id: string | null
  currency_code: string | null
  amount: string | null
}

/** Makes the base prices of variants those given; prices of lists, regions and quantities stay as they are. */
export async function setPrices(tools: KindTools, variants: Priced[]): Promise<void> {
  if (variants.length === 0) return
  const stored = await query<StoredPrice>(
    tools.sql,
    `select l.variant_id, l.price_set_id, p.id, p.currency_code, ${AMOUNT} as amount from product_variant_price_set l
     left join price p on p.price_set_id = l.price_set_id and p.deleted_at is null and ${BASE_PRICE}
     where l.variant_id = any(?) and l.deleted_at is null order by l.variant_id, p.currency_code, p.id`,
    [variants.map(({ id }) => id)],
  )
  const setOf = new Map(stored.map((price) => [price.variant_id, price.price_set_id]))
  await addPriceSets(
    tools,
    variants.filter(({ id }) => !setOf.has(id)),
  )
  await checkCurrencies(
    tools,
    variants.flatMap(({ prices }) => prices),
  )
  const { added, changed, removed } = differences(variants, stored, setOf)
  const { calls, modules } = tools
  if (added.length > 0) await calls.run(modules.pricing, (pricing, context) => pricing.addPrices(added, context))
  if (changed.length > 0) await callModule(calls, modules.pricing, "Price", ["update"], [changed])
  if (removed.length > 0) await callModule(calls, modules.pricing, "Price", ["softDelete"], [removed, {}])
}

function differences(variants: Priced[], stored: StoredPrice[], setOf: Map<string, string>) {
  const added: { priceSetId: string; prices: GivenPrice[] }[] = []
  const changed: { id: string; amount: string }[] = []
  const removed: string[] = []
  for (const { id, prices } of variants) {
    const priceSetId = setOf.get(id)
    if (priceSetId === undefined) continue
    const wanted = new Map(prices.map((price) => [price.currency_code, price]))
    for (const price of stored) {
      if (price.variant_id !== id || price.id === null) continue
      const now = wanted.get(price.currency_code ?? "")
      // One price for a currency: a second one goes.
      wanted.delete(price.currency_code ?? "")
      if (!now) removed.push(price.id)
      else if (!isSameAmount(now.amount, price.amount)) changed.push({ id: price.id, amount: now.amount })
    }
    if (wanted.size > 0) added.push({ priceSetId, prices: [...wanted.values()].map((price) => ({ ...price })) })
  }
  return { added, changed, removed }
}
