import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { eventually } from "../eventually.ts"
import { directusToken } from "../stack/places.ts"
import { Stack } from "../stack/stack.ts"

const mapping = { type: true, tag: true, product: { metadata: { care: "care" } } }

let stack: Stack
beforeAll(async () => {
  stack = await Stack.start("catalogue", { mapping })
})
afterAll(() => stack?.stop())

type Row = Record<string, unknown> & { id: string }

let serial = 0
const unique = (word: string): string => `${word}-${String(++serial)}`

const admin = <T>(path: string, method = "GET", body?: Record<string, unknown>): Promise<T> =>
  stack.shop.sdk.client.fetch<T>(`/admin${path}`, { method, ...(body ? { body } : {}) })

const items = async (collection: string, filter: Record<string, unknown>): Promise<Row[]> =>
  (
    await stack.cms.fetchJson<{ data: Row[] }>(
      `/items/${collection}?limit=-1&fields=*,categories.product_categories_id&filter=${encodeURIComponent(JSON.stringify(filter))}`,
    )
  ).data

const item = async (collection: string, id: string): Promise<Row> =>
  (await stack.cms.fetchJson<{ data: Row }>(`/items/${collection}/${id}`)).data

const make = async (collection: string, body: Record<string, unknown>): Promise<string> =>
  (await stack.cms.fetchJson<{ data: Row }>(`/items/${collection}`, { method: "POST", body: JSON.stringify(body) }))
    .data.id

const change = (collection: string, id: string, body: Record<string, unknown>) =>
  stack.cms.fetchJson(`/items/${collection}/${id}`, { method: "PATCH", body: JSON.stringify(body) })

const drop = (collection: string, id: string) => stack.cms.fetchJson(`/items/${collection}/${id}`, { method: "DELETE" })

/** The item of a record of Medusa's. */
const itemOf = (collection: string, medusaId: string): Promise<Row> =>
  eventually(`${medusaId} is in ${collection}`, async () => {
    const [found] = await items(collection, { medusa_id: { _eq: medusaId } })
    if (!found) throw new Error("there is no such item yet")
    return found
  })

/** The record that Medusa made for an item. */
const recordOf = (id: string): Promise<string> =>
  eventually(`${id} is in Medusa`, async () => {
    const [link] = await stack.shop.links({ peer_id: id })
    if (!link) throw new Error("no link in Medusa yet")
    return link.local_id
  })

/** A kind with a text that may be changed on both sides. */
interface Kind {
  name: string
  collection: string
  text: string
  /** What Directus shows of one that Medusa deleted, and of one that is there. */
  archived: Record<string, unknown>
  there: Record<string, unknown>
  /** What Medusa shows of one that Directus deleted; without it the record stays as it is. */
  hidden?: { shown: Record<string, unknown>; before: Record<string, unknown> }
  make(word: string): Promise<string>
  read(id: string): Promise<Row | null>
  edit(id: string, body: Record<string, unknown>): Promise<unknown>
  remove(id: string): Promise<unknown>
  restore(id: string): Promise<unknown>
  item(word: string): Promise<Record<string, unknown>>
}

/** By Medusa's module, which has a method for each kind. */
const restoreOf =
  (model: string) =>
  (id: string): Promise<unknown> =>
    stack.shop.sdk.client.fetch("/e2e", { method: "POST", body: { kind: model, restore: [id] } })

const plain = (name: string, path: string, key: string, collection: string, model: string, text: string): Kind => ({
  name,
  collection,
  text,
  archived: { archived: true },
  there: { archived: false },
  restore: restoreOf(model),
  make: async (word) =>
    (
      await admin<Record<string, Row>>(path, "POST", {
        [text]: word,
        ...(text === "value" ? {} : { handle: word }),
      })
    )[key]?.id ?? "",
  read: (id) =>
    admin<Record<string, Row>>(`${path}/${id}`).then(
      (answer) => answer[key] ?? null,
      () => null,
    ),
  edit: (id, body) => admin(`${path}/${id}`, "POST", body),
  remove: (id) => admin(`${path}/${id}`, "DELETE"),
  item: (word) => Promise.resolve({ [text]: word, ...(text === "value" ? {} : { handle: word }) }),
})

