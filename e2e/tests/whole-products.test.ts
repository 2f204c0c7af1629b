import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { makeRecords, type Row } from "../clients/records.ts"
import { eventually } from "../eventually.ts"
import { Stack } from "../stack/stack.ts"

let stack: Stack
beforeAll(async () => {
  stack = await Stack.start("whole_products", { mapping: { type: true, tag: true } })
})
afterAll(() => stack?.stop())

const { unique, admin, items, item, make, change, drop, rowOf, recordOf, upload, both } = makeRecords(() => stack)
describe("a product with all that belongs to it", () => {
  test("made in Medusa it is the same in Directus: options, variants, images, tags, type, categories, collection", async () => {
    const word = unique("whole")
    const { collection } = await admin<{ collection: Row }>("/collections", { title: word, handle: word })
    const { product_category: category } = await admin<{ product_category: Row }>("/product-categories", {
      name: word,
      handle: word,
    })
    const { product_type: type } = await admin<{ product_type: Row }>("/product-types", { value: word })
    const { product_tag: tag } = await admin<{ product_tag: Row }>("/product-tags", { value: word })
    const { product } = await admin<{ product: Row & { variants: Row[] } }>("/products", {
      title: word,
      handle: word,
      collection_id: collection.id,
      categories: [{ id: category.id }],
      type_id: type.id,
      tags: [{ id: tag.id }],
      images: [{ url: "https://cdn.example.com/1.png" }, { url: "https://cdn.example.com/2.png" }],
      thumbnail: "https://cdn.example.com/1.png",
      options: [{ title: "Size", values: ["S", "M"] }],
      variants: ["S", "M"].map((size) => ({
        title: size,
        sku: `${word}-${size}`,
        options: { Size: size },
        prices: [{ currency_code: "eur", amount: 10.5 }],
      })),
    })
    const made = await rowOf("products", product.id, "*,categories.product_categories_id")
    const collectionItem = await rowOf("product_collections", collection.id)
    const categoryItem = await rowOf("product_categories", category.id)
    expect(made).toMatchObject({
      title: word,
      type: word,
      tags: [word],
      collection: collectionItem.id,
      categories: [{ product_categories_id: categoryItem.id }],
      options: [{ title: "Size", values: ["S", "M"] }],
      thumbnail: "https://cdn.example.com/1.png",
    })
    await eventually("its variants are there with their prices", async () => {
      const variants = await items("product_variants", { product: { _eq: made.id } })
      expect(
        variants
          .map(({ title, sku, options }) => ({ title, sku, options }))
          .sort((a, b) => String(a.title).localeCompare(String(b.title))),
      ).toEqual([
        { title: "M", sku: `${word}-M`, options: [{ name: "Size", value: "M" }] },
        { title: "S", sku: `${word}-S`, options: [{ name: "Size", value: "S" }] },
      ])
      for (const variant of variants) expect(variant["prices"]).toEqual([{ currency_code: "eur", amount: "10.5" }])
    })
    const images = await items("product_images", { product: { _eq: made.id } })
    expect(images.sort((a, b) => Number(a["rank"]) - Number(b["rank"])).map(({ url }) => url)).toEqual([
      "https://cdn.example.com/1.png",
      "https://cdn.example.com/2.png",
    ])
  })

  test("made in Directus with options, variants and images it is one product of Medusa that can be sold", async () => {
    const word = unique("studio")
    const itemId = await make("products", {
      title: word,
      handle: word,
      status: "published",
      tags: [word],
      options: [{ title: "Size", values: ["S", "M"] }],
      images: [{ url: "https://cdn.example.com/a.png", rank: 0 }],
      variants: ["S", "M"].map((size, rank) => ({
        title: size,
        sku: `${word}-${size}`,
        rank,
        options: [{ name: "Size", value: size }],
        prices: [{ currency_code: "eur", amount: "12.5" }],
      })),
    })
    const id = await recordOf(itemId)
    await eventually("it has its variants, prices and images", async () => {
      const { product } = await admin<{
        product: Row & {
          variants: (Row & { prices: Row[] })[]
          images: Row[]
          tags: Row[]
          options: Row[]
          sales_channels: Row[]
        }
      }>(`/products/${id}?fields=*variants,*variants.prices,*images,*tags,*options,*options.values,*sales_channels`)
      expect(product.variants.map(({ sku }) => sku).sort()).toEqual([`${word}-M`, `${word}-S`])
      for (const variant of product.variants)
        expect(variant.prices).toMatchObject([{ currency_code: "eur", amount: 12.5 }])
      expect(product.images.map(({ url }) => url)).toEqual(["https://cdn.example.com/a.png"])
      expect(product.tags.map(({ value }) => value)).toEqual([word])
      expect(product.options).toHaveLength(1)
      expect(product.sales_channels).toHaveLength(1)
    })
    await stack.settled()
    const variants = await items("product_variants", { product: { _eq: itemId } })
    expect(variants).toHaveLength(2)
    // Medusa stores what the editor gave, so that nothing of it is told back.
    const concerned = new Set([id, itemId, ...variants.flatMap((variant) => [variant.id, variant["medusa_id"]])])
    expect((await stack.conflicts()).filter(({ localId }) => concerned.has(localId))).toEqual([])
    // What a module adds for one transaction must end with it.
    expect((await stack.shop.witnessed()).listeners).toEqual([])
  })

  test("that Medusa has already gets no price with a variant that is added in Directus; what was typed is kept", async () => {
    const word = unique("priced")
    const inMedusa = await both()
    const inDirectus = await make("products", {
      title: word,
      handle: word,
      status: "published",
      options: [{ title: "Size", values: ["S"] }],
      variants: [
        {
          title: "S",
          sku: `${word}-S`,
          options: [{ name: "Size", value: "S" }],
          prices: [{ currency_code: "eur", amount: "9" }],
        },
      ],
    })
    const made = await recordOf(inDirectus)
    await stack.settled()
    const before = "update product_variant set created_at = created_at - interval '11 minutes' where product_id = $1"
    await stack.sqlMedusa(before, [made])
    const pricesOf = async (id: string) =>
      (
        await admin<{ product: { variants: (Row & { prices: Row[] })[] } }>(
          `/products/${id}?fields=*variants,*variants.prices`,
        )
      ).product.variants
    for (const [id, product, option] of [
      [inMedusa.product.id, inMedusa.item, inMedusa.product.options[0]?.title],
      [made, inDirectus, "Size"],
    ] as const) {
      const sku = unique("cheap")
      const variant = await make("product_variants", {
        product,
        title: sku,
        sku,
        options: [{ name: option, value: sku }],
        prices: [{ currency_code: "eur", amount: "0.01" }],
      })
      const variantId = await recordOf(variant)
      await stack.settled()
      const variants = await pricesOf(id)
      expect(variants.find(({ id: of }) => of === variantId)?.prices).toEqual([])
      expect(variants.filter(({ id: of }) => of !== variantId).map(({ prices }) => prices.length)).toEqual([1])
      await eventually("Directus shows that it has none", async () =>
        expect((await item("product_variants", variant))["prices"] ?? []).toEqual([]),
      )
      const lost = (await stack.conflicts()).filter(({ localId }) => localId === variantId)
      expect(lost).toMatchObject([
        { field: "prices", kind: "read_only", losingValue: [{ currency_code: "eur", amount: "0.01" }] },
      ])
      expect((await stack.shop.journal(variantId)).map(({ reason }) => reason)).toContain(
        "not theirs to change: prices",
      )
    }
  })

  test("made in Directus with a title only it gets Medusa's default variant, which Directus shows", async () => {
    const word = unique("title-only")
    const itemId = await make("products", { title: word })
    const id = await recordOf(itemId)
    const { product } = await admin<{ product: Row & { variants: Row[] } }>(`/products/${id}?fields=*variants`)
    expect(product).toMatchObject({ title: word, status: "draft" })
    expect(product.variants).toHaveLength(1)
    await eventually("the variant is in Directus", async () =>
      expect(await items("product_variants", { product: { _eq: itemId } })).toHaveLength(1),
    )
  })
})

