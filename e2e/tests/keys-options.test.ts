import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { makeRecords, type Row } from "../clients/records.ts"
import { eventually } from "../eventually.ts"
import { Stack } from "../stack/stack.ts"

let stack: Stack
beforeAll(async () => {
  const fields = { sku: { owner: "two-way" }, options: { owner: "two-way" } }
  stack = await Stack.start("keys_options", { mapping: { variant: { fields } } })
})
afterAll(() => stack?.stop())

const { unique, admin, make, change, item, itemOf, recordOf } = makeRecords(() => stack)

interface Variant {
  item: string
  id: string
  sku: string
}

interface Shirt {
  item: string
  id: string
  variants: Variant[]
}

const size = (value: string) => [{ name: "Size", value }]

/** A product of Directus that both sides have, with a variant for each size. */
async function shirt(sizes: string[]): Promise<Shirt> {
  const word = unique("shirt")
  const product = await make("products", {
    title: word,
    handle: word,
    variants: sizes.map((value) => ({ title: value, sku: `${word}-${value}`, options: size(value) })),
  })
  const id = await recordOf(product)
  await stack.settled()
  const items = (await item("products", product, "variants.id,variants.sku"))["variants"] as {
    id: string
    sku: string
  }[]
  const variants = await Promise.all(
    items.map(async (each) => ({ item: each.id, sku: each.sku, id: await recordOf(each.id) })),
  )
  return {
    item: product,
    id,
    variants: sizes.map((value) => variants.find(({ sku }) => sku === `${word}-${value}`) as Variant),
  }
}

const variantOf = async (id: string): Promise<Row & { options: { value: string }[] }> =>
  (await admin<{ variants: (Row & { options: { value: string }[] })[] }>(`/product-variants?id=${id}&fields=*options`))
    .variants[0] as never

const sizesOf = async ({ variants }: Shirt): Promise<unknown[]> =>
  Promise.all(variants.map(async ({ id }) => (await variantOf(id)).options.map(({ value }) => value).join()))

const hasSizes = (product: Shirt, sizes: string[], within = 15_000): Promise<unknown> =>
  eventually("Medusa has the sizes", async () => expect(await sizesOf(product)).toEqual(sizes), { within })

const hasSizesInDirectus = (product: Shirt, sizes: string[]): Promise<unknown> =>
  eventually("Directus has the sizes", async () => {
    const rows = await Promise.all(product.variants.map((each) => item("product_variants", each.item)))
    expect(rows.map(({ options }) => options)).toEqual(sizes.map(size))
  })

/** One save of the product with its variants, as the Studio does it. */
const save = ({ item: id, variants }: Shirt, rows: Record<string, unknown>[]): Promise<unknown> =>
  change("products", id, {
    variants: { create: [], update: rows.map((row, i) => ({ id: variants[i]?.item, ...row })), delete: [] },
  })

const isQuiet = async (): Promise<void> => {
  await stack.settled(60_000)
  expect(await stack.sqlDirectus("select * from medusa_sync_link where reason is not null")).toEqual([])
  expect(await stack.sqlMedusa("select * from directus_sync_link where reason is not null")).toEqual([])
  expect(await stack.conflicts()).toEqual([])
}

/** The variant waits for a size that another one has. */
const waits = (variant: Variant): Promise<unknown> =>
  eventually("it waits", async () => {
    const [link] = await stack.sqlDirectus("select reason from medusa_sync_link where local_id = $1", [variant.item])
    expect(link?.["reason"]).toMatch(/^not_unique: options is taken by another variant/)
  })

describe("sizes of one product that change places in one save of Directus arrive within seconds", () => {
  test.each<[string, string[], string[]]>([
    ["two that swap", ["S", "M"], ["M", "S"]],
    ["three that go round", ["S", "M", "L"], ["M", "L", "S"]],
    ["three that go round the other way", ["S", "M", "L"], ["L", "S", "M"]],
    ["all that move up by one", ["S", "M", "L", "XL"], ["M", "L", "XL", "XXL"]],
    ["all that move down by one", ["M", "L", "XL", "XXL"], ["S", "M", "L", "XL"]],
  ])("%s", async (_, before, after) => {
    const product = await shirt(before)
    await save(
      product,
      after.map((value) => ({ options: size(value), title: `now ${value}` })),
    )
    await hasSizes(product, after)
    await isQuiet()
    expect(await Promise.all(product.variants.map(async ({ id }) => (await variantOf(id))["title"]))).toEqual(
      after.map((value) => `now ${value}`),
    )
  })

  test("together with their SKUs", async () => {
    const product = await shirt(["S", "M"])
    const skus = product.variants.map(({ sku }) => sku).reverse()
    await save(
      product,
      ["M", "S"].map((value, i) => ({ options: size(value), sku: skus[i] })),
    )
    await hasSizes(product, ["M", "S"])
    expect(await Promise.all(product.variants.map(async ({ id }) => (await variantOf(id))["sku"]))).toEqual(skus)
    await isQuiet()
  })

  test("by one of two options", async () => {
    const product = await shirt(["S", "M"])
    const both = (value: string, color: string) => [...size(value), { name: "Color", value: color }]
    await save(product, [{ options: both("S", "red") }, { options: both("S", "blue") }])
    await eventually("they have colours", async () =>
      expect((await sizesOf(product)).map((text) => String(text).split(",").sort().join())).toEqual([
        "S,red",
        "S,blue",
      ]),
    )
    await isQuiet()
    await save(product, [{ options: both("S", "blue") }, { options: both("S", "red") }])
    await eventually("they have changed them", async () =>
      expect((await sizesOf(product)).map((text) => String(text).split(",").sort().join())).toEqual([
        "S,blue",
        "S,red",
      ]),
    )
    await isQuiet()
  })

  test("and a new variant gets the size that one gives up, and one the size of a variant that is deleted", async () => {
    const product = await shirt(["S", "M"])
    const [first, second] = product.variants as [Variant, Variant]
    const sku = unique("new")
    await change("products", product.item, {
      variants: {
        create: [{ title: "new S", sku, options: size("S") }],
        update: [{ id: first.item, options: size("M") }],
        delete: [],
      },
    })
    await change("product_variants", second.item, { options: size("L") })
    await hasSizes(product, ["M", "L"], 30_000)
    await eventually("the new one is there", async () => {
      const { variants } = await admin<{ variants: Row[] }>(`/product-variants?sku=${sku}&fields=*options`)
      expect(variants).toMatchObject([{ options: [{ value: "S" }] }])
    })
    await isQuiet()
  })
})

