import { SyncError } from "medusa-directus-core/host"
import { addOptions, type WantedOptions } from "../product/add-options"
import { OPTION } from "../product/default-option"
import { readOptions, type ProductOption } from "../product/product-options"
import type { KindTools } from "../record-kind"
import type { Chosen } from "./chosen"
import { makeWay } from "./combinations"

export const incomplete = (): SyncError =>
  new SyncError(
    "rejected_by_host",
    "options: a variant needs a value for each option of its product. Add what is missing.",
  )

/**
 * Makes the products' options fit variants: an editor who makes a variant in another size means the size to exist.
 *
 * @returns what each variant has of its product's options, by the variant's id; those that choose nothing are left out.
 * @throws SyncError `rejected_by_host` when a variant leaves one of its product's options out, or a shared option would
 *   have to change; `not_unique` when another variant of the product has the same values.
 */
export async function fitOptions(tools: KindTools, variants: Chosen[]): Promise<Map<string, Record<string, string>>> {
  const choosing = variants.filter(({ options }) => Object.keys(options).length > 0)
  if (choosing.length === 0) return new Map()
  const wanted = wantedOf(choosing)
  const read = () =>
    readOptions(
      tools.sql,
      wanted.map(({ productId }) => productId),
    )
  let present = await read()
  if (!wanted.every((product) => hasAll(present.get(product.productId) ?? [], product))) {
    await addOptions(tools, wanted)
    present = await read()
  }
  const whole = choosing.map((variant) => ({
    ...variant,
    options: { ...defaultsOf(present.get(variant.productId) ?? []), ...variant.options },
  }))
  for (const { productId, options } of whole)
    if (present.get(productId)?.some(({ title }) => !Object.hasOwn(options, title))) throw incomplete()
  await makeWay(tools, whole)
  return new Map(whole.map(({ id, options }) => [id, options]))
}

const hasAll = (present: ProductOption[], { options }: WantedOptions): boolean =>
  options.every(({ title, values }) => {
    const known = present.find((option) => option.title === title)?.values.filter(({ used }) => used)
    return known !== undefined && values.every((wanted) => known.some(({ value }) => value === wanted))
  })

/** The value of the option that Medusa gives a product which has none: nobody chooses it. */
function defaultsOf(options: ProductOption[]): Record<string, string> {
  const [value = ""] = OPTION.values
  const isDefault = ({ title, values }: ProductOption): boolean =>
    title === OPTION.title && values.length === 1 && values[0]?.value === value
  return options.some(isDefault) ? { [OPTION.title]: value } : {}
}

function wantedOf(variants: Chosen[]): WantedOptions[] {
  const products = new Map<string, Map<string, Set<string>>>()
  for (const { productId, options } of variants) {
    const titles = products.get(productId) ?? new Map<string, Set<string>>()
    products.set(productId, titles)
    for (const [title, value] of Object.entries(options))
      titles.set(title, (titles.get(title) ?? new Set<string>()).add(value))
  }
  return [...products].map(([productId, titles]) => ({
    productId,
    options: [...titles].map(([title, values]) => ({ title, values: [...values] })),
  }))
}
