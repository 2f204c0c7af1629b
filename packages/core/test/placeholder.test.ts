import { expect, it } from "vitest"
import type { Document } from "../src/document/value.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { Pair } from "./pair.ts"

const DEFAULT = { title: "Default variant", "options#Default option": "Default option value", rank: "0" }

/** A product whose one variant Medusa has made of its title alone, with `more`. */
async function product(more: Document = {}) {
  const pair = new Pair(resolveConfig({ variant: { metadata: { care: "care" } } }))
  const shirt = pair.medusa.create("product", { title: "Shirt", handle: "shirt" })
  const made = pair.medusa.create("variant", { ...DEFAULT, product: shirt, ...more })
  await pair.settle()
  const shown = pair.directus.table("variant").links.get([...pair.directus.table("variant").rows.keys()][0] ?? "")
  return { pair, made, shown: shown?.localId ?? "", rows: pair.directus.table("variant").rows }
}

it("the variant that Medusa makes of a title alone goes when another one takes its place, and is not archived", async () => {
  const { pair, made, shown, rows } = await product()
  expect([...rows.keys()]).toEqual([shown])
  pair.medusa.remove("variant", made)
  await pair.settle()
  expect([...rows.keys()]).toEqual([])
})

it.each<Document>([{ sku: "s-1" }, { prices: [{ currency_code: "eur", amount: "1" }] }, { title: "Small" }])(
  "one that has been made something of in Medusa (%j) is archived",
  async (more) => {
    const { pair, made, shown, rows } = await product(more)
    pair.medusa.remove("variant", made)
    await pair.settle()
    expect(rows.get(shown)).toMatchObject({ archived: true })
  },
)

it.each<Document>([{ metadata_care: "cold" }, { material: "wool" }])(
  "one that somebody in Directus has typed something into (%j) is archived",
  async (typed) => {
    const { pair, made, shown, rows } = await product()
    pair.directus.edit("variant", shown, typed)
    await pair.settle()
    pair.medusa.remove("variant", made)
    await pair.settle()
    expect(rows.get(shown)).toMatchObject({ archived: true, ...typed })
  },
)