describe("a product with parts", () => {
  const whole = async (word: string) => {
    const { product } = await admin<{ product: Row & { variants: Row[] } }>("/products", {
      title: word,
      handle: word,
      status: "published",
      images: [{ url: `https://cdn.example.com/${word}.png` }],
      options: [{ title: "Size", values: ["S", "M"] }],
      variants: ["S", "M"].map((size) => ({
        title: size,
        sku: `${word}-${size}`,
        options: { Size: size },
        prices: [],
      })),
    })
    const { id: itemId } = await rowOf("products", product.id)
    await stack.settled()
    return { id: product.id, itemId }
  }
  const parts = async (itemId: string) => [
    ...(await items("product_variants", { product: { _eq: itemId } })),
    ...(await items("product_images", { product: { _eq: itemId } })),
  ]

  test("that Medusa deletes is archived with its parts in place, and comes back whole", async () => {
    const { id, itemId } = await whole(unique("cascade"))
    const before = (await parts(itemId)).map((part) => part.id).sort()
    await admin(`/products/${id}`, undefined, "DELETE")
    await eventually("it is archived", async () =>
      expect(await item("products", itemId)).toMatchObject({ status: "archived" }),
    )
    await stack.settled()
    expect((await parts(itemId)).map((part) => part.id).sort()).toEqual(before)
    expect((await parts(itemId)).some((part) => part["archived"] === true)).toBe(false)

    await stack.shop.restore(id)
    await eventually("it is back", async () =>
      expect(await item("products", itemId)).toMatchObject({ status: "published" }),
    )
    await stack.settled()
    expect((await parts(itemId)).map((part) => part.id).sort()).toEqual(before)
    const { product } = await admin<{ product: { variants: Row[] } }>(`/products/${id}?fields=*variants`)
    expect(product.variants).toHaveLength(2)
  })

  test("that Directus deletes becomes a draft that keeps its parts, and published again it is whole in Directus", async () => {
    const { id, itemId } = await whole(unique("gone"))
    await drop("products", itemId)
    await eventually("it is a draft", async () =>
      expect((await admin<{ product: Row }>(`/products/${id}`)).product).toMatchObject({ status: "draft" }),
    )
    await stack.settled()
    const { product } = await admin<{ product: { variants: Row[]; images: Row[] } }>(
      `/products/${id}?fields=*variants,*images`,
    )
    expect([product.variants.length, product.images.length]).toEqual([2, 1])

    await admin(`/products/${id}`, { status: "published" })
    await eventually("it is whole in Directus", async () => {
      expect(await item("products", itemId)).toMatchObject({ status: "published", medusa_id: id })
      expect(await parts(itemId)).toHaveLength(3)
    })
    await stack.settled()
    expect(await items("product_variants", { product: { _eq: itemId } })).toHaveLength(2)
  })
})

