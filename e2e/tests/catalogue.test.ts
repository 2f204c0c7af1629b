import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { makeRecords, type Row } from "../clients/records.ts"
import { eventually } from "../eventually.ts"
import { Stack } from "../stack/stack.ts"

let stack: Stack
beforeAll(async () => {
  stack = await Stack.start("catalogue", {
    mapping: { type: true, tag: true, product: { metadata: { care: "care" } } },
  })
})
afterAll(() => stack?.stop())

const { unique, admin, items, item, make, change, drop, rowOf, recordOf } = makeRecords(() => stack)
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
      await admin<Record<string, Row>>(path, {
        [text]: word,
        ...(text === "value" ? {} : { handle: word }),
      })
    )[key]?.id ?? "",
  read: (id) =>
    admin<Record<string, Row>>(`${path}/${id}`).then(
      (answer) => answer[key] ?? null,
      () => null,
    ),
  edit: (id, body) => admin(`${path}/${id}`, body),
  remove: (id) => admin(`${path}/${id}`, undefined, "DELETE"),
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
    const { product } = await admin<{ product: Row }>("/products", {
      title: "Shirt of parts",
      handle: "shirt-of-parts",
      options: [{ title: "Size", values: SIZES }],
    })
    return { id: product.id, item: (await rowOf("products", product.id)).id }
  })())