const SIZES = Array.from({ length: 12 }, (_, n) => `size ${String(n)}`)
let sizes = 0
/** No two variants of a product may have the same options. */
const nextSize = (): string => SIZES[sizes++] ?? "no size left"

/** A product that both sides have, for its parts. */
let shirt: Promise<{ id: string; item: string }> | undefined
const theShirt = () =>
  (shirt ??= (async () => {
    const { product } = await admin<{ product: Row }>("/products", "POST", {
      title: "Shirt of parts",
      handle: "shirt-of-parts",
      options: [{ title: "Size", values: SIZES }],
    })
    return { id: product.id, item: (await itemOf("products", product.id)).id }
  })())

const KINDS: Kind[] = [
  {
    ...plain("product", "/products", "product", "products", "Products", "title"),
    archived: { status: "archived" },
    there: { status: "published" },
    hidden: { shown: { status: "draft" }, before: { status: "published" } },
    make: async (word) =>
      (
        await admin<{ product: Row }>("/products", "POST", {
          title: word,
          handle: word,
          status: "published",
          options: [{ title: "Size", values: ["S"] }],
        })
      ).product.id,
    item: (word) => Promise.resolve({ title: word, handle: word, status: "published" }),
  },
  plain("collection", "/collections", "collection", "product_collections", "ProductCollections", "title"),
  {
    ...plain("category", "/product-categories", "product_category", "product_categories", "ProductCategories", "name"),
    archived: { is_active: false },
    there: { is_active: true },
    hidden: { shown: { is_active: false }, before: { is_active: true } },
    // The module's own restore does not find what it deleted (2.21).
    restore: (id) => stack.sqlMedusa("update product_category set deleted_at = null where id = $1", [id]),
    make: async (word) =>
      (
        await admin<{ product_category: Row }>("/product-categories", "POST", {
          name: word,
          handle: word,
          is_active: true,
        })
      ).product_category.id,
    item: (word) => Promise.resolve({ name: word, handle: word, is_active: true }),
  },
  plain("type", "/product-types", "product_type", "product_types", "ProductTypes", "value"),
  plain("tag", "/product-tags", "product_tag", "product_tags", "ProductTags", "value"),
  {
    name: "variant",
    collection: "product_variants",
    restore: restoreOf("ProductVariants"),
    text: "title",
    archived: { archived: true },
    there: { archived: false },
    make: async (word) => {
      const { id } = await theShirt()
      const { product } = await admin<{ product: { variants: Row[] } }>(`/products/${id}/variants`, "POST", {
        title: word,
        sku: word,
        options: { Size: nextSize() },
        prices: [],
      })
      return product.variants.find((variant) => variant["title"] === word)?.id ?? ""
    },
    read: async (id) =>
      admin<{ variant: Row }>(`/products/${(await theShirt()).id}/variants/${id}`).then(
        ({ variant }) => variant,
        () => null,
      ),
    edit: async (id, body) => admin(`/products/${(await theShirt()).id}/variants/${id}`, "POST", body),
    remove: async (id) => admin(`/products/${(await theShirt()).id}/variants/${id}`, "DELETE"),
    item: async (word) => ({
      title: word,
      sku: word,
      product: (await theShirt()).item,
      options: [{ name: "Size", value: nextSize() }],
    }),
  },
]