describe("what an editor does to parts", () => {
  test("a title, the order of the images and a removed image follow to Medusa", async () => {
    const word = unique("gallery")
    const { product } = await admin<{ product: Row }>("/products", {
      title: word,
      handle: word,
      options: [{ title: "Size", values: ["S"] }],
      images: [1, 2, 3].map((n) => ({ url: `https://cdn.example.com/${word}-${String(n)}.png` })),
    })
    const { id: itemId } = await rowOf("products", product.id)
    await stack.settled()
    const [first, second, third] = (await items("product_images", { product: { _eq: itemId } })).sort(
      (a, b) => Number(a["rank"]) - Number(b["rank"]),
    )
    await change("products", itemId, {
      images: {
        create: [],
        update: [
          { id: third?.id, rank: 0 },
          { id: first?.id, rank: 1, alt: "from the side" },
        ],
        delete: [second?.id],
      },
    })
    await eventually("Medusa shows the new order", async () => {
      const { product: shown } = await admin<{ product: { images: (Row & { rank: number })[] } }>(
        `/products/${product.id}?fields=*images`,
      )
      const urls = shown.images.sort((a, b) => a.rank - b.rank).map(({ url }) => url)
      expect(urls).toEqual([`https://cdn.example.com/${word}-3.png`, `https://cdn.example.com/${word}-1.png`])
    })
  })

  test("a picture of Directus's library arrives in Medusa by its public address, once, and is replaced and taken away", async () => {
    const address = (file: string): string => `${stack.directus.url}/assets/${file}`
    const word = unique("library")
    const { product } = await admin<{ product: Row }>("/products", {
      title: word,
      handle: word,
      options: [{ title: "Size", values: ["S"] }],
    })
    const { id: itemId } = await rowOf("products", product.id)
    const [first, second] = [await upload("first.svg"), await upload("second.svg")]
    const imageId = await make("product_images", { product: itemId, file: first, rank: 0 })
    await change("products", itemId, { thumbnail_file: first })
    const shown = async () =>
      (
        await admin<{ product: { images: Row[]; thumbnail: string | null } }>(
          `/products/${product.id}?fields=thumbnail,*images`,
        )
      ).product
    await eventually("Medusa shows the picture", async () => {
      const { images, thumbnail } = await shown()
      expect([images.map(({ url }) => url), thumbnail]).toEqual([[address(first)], address(first)])
    })
    await change("product_images", imageId, { file: second })
    await change("products", itemId, { thumbnail_file: null })
    await eventually("Medusa shows the other one", async () => {
      const { images, thumbnail } = await shown()
      expect([images.map(({ url }) => url), thumbnail]).toEqual([[address(second)], null])
    })
    await stack.settled()
    expect(await item("product_images", imageId)).toMatchObject({ file: second, url: null })
    await drop("product_images", imageId)
    await eventually("it is taken away", async () => expect((await shown()).images).toEqual([]))
    await stack.settled()
    expect(await items("product_images", { product: { _eq: itemId } })).toEqual([])
  })

  test("a mirrored field that an editor changes is put back, and what was typed is kept", async () => {
    const word = unique("mirror")
    const { product } = await admin<{ product: Row & { variants: Row[] } }>("/products", {
      title: word,
      handle: word,
      options: [{ title: "Size", values: ["S"] }],
      variants: [{ title: "S", sku: word, options: { Size: "S" }, prices: [{ currency_code: "eur", amount: 5 }] }],
    })
    const variant = await rowOf("product_variants", product.variants[0]?.id ?? "")
    await stack.settled()
    await change("product_variants", variant.id, { sku: "typed-by-hand", title: "Small" })
    await eventually("the sku is put back and the title stays", async () =>
      expect(await item("product_variants", variant.id)).toMatchObject({ sku: word, title: "Small" }),
    )
    expect(
      (await stack.conflicts()).some(
        ({ kind, losingValue }) => kind === "read_only" && losingValue === "typed-by-hand",
      ),
    ).toBe(true)
  })
})

