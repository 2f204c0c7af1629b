import { SyncError } from "medusa-directus-core/host"
import { readRecords } from "../read-records"
import type { Change, KindTools } from "../record-kind"
import { callModule } from "../module-methods"
import { assignImages } from "./assign-images"
import { chosenOf } from "./chosen"
import { fitOptions, incomplete } from "./fit-options"
import { setPrices } from "./price-sets"
import { parsePrices } from "./prices"
import { withTitles } from "./titles"
import { selectVariants } from "./variant-row"

/** Writes the columns by Medusa's module, and what belongs to a variant elsewhere. */
export async function updateVariants(tools: KindTools, changes: Change[]): Promise<void> {
  if (changes.some((change) => "stock" in change))
    throw new SyncError(
      "rejected_by_host",
      "stock: Medusa counts it at its stock locations. Change it there, and let Medusa own the field in the mapping.",
    )
  const named = await titled(tools, changes)
  const reopted = named.filter((change) => "options" in change)
  const rows = new Map((await rowsOf(tools, reopted)).map((row) => [row.id, row]))
  if (reopted.some(({ options }) => Object.keys(chosenOf(options)).length === 0)) throw incomplete()
  const fitted = await fitOptions(
    tools,
    reopted.map(({ id, options }) => ({
      id,
      productId: String(rows.get(id)?.product_id),
      options: chosenOf(options),
    })),
  )
  const plain = named.map(({ options: _options, prices: _prices, images: _images, ...change }) => {
    const options = fitted.get(change.id)
    return options ? { ...change, options } : change
  })
  const told = plain.filter((change) => Object.keys(change).length > 1)
  if (told.length > 0) await callModule(tools.calls, tools.modules.product, "ProductVariant", ["upsert"], [told])
  await setPrices(
    tools,
    named.flatMap(({ id, prices }) => (prices === undefined ? [] : { id, prices: parsePrices(prices) })),
  )
  const images = named.filter((change) => "images" in change)
  await assignImages(tools, new Map(images.map(({ id, images: urls }) => [id, urls])))
}

const rowsOf = ({ sql }: KindTools, changes: Change[]) =>
  readRecords(
    sql,
    { select: selectVariants },
    changes.map(({ id }) => id),
  )

/** A title that was emptied is made of the options again. */
async function titled(tools: KindTools, changes: Change[]): Promise<Change[]> {
  const untitled = changes.filter(({ title }) => title === null)
  if (untitled.length === 0) return changes
  const rows = new Map((await rowsOf(tools, untitled)).map((row) => [row.id, row]))
  const named = await withTitles(
    tools,
    untitled.map((change) => ({ ...rows.get(change.id), ...change })),
  )
  const titleOf = new Map(named.map(({ id, title }) => [id, title]))
  return changes.map((change) => (titleOf.has(change.id) ? { ...change, title: titleOf.get(change.id) } : change))
}