describe.each(KINDS)("a $name", (kind) => {
  test("that is made, edited, deleted and restored in Medusa does the same in Directus", async () => {
    const word = unique(kind.name)
    const id = await kind.make(word)
    const { id: itemId } = await itemOf(kind.collection, id)
    expect(await item(kind.collection, itemId)).toMatchObject({ [kind.text]: word, medusa_id: id })

    await kind.edit(id, { [kind.text]: `${word} edited` })
    await eventually("the edit arrives", async () =>
      expect(await item(kind.collection, itemId)).toMatchObject({ [kind.text]: `${word} edited` }),
    )

    await kind.remove(id)
    await eventually("it is archived", async () =>
      expect(await item(kind.collection, itemId)).toMatchObject(kind.archived),
    )

    await kind.restore(id)
    await eventually("it is back", async () => {
      const shown = await item(kind.collection, itemId)
      for (const [field, value] of Object.entries(kind.there)) expect(shown[field] ?? false).toBe(value)
      expect(shown).toMatchObject({ [kind.text]: `${word} edited` })
    })
    expect(await items(kind.collection, { medusa_id: { _eq: id } })).toHaveLength(1)
  })

  test("that is made and edited in Directus is made and edited in Medusa, once", async () => {
    const word = unique(kind.name)
    const itemId = await make(kind.collection, await kind.item(word))
    const id = await recordOf(itemId)
    expect(await kind.read(id)).toMatchObject({ [kind.text]: word })
    await change(kind.collection, itemId, { [kind.text]: `${word} edited` })
    await eventually("the edit arrives", async () =>
      expect(await kind.read(id)).toMatchObject({ [kind.text]: `${word} edited` }),
    )
    await stack.settled()
    expect(await items(kind.collection, { [kind.text]: { _eq: `${word} edited` } })).toHaveLength(1)
  })

  test("that is deleted in Directus stays safe in Medusa, and is the same one when its row is put back", async () => {
    const word = unique(kind.name)
    const id = await kind.make(word)
    const { id: itemId } = await itemOf(kind.collection, id)
    await stack.settled()
    const [row] = await stack.sqlDirectus(`select * from ${kind.collection} where id = $1`, [itemId])
    await drop(kind.collection, itemId)
    await stack.settled()
    expect(await kind.read(id)).toMatchObject({ [kind.text]: word, ...kind.hidden?.shown })

    // Directus deletes for good: whoever restores has the row, of an export or a backup.
    await make(kind.collection, { ...row, [kind.text]: `${word} put back` })
    await eventually("Medusa's record follows it again", async () =>
      expect(await kind.read(id)).toMatchObject({ [kind.text]: `${word} put back`, ...kind.hidden?.before }),
    )
    await stack.settled()
    expect(await stack.shop.links({ peer_id: itemId })).toMatchObject([{ local_id: id }])
    expect(await items(kind.collection, { medusa_id: { _eq: id } })).toHaveLength(1)
    await kind.edit(id, { [kind.text]: `${word} edited` })
    await eventually("Directus's item follows Medusa again", async () =>
      expect(await item(kind.collection, itemId)).toMatchObject({ [kind.text]: `${word} edited` }),
    )
  })
})

