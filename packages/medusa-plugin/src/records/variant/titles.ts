import { textOf } from "../handles"
import { readOptions } from "../product/product-options"
import type { Change, KindTools } from "../record-kind"
import { chosenOf } from "./chosen"

/** Names variants without a title by what tells them from the others: their values, in the order of the options. */
export async function withTitles(tools: Pick<KindTools, "sql">, variants: Change[]): Promise<Change[]> {
  const untitled = variants.filter(({ title }) => textOf(title) === "")
  if (untitled.length === 0) return variants
  const products = [...new Set(untitled.map(({ product_id: id }) => String(id)))]
  const options = await readOptions(tools.sql, products)
  return variants.map((variant) => {
    if (textOf(variant.title) !== "") return variant
    const chosen = chosenOf(variant.options)
    const values = (options.get(String(variant.product_id)) ?? []).flatMap(({ title }) => chosen[title] ?? [])
    return { ...variant, title: values.join(" / ") || textOf(variant.sku) || "Default variant" }
  })
}
