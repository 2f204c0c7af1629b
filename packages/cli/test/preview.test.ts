import { expect, test } from "vitest"
import { inShop, losing, wouldShow } from "../src/commands/preview.ts"
import type { Backfill } from "../src/hosts/shapes.ts"

const host = (name: string) => ({ name })
const nothing = { count: 0, fields: [], sample: [] }
const lost = (title: string) => ({
  count: 2,
  fields: [
    { entity: "product", field: "title", side: "directus" as const, count: 1 },
    { entity: "variant", field: "sku", side: "medusa" as const, count: 1 },
  ],
  sample: [
    {
      entity: "variant",
      localId: `id of ${title}`,
      title,
      parentTitle: "Shirt",
      field: "sku",
      side: "medusa" as const,
      loses: "A-1",
      wins: null,
    },
  ],
})

test("values that would lose are counted by field, and some are shown with the one that stays", () => {
  expect(losing([[host("Directus"), { losses: nothing }]])).toEqual([])
  expect(losing([[host("Directus"), { losses: lost("M") }]])).toEqual([
    "A backfill of Directus puts 2 values into the inbox: product.title of Directus 1, variant.sku of Medusa 1.",
    "  Shirt · M  variant.sku: (empty) stands, A-1 of Medusa loses",
  ])
})

test("what both sides foresee of the same pairs is told once", () => {
  const both = losing([
    [host("Medusa"), { losses: lost("M") }],
    [host("Directus"), { losses: lost("Medium") }],
  ])
  expect(both).toEqual([
    "A backfill of Medusa or of Directus puts 2 values into the inbox: product.title of Directus 1, variant.sku of Medusa 1.",
    "  Shirt · M  variant.sku: (empty) stands, A-1 of Medusa loses",
  ])
})

test("what visitors would see is told with its prices and channel, and nothing is said of nothing", () => {
  const channels = ["Default"]
  expect(wouldShow(null)).toEqual([])
  expect(wouldShow({ published: 0, withoutPrice: 0, turned: 0, channels })).toEqual([])
  expect(wouldShow({ published: 12, withoutPrice: 4, turned: 1, variants: 2, channels })).toEqual([
    "12 products are published in Directus and not for sale in the shop, 4 of them without a price. There they are drafts in the sales channel Default; with --publish visitors see them at once.",
    "1 product that the shop does not show now would be visible: the mapping lets Directus win.",
    "2 variants that the shop has deleted would come back, for sale where the product is: --leave-deleted leaves out what was deleted.",
  ])
})

test("what became of new products is told with the way to release them", () => {
  const done = (shop: Backfill["shop"]) => inShop({ shop } as Backfill)
  expect([inShop(null), done(undefined)]).toEqual([[], []])
  expect(done({ shown: 1, unreleased: 0, withoutPrice: 0, channels: [] })).toEqual([
    "1 product is visible in the shop, in no sales channel.",
  ])
  const lines = done({ shown: 0, unreleased: 2, withoutPrice: 1, channels: ["Default"] })
  expect(lines[0]).toBe(
    "2 products are drafts in the shop until released, in the sales channel Default; without a price: 1.",
  )
  expect(lines[1]).toContain("backfill --side directus --publish")
})