test("the stock that an editor gives a new variant is Medusa's own in the end, and what was typed is kept", async () => {
  const word = unique("stocked")
  const itemId = await make("products", {
    title: word,
    handle: word,
    options: [{ title: "Size", values: ["S"] }],
    variants: [{ title: "S", sku: word, options: [{ name: "Size", value: "S" }], manage_inventory: true, stock: 5 }],
  })
  const product = await recordOf(itemId)
  const variantItem = await eventually("the variant is in Medusa", async () => {
    const [variant] = await items("product_variants", { product: { _eq: itemId }, medusa_id: { _nnull: true } })
    if (!variant) throw new Error("it has no id of Medusa yet")
    return variant
  })
  const { variants } = await admin<{ variants: Row[] }>(`/products/${product}/variants?fields=id,inventory_quantity`)
  const [{ id, inventory_quantity: stock } = { id: "" }] = variants
  expect(stock).toBe(0)
  await eventually("Directus shows Medusa's stock", async () =>
    expect(await item("product_variants", variantItem.id)).toMatchObject({ stock }),
  )
  expect((await stack.conflicts()).filter(({ localId }) => [id, variantItem.id].includes(localId))).toMatchObject([
    { field: "stock", kind: "read_only", losingSide: "directus", losingValue: "5" },
  ])
})

describe("last, since it leaves a record that waits", () => {
  test("a sku that is taken stops that variant with the holder named, and nothing else", async () => {
    const word = unique("taken")
    const { product } = await admin<{ product: Row & { variants: Row[] } }>("/products", {
      title: word,
      handle: word,
      options: [{ title: "Size", values: ["S"] }],
      variants: [{ title: "S", sku: word, options: { Size: "S" }, prices: [] }],
    })
    await rowOf("products", product.id)
    const itemId = await make("products", {
      title: `${word} two`,
      handle: `${word}-two`,
      options: [{ title: "Size", values: ["S", "M"] }],
      variants: [
        { title: "S", sku: word, options: [{ name: "Size", value: "S" }] },
        { title: "M", sku: `${word}-free`, options: [{ name: "Size", value: "M" }] },
      ],
    })
    const id = await recordOf(itemId)
    await eventually("the other variant arrives", async () => {
      const { product: two } = await admin<{ product: { variants: Row[] } }>(`/products/${id}?fields=*variants`)
      expect(two.variants.map(({ sku }) => sku)).toEqual([`${word}-free`])
    })
  })
})
