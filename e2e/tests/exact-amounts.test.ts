import { afterAll, beforeAll, expect, test } from "vitest"
import { makeRecords, type Product } from "../clients/records.ts"
import { eventually } from "../eventually.ts"
import { Stack } from "../stack/stack.ts"

let stack: Stack
const { admin, change, item, rowOf } = makeRecords(() => stack)

beforeAll(async () => {
  stack = await Stack.start("exact_amounts", {
    mapping: { variant: { fields: { prices: { owner: "two-way" } } } },
    plugin: { sweepInterval: 1000 },
  })
})
afterAll(() => stack?.stop())

test("amounts beyond a double travel to the last digit, both ways, and differ where a digit does", async () => {
  const { product } = await admin<{ product: Product }>("/products", {
    title: "Exact",
    handle: "exact",
    options: [{ title: "Size", values: ["S"] }],
    variants: [
      {
        title: "S",
        sku: "exact",
        options: { Size: "S" },
        prices: [{ currency_code: "eur", amount: 9007199254740992 }],
      },
    ],
  })
  const [variant] = product.variants
  const shown = await rowOf("product_variants", variant?.id ?? "")
  expect(shown["prices"]).toEqual([{ amount: "9007199254740992", currency_code: "eur" }])
  await stack.settled()

  const inMedusa = async () =>
    (
      await stack.sqlMedusa(
        `select p.raw_amount ->> 'value' as amount from price p join product_variant_price_set l using (price_set_id)
         where l.variant_id = $1 and p.deleted_at is null`,
        [variant?.id],
      )
    )[0]
  // JavaScript takes the first of these for the one before.
  for (const amount of [
    "9007199254740993",
    "12345678901234567.12",
    "12345678901234567.13",
    "0.30000000000000004",
    "0.3",
  ]) {
    await change("product_variants", shown.id, { prices: [{ amount, currency_code: "eur" }] })
    await eventually(`${amount} is in Medusa`, async () => expect(await inMedusa()).toEqual({ amount }))
    await stack.settled()
    expect((await item("product_variants", shown.id))["prices"]).toEqual([{ amount, currency_code: "eur" }])
  }

  await stack.sqlMedusa(
    `update price set raw_amount = jsonb_set(raw_amount, '{value}', '"9007199254740995"'), amount = 9007199254740996 where id in
       (select p.id from price p join product_variant_price_set l using (price_set_id) where l.variant_id = $1)`,
    [variant?.id],
  )
  await eventually("what the shop writes is in Directus to the last digit", async () =>
    expect((await item("product_variants", shown.id))["prices"]).toEqual([
      { amount: "9007199254740995", currency_code: "eur" },
    ]),
  )
  expect(await stack.conflicts()).toEqual([])
})