describe("sizes that change places in several saves", () => {
  test("arrive, and title and SKU of the one that waits arrive meanwhile", async () => {
    const product = await shirt(["S", "M"])
    const [first, second] = product.variants as [Variant, Variant]
    const sku = unique("sku")
    await change("product_variants", first.item, { options: size("M"), title: "waits", sku })
    await waits(first)
    await eventually("the rest is there", async () =>
      expect(await variantOf(first.id)).toMatchObject({ title: "waits", sku, options: [{ value: "S" }] }),
    )
    await change("product_variants", second.item, { options: size("S") })
    await hasSizes(product, ["M", "S"], 30_000)
    await isQuiet()
  })

  test("three, one after the other", async () => {
    const product = await shirt(["S", "M", "L"])
    for (const [i, value] of ["M", "L", "S"].entries())
      await change("product_variants", product.variants[i]?.item ?? "", { options: size(value) })
    await hasSizes(product, ["M", "L", "S"], 30_000)
    await isQuiet()
  })

  test.each<[string, (holder: Variant, product: Shirt) => Promise<unknown>]>([
    [
      "gets another one in Medusa",
      (holder, product) => admin(`/products/${product.id}/variants/${holder.id}`, { options: { Size: "L" } }),
    ],
    ["gets another one in Directus", (holder) => change("product_variants", holder.item, { options: size("L") })],
    [
      "is deleted in Medusa",
      (holder, product) => admin(`/products/${product.id}/variants/${holder.id}`, undefined, "DELETE"),
    ],
  ])("one that was stopped goes on when the variant that has its size %s", async (_, act) => {
    const product = await shirt(["S", "M", "L"])
    const [first, second, third] = product.variants as [Variant, Variant, Variant]
    // So that the size is one of the product's, and free.
    await admin(`/products/${product.id}/variants/${third.id}`, undefined, "DELETE")
    await stack.settled()
    await change("product_variants", first.item, { options: size("M") })
    await waits(first)
    // As it is after five tries in three minutes.
    await stack.sqlDirectus("update medusa_sync_link set state = 'quarantined', attempts = 5 where local_id = $1", [
      first.item,
    ])
    await stack.sqlDirectus("update medusa_sync_dirty set run_at = null where local_id = $1", [first.item])
    await act(second, product)
    await eventually(
      "it has the size",
      async () => expect(await variantOf(first.id)).toMatchObject({ options: [{ value: "M" }] }),
      { within: 15_000 },
    )
  })
})

test("sizes that change places in Medusa over one in between do so in Directus", async () => {
  const product = await shirt(["S", "M", "L"])
  const [first, second, third] = product.variants as [Variant, Variant, Variant]
  const batch = (update: Record<string, unknown>[]) => admin(`/products/${product.id}/variants/batch`, { update })
  await admin(`/products/${product.id}/variants/${third.id}`, undefined, "DELETE")
  await batch([{ id: first.id, options: { Size: "L" } }])
  await batch([{ id: second.id, options: { Size: "S" } }])
  await batch([{ id: first.id, options: { Size: "M" }, title: "first" }])
  await hasSizesInDirectus({ ...product, variants: [first, second] }, ["M", "S"])
  await isQuiet()
})

test("a size that another variant keeps is told of, by its field and the variant that has it", async () => {
  const product = await shirt(["S", "M"])
  const [first, second] = product.variants as [Variant, Variant]
  await change("product_variants", first.item, { options: size("M") })
  await waits(first)
  const [link] = await stack.sqlDirectus("select reason from medusa_sync_link where local_id = $1", [first.item])
  expect(link?.["reason"]).toContain(second.id)
  await change("product_variants", first.item, { options: size("S") })
  await isQuiet()
  expect(await itemOf("product_variants", first.id)).toBe(first.item)
})
