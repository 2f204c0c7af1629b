import { resolveConfig } from "medusa-directus-core/host"
import { expect, it } from "vitest"
import type { KindTools } from "../src/records/record-kind"
import { withGivenPrices } from "../src/records/variant/given-prices"

const prices = [{ currency_code: "eur", amount: "1" }]
const records = [
  { id: "v1", product_id: "new", prices },
  { id: "v2", product_id: "known", prices },
  { id: "v3", product_id: "known", title: "without" },
]

/** What Medusa's database says of products, and how often it is asked. */
function given(mapping: object, of = records) {
  let asked = 0
  const raw = (text: string, [ids]: [string[]]) => {
    asked += 1
    if (text.includes("num_nonnulls")) return Promise.resolve({ rows: [] })
    return Promise.resolve({ rows: ids.includes("new") ? [{ id: "new" }] : [] })
  }
  const entity = resolveConfig(mapping).entities.get("variant")
  if (!entity) throw new Error("There are no variants.")
  const made = withGivenPrices({ sql: { raw } } as unknown as KindTools, entity, of)
  return made.then((out) => ({ out, asked }))
}

it("prices come with the variants of a product that is new, and with no others", async () => {
  const { out } = await given({})
  expect(out).toEqual([records[0], { id: "v2", product_id: "known" }, records[2]])
})

it("prices come with each variant where Directus may edit them, and nobody is asked", async () => {
  for (const owner of ["two-way", "directus"]) {
    const { out, asked } = await given({ variant: { fields: { prices: { owner } } } })
    expect([out, asked]).toEqual([records, 0])
  }
})

it("nobody is asked when none has a price, or prices are not mapped", async () => {
  expect(await given({}, records.slice(2))).toEqual({ out: records.slice(2), asked: 0 })
  expect(await given({ variant: { fields: { prices: false } } })).toEqual({ out: records, asked: 0 })
})
