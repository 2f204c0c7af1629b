import { afterAll, beforeAll, expect, test } from "vitest"
import { makeRecords, type Product, type Row } from "../clients/records.ts"
import { eventually } from "../eventually.ts"
import { Stack } from "../stack/stack.ts"

let stack: Stack
const { admin, rowOf, item } = makeRecords(() => stack)

beforeAll(async () => {
  stack = await Stack.start("option_order", { plugin: { sweepInterval: 1000 } })
})
afterAll(() => stack?.stop())

const SIZES = ["XS", "S", "M", "L", "XL", "XXL", "3XL"]
const OPTIONS = [
  { title: "Size", values: SIZES },
  { title: "Cut", values: ["Slim", "Regular", "Loose"] },
  { title: "Colour", values: ["Black", "White"] },
]

test("options and values come in the order in which they were given, whatever happens to their rows", async () => {
  const { product } = await admin<{ product: Product }>("/products", {
    title: "Shirt",
    handle: "shirt",
    options: OPTIONS,
  })
  const shown = await rowOf("products", product.id)
  expect(shown["options"]).toEqual(OPTIONS)
  await stack.settled()
  const rev = async () =>
    (await stack.sqlMedusa("select rev from directus_sync_link where local_id = $1", [product.id]))[0]
  const before = await rev()

  // Each moves its row behind the others.
  await stack.sqlMedusa("update product_option_value set metadata = '{}' where value in ('XS', 'L', 'Slim')")
  await stack.sqlMedusa("update product_product_option set updated_at = now() where product_id = $1", [product.id])
  for (const table of ["product_option_value", "product_product_option"]) await stack.sqlMedusa(`vacuum full ${table}`)
  const swept = async () => (await stack.sqlMedusa("select taken_at from directus_sync_turn where task = 'sweep'"))[0]
  for (let n = 0; n < 2; n++) {
    const last = await swept()
    await eventually("Medusa has swept", async () => expect(await swept()).not.toEqual(last))
  }
  await stack.settled()
  expect(await rev()).toEqual(before)
  expect((await item("products", shown.id))["options"]).toEqual(OPTIONS)
})

test("an option that is sorted keeps the order that it was given, and one that is renamed its place", async () => {
  const [product] = await stack.sqlMedusa("select id from product where handle = 'shirt'")
  const id = String(product?.["id"])
  const { product: made } = await admin<{ product: Product }>(`/products/${id}?fields=*options,*options.values`)
  const size = made.options.find(({ title }) => title === "Size") as Row & { values: Row[] }
  await stack.sqlMedusa("update product_option_value set value = 'Large' where value = 'L'")
  const renamed = SIZES.map((value) => (value === "L" ? "Large" : value))
  const shown = await rowOf("products", id)
  const sizes = async () =>
    ((await item("products", shown.id))["options"] as { title: string; values: string[] }[])[0]?.values
  await eventually("it has its new name in its place", async () => expect(await sizes()).toEqual(renamed))
  expect(size.values).toHaveLength(SIZES.length)
})
