import { afterAll, beforeAll, expect, test } from "vitest"
import { makeRecords, type Row } from "../clients/records.ts"
import { eventually } from "../eventually.ts"
import { Stack } from "../stack/stack.ts"

let stack: Stack
beforeAll(async () => {
  stack = await Stack.start("refused_values")
})
afterAll(() => stack?.stop())
const { admin, change, paired, category } = makeRecords(() => stack)

test.each<[string, Record<string, unknown>]>([
  ["an emptied status", { status: null }],
  ["an emptied checkbox", { discountable: null }],
  ["a handle with a capital", { handle: "Red-Shirt" }],
])("%s, which Medusa refuses, keeps no later edit of another field from the shop", async (_, refused) => {
  const { product, item } = await paired()
  await change("products", item, refused)
  await eventually("it is refused", async () => {
    const [link] = await stack.sqlDirectus("select reason from medusa_sync_link where local_id = $1", [item])
    expect(link?.["reason"]).toMatch(/^rejected_by_host: (status|discountable|handle): /)
  })
  await change("products", item, { subtitle: "typed afterwards" })
  await eventually("the subtitle is in the shop", async () =>
    expect((await stack.shop.read(product.id)).subtitle).toBe("typed afterwards"),
  )
})

test("a category that would be below itself takes what else is typed", async () => {
  const [a, b] = [await category(), await category()]
  await stack.cutLinks()
  await change("product_categories", a.item, { parent: b.item })
  await admin(`/product-categories/${b.id}`, { parent_category_id: a.id })
  await stack.mendLinks()
  await eventually("the second move is refused", async () => {
    const [link] = await stack.sqlDirectus("select reason from medusa_sync_link where local_id = $1", [a.item])
    expect(link?.["reason"]).toMatch(/^rejected_by_host: parent_category_id: /)
  })
  await change("product_categories", a.item, { description: "typed afterwards" })
  await eventually("the description is in the shop", async () => {
    const { product_category } = await admin<{ product_category: Row }>(`/product-categories/${a.id}`)
    expect(product_category["description"]).toBe("typed afterwards")
  })
})