describe("an image", () => {
  const address = (word: string): string => `https://cdn.example.com/${word}.png`
  const withImage = async (word: string) => {
    const { product } = await admin<{ product: Row & { images: Row[] } }>("/products", "POST", {
      title: word,
      handle: word,
      options: [{ title: "Size", values: ["S"] }],
      images: [{ url: address(word) }],
    })
    const [image] = product.images
    const imageItem = await itemOf("product_images", image?.id ?? "")
    await stack.settled()
    return { id: product.id, image: image?.id ?? "", itemId: imageItem.id, product: String(imageItem["product"]) }
  }
  const inMedusa = async (id: string): Promise<Row[]> =>
    (await admin<{ product: { images: Row[] } }>(`/products/${id}?fields=*images`)).product.images
  const inDirectus = (product: string) => items("product_images", { product: { _eq: product } })

  test("that is made, edited and deleted in Medusa does the same in Directus; put back it is a new one", async () => {
    const word = unique("image")
    const { id, image, itemId, product } = await withImage(word)
    await admin(`/products/${id}`, "POST", { images: [{ id: image, url: address(`${word}-edited`) }] })
    await eventually("the edit arrives", async () =>
      expect(await inDirectus(product)).toMatchObject([{ url: address(`${word}-edited`) }]),
    )
    await stack.settled()
    await admin(`/products/${id}`, "POST", { images: [] })
    await eventually("it is gone", async () => expect(await inDirectus(product)).toEqual([]))
    await stack.settled()
    await admin(`/products/${id}`, "POST", { images: [{ url: address(word) }] })
    await eventually("it is there", async () => {
      const shown = await inDirectus(product)
      expect(shown).toMatchObject([{ url: address(word), medusa_id: (await inMedusa(id))[0]?.id }])
      expect(shown[0]?.id).not.toBe(itemId)
    })
  })

  test("that is made, edited and deleted in Directus does the same in Medusa; its row put back brings it back", async () => {
    const word = unique("image")
    const { id, product } = await withImage(word)
    const made = await make("product_images", { product, url: address(`${word}-made`), rank: 1 })
    const urls = (...names: string[]) =>
      eventually(`Medusa shows ${names.join(", ")}`, async () =>
        expect((await inMedusa(id)).map(({ url }) => url).sort()).toEqual(names.map(address).sort()),
      )
    await urls(word, `${word}-made`)
    await change("product_images", made, { url: address(`${word}-edited`), alt: "from behind" })
    await urls(word, `${word}-edited`)
    expect((await inMedusa(id)).map(({ metadata }) => metadata)).toContainEqual({ alt: "from behind" })
    await stack.settled()
    const [row] = await stack.sqlDirectus("select * from product_images where id = $1", [made])
    await drop("product_images", made)
    await urls(word)
    await stack.settled()
    await make("product_images", row ?? {})
    await urls(word, `${word}-edited`)
    await stack.settled()
    expect((await inDirectus(product)).map((one) => one.id)).toContain(made)
    expect(await inDirectus(product)).toHaveLength(2)
  })
})

describe("a tag of a product", () => {
  const word = () => unique("tagged")
  const tagged = async (name: string, values: string[]) => {
    const tags = []
    for (const value of values)
      tags.push((await admin<{ product_tag: Row }>("/product-tags", "POST", { value })).product_tag.id)
    const { product } = await admin<{ product: Row }>("/products", "POST", {
      title: name,
      handle: name,
      options: [{ title: "Size", values: ["S"] }],
      tags: tags.map((id) => ({ id })),
    })
    const { id: itemId } = await itemOf("products", product.id)
    await stack.settled()
    return { id: product.id, itemId, tags }
  }
  const inMedusa = async (id: string) =>
    (await admin<{ product: { tags: Row[] } }>(`/products/${id}?fields=*tags`)).product.tags
      .map(({ value }) => value)
      .sort()

  test("that is taken off or put on in Medusa is so in Directus, and remains as a tag", async () => {
    const name = word()
    const { id, itemId, tags } = await tagged(name, [`${name}-a`, `${name}-b`])
    expect([...((await item("products", itemId))["tags"] as string[])].sort()).toEqual([`${name}-a`, `${name}-b`])
    await admin(`/products/${id}`, "POST", { tags: [{ id: tags[0] }] })
    await eventually("it is off", async () => expect((await item("products", itemId))["tags"]).toEqual([`${name}-a`]))
    await admin(`/products/${id}`, "POST", { tags: tags.map((tag) => ({ id: tag })) })
    await eventually("it is on", async () => expect((await item("products", itemId))["tags"]).toHaveLength(2))
    expect(await itemOf("product_tags", tags[1] ?? "")).toMatchObject({ value: `${name}-b` })
  })

  test("that is taken off or put on in Directus is so in Medusa, and remains as a tag", async () => {
    const name = word()
    const { id, itemId, tags } = await tagged(name, [`${name}-a`, `${name}-b`])
    await change("products", itemId, { tags: [`${name}-b`] })
    await eventually("it is off", async () => expect(await inMedusa(id)).toEqual([`${name}-b`]))
    expect((await admin<{ product_tag: Row }>(`/product-tags/${tags[0] ?? ""}`)).product_tag.value).toBe(`${name}-a`)
    await change("products", itemId, { tags: [`${name}-b`, `${name}-a`, `${name}-new`] })
    await eventually("they are on", async () =>
      expect(await inMedusa(id)).toEqual([`${name}-a`, `${name}-b`, `${name}-new`]),
    )
    await stack.settled()
    expect(await items("product_tags", { value: { _starts_with: name } })).toHaveLength(3)
  })
})