const KINDS: Kind[] = [
  {
    ...plain("product", "/products", "product", "products", "Products", "title"),
    archived: { status: "archived" },
    there: { status: "published" },
    hidden: { shown: { status: "draft" }, before: { status: "published" } },
    make: async (word) =>
      (
        await admin<{ product: Row }>("/products", {
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
        await admin<{ product_category: Row }>("/product-categories", {
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
      const { product } = await admin<{ product: { variants: Row[] } }>(`/products/${id}/variants`, {
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
    edit: async (id, body) => admin(`/products/${(await theShirt()).id}/variants/${id}`, body),
    remove: async (id) => admin(`/products/${(await theShirt()).id}/variants/${id}`, undefined, "DELETE"),
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
    const { id: itemId } = await rowOf(kind.collection, id)
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
    const { id: itemId } = await rowOf(kind.collection, id)
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
    const { product } = await admin<{ product: Row & { images: Row[] } }>("/products", {
      title: word,
      handle: word,
      options: [{ title: "Size", values: ["S"] }],
      images: [{ url: address(word) }],
    })
    const [image] = product.images
    const imageItem = await rowOf("product_images", image?.id ?? "")
    await stack.settled()
    return { id: product.id, image: image?.id ?? "", itemId: imageItem.id, product: String(imageItem["product"]) }
  }
  const inMedusa = async (id: string): Promise<Row[]> =>
    (await admin<{ product: { images: Row[] } }>(`/products/${id}?fields=*images`)).product.images
  const inDirectus = (product: string) => items("product_images", { product: { _eq: product } })

  test("that is made, edited and deleted in Medusa does the same in Directus; put back it is a new one", async () => {
    const word = unique("image")
    const { id, image, itemId, product } = await withImage(word)
    await admin(`/products/${id}`, { images: [{ id: image, url: address(`${word}-edited`) }] })
    await eventually("the edit arrives", async () =>
      expect(await inDirectus(product)).toMatchObject([{ url: address(`${word}-edited`) }]),
    )
    await stack.settled()
    await admin(`/products/${id}`, { images: [] })
    await eventually("it is gone", async () => expect(await inDirectus(product)).toEqual([]))
    await stack.settled()
    await admin(`/products/${id}`, { images: [{ url: address(word) }] })
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
      tags.push((await admin<{ product_tag: Row }>("/product-tags", { value })).product_tag.id)
    const { product } = await admin<{ product: Row }>("/products", {
      title: name,
      handle: name,
      options: [{ title: "Size", values: ["S"] }],
      tags: tags.map((id) => ({ id })),
    })
    const { id: itemId } = await rowOf("products", product.id)
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
    await admin(`/products/${id}`, { tags: [{ id: tags[0] }] })
    await eventually("it is off", async () => expect((await item("products", itemId))["tags"]).toEqual([`${name}-a`]))
    await admin(`/products/${id}`, { tags: tags.map((tag) => ({ id: tag })) })
    await eventually("it is on", async () => expect((await item("products", itemId))["tags"]).toHaveLength(2))
    expect(await rowOf("product_tags", tags[1] ?? "")).toMatchObject({ value: `${name}-b` })
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

describe.each([
  { name: "collection", collection: "product_collections", key: "collection", path: "/collections" },
  { name: "category", collection: "product_categories", key: "product_category", path: "/product-categories" },
])("a $name with 60 products", ({ name: kind, collection, key, path }) => {
  const isCollection = kind === "collection"
  const filled = async () => {
    const word = unique(`full-${kind}`)
    const answer = await admin<Record<string, Row>>(path, {
      ...(isCollection ? { title: word } : { name: word, is_active: true }),
      handle: word,
    })
    const id = answer[key]?.id ?? ""
    const { created } = await admin<{ created: Row[] }>("/products/batch", {
      create: Array.from({ length: 60 }, (_, n) => ({
        title: `${word} ${String(n)}`,
        handle: `${word}-${String(n)}`,
        options: [{ title: "Size", values: ["S"] }],
        ...(isCollection ? { collection_id: id } : { categories: [{ id }] }),
      })),
    })
    const { id: itemId } = await rowOf(collection, id)
    await stack.settled(60_000)
    return { id, itemId, products: created.map((product) => product.id) }
  }
  const inMedusa = async (id: string): Promise<number> =>
    (
      await admin<{ count: number }>(
        `/products?limit=1&${isCollection ? "collection_id" : "category_id"}=${encodeURIComponent(id)}`,
      )
    ).count
  const inDirectus = async (itemId: string): Promise<number> =>
    (
      await items(
        "products",
        isCollection ? { collection: { _eq: itemId } } : { categories: { product_categories_id: { _eq: itemId } } },
        "id",
      )
    ).length
  const openDrifts = async (): Promise<number[]> =>
    (await Promise.all([stack.shop.drift(), stack.cms.drift()])).map(({ count }) => count)

  test("that Directus deletes and Medusa keeps still has them there, and in Directus when its row is put back", async () => {
    const { id, itemId, products } = await filled()
    expect([await inMedusa(id), await inDirectus(itemId)]).toEqual([60, 60])
    const [row] = await stack.sqlDirectus(`select * from ${collection} where id = $1`, [itemId])
    await drop(collection, itemId)
    await stack.settled(60_000)
    expect(await inMedusa(id)).toBe(60)
    expect(await openDrifts()).toEqual([0, 0])

    await admin(`/products/${products[0] ?? ""}`, { subtitle: "edited since" })
    await stack.settled()
    expect(await inMedusa(id)).toBe(60)

    await make(collection, { ...row })
    await eventually("its products are in it again", async () => expect(await inDirectus(itemId)).toBe(60))
    await stack.settled(60_000)
    expect([await inMedusa(id), await inDirectus(itemId)]).toEqual([60, 60])
  })

  test("that Medusa deletes and Directus keeps as archived still has them there", async () => {
    const { id, itemId, products } = await filled()
    await admin(`${path}/${id}`, undefined, "DELETE")
    await stack.settled(60_000)
    expect(await item(collection, itemId)).toMatchObject(isCollection ? { archived: true } : { is_active: false })
    expect(await inDirectus(itemId)).toBe(60)
    expect(await openDrifts()).toEqual([0, 0])
    await admin(`/products/${products[0] ?? ""}`, { subtitle: "edited since" })
    await stack.settled()
    expect(await inDirectus(itemId)).toBe(60)
  })
})