describe("a product with all that belongs to it", () => {
  test("made in Medusa it is the same in Directus: options, variants, images, tags, type, categories, collection", async () => {
    const word = unique("whole")
    const { collection } = await admin<{ collection: Row }>("/collections", "POST", { title: word, handle: word })
    const { product_category: category } = await admin<{ product_category: Row }>("/product-categories", "POST", {
      name: word,
      handle: word,
    })
    const { product_type: type } = await admin<{ product_type: Row }>("/product-types", "POST", { value: word })
    const { product_tag: tag } = await admin<{ product_tag: Row }>("/product-tags", "POST", { value: word })
    const { product } = await admin<{ product: Row & { variants: Row[] } }>("/products", "POST", {
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
    const made = await itemOf("products", product.id)
    const collectionItem = await itemOf("product_collections", collection.id)
    const categoryItem = await itemOf("product_categories", category.id)
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
    const { product } = await admin<{ product: Row & { variants: Row[] } }>("/products", "POST", {
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
    const { id: itemId } = await itemOf("products", product.id)
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
    await admin(`/products/${id}`, "DELETE")
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

    await admin(`/products/${id}`, "POST", { status: "published" })
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
    const { product } = await admin<{ product: Row }>("/products", "POST", {
      title: word,
      handle: word,
      options: [{ title: "Size", values: ["S"] }],
      images: [1, 2, 3].map((n) => ({ url: `https://cdn.example.com/${word}-${String(n)}.png` })),
    })
    const { id: itemId } = await itemOf("products", product.id)
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
    const upload = async (name: string): Promise<string> => {
      const form = new FormData()
      form.set(
        "file",
        new Blob([`<svg xmlns="http://www.w3.org/2000/svg" id="${name}"/>`], { type: "image/svg+xml" }),
        name,
      )
      const response = await fetch(`${stack.directus.url}/files`, {
        method: "POST",
        headers: { authorization: `Bearer ${directusToken}` },
        body: form,
      })
      return ((await response.json()) as { data: Row }).data.id
    }
    const address = (file: string): string => `${stack.directus.url}/assets/${file}`
    const word = unique("library")
    const { product } = await admin<{ product: Row }>("/products", "POST", {
      title: word,
      handle: word,
      options: [{ title: "Size", values: ["S"] }],
    })
    const { id: itemId } = await itemOf("products", product.id)
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
    const { product } = await admin<{ product: Row & { variants: Row[] } }>("/products", "POST", {
      title: word,
      handle: word,
      options: [{ title: "Size", values: ["S"] }],
      variants: [{ title: "S", sku: word, options: { Size: "S" }, prices: [{ currency_code: "eur", amount: 5 }] }],
    })
    const variant = await itemOf("product_variants", product.variants[0]?.id ?? "")
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
    const { product } = await admin<{ product: Row & { variants: Row[] } }>("/products", "POST", {
      title: word,
      handle: word,
      options: [{ title: "Size", values: ["S"] }],
      variants: [{ title: "S", sku: word, options: { Size: "S" }, prices: [] }],
    })
    await itemOf("products", product.id)
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
