import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { makeRecords, type Row } from "../clients/records.ts"
import { eventually } from "../eventually.ts"
import { Stack } from "../stack/stack.ts"

let stack: Stack
beforeAll(async () => {
  stack = await Stack.start("keys", { mapping: { variant: { fields: { sku: { owner: "two-way" } } } } })
})
afterAll(() => stack?.stop())

const { unique, admin, cms, make, change, drop, items, item, itemOf, recordOf, rowOf, productOf } = makeRecords(
  () => stack,
)

/** A kind whose key only one record of Medusa may have. */
interface Kind {
  name: string
  collection: string
  /** Where Medusa's admin reads one of them. */
  read(id: string): Promise<Row>
  item(word: string): Promise<Record<string, unknown>>
  key: string
}

const read = (path: string, key: string) => async (id: string) =>
  (await admin<Record<string, Row>>(`/${path}/${id}`))[key] as Row

const PRODUCTS: Kind = {
  name: "product",
  collection: "products",
  key: "handle",
  read: read("products", "product"),
  item: (word) => Promise.resolve({ title: word, handle: word }),
}
const KINDS: Kind[] = [
  PRODUCTS,
  {
    name: "category",
    collection: "product_categories",
    key: "handle",
    read: read("product-categories", "product_category"),
    item: (word) => Promise.resolve({ name: word, handle: word }),
  },
  {
    name: "collection",
    collection: "product_collections",
    key: "handle",
    read: read("collections", "collection"),
    item: (word) => Promise.resolve({ title: word, handle: word }),
  },
  {
    name: "variant",
    collection: "product_variants",
    key: "sku",
    read: async (id) => (await admin<{ variants: Row[] }>(`/product-variants?id=${id}`)).variants[0] as Row,
    item: async (word) => ({
      product: await make("products", { title: word, handle: word }),
      title: word,
      sku: word,
      options: [{ name: "Size", value: word }],
    }),
  },
]

interface Pair {
  item: string
  id: string
  /** The key that it had first. */
  word: string
}

async function pairs({ collection, item: itemFor }: Kind, count: number): Promise<Pair[]> {
  const word = unique("key")
  const words = Array.from({ length: count }, (_, n) => `${word}-${String(n)}`)
  const made = await Promise.all(
    words.map(async (each) => ({ item: await make(collection, await itemFor(each)), word: each })),
  )
  return Promise.all(made.map(async (each) => ({ ...each, id: await recordOf(each.item) })))
}

const callAll = ({ collection, key }: Kind, some: Pair[], words: string[]): Promise<unknown> =>
  cms(
    `/items/${collection}`,
    "PATCH",
    some.map((pair, i) => ({ id: pair.item, [key]: words[i] })),
  )

const isCalled = (kind: Kind, some: Pair[], words: string[], within = 30_000): Promise<unknown> =>
  eventually(
    "Medusa has the keys",
    async () => {
      const rows = await Promise.all(some.map(({ id }) => kind.read(id)))
      expect(rows.map((row) => row[kind.key])).toEqual(words)
    },
    { within },
  )

/** As a person does it, whom Medusa lets give no handle away that is taken. */
async function swapInMedusa(a: Pair, b: Pair): Promise<void> {
  const between = unique("between")
  const turns = [
    { id: a.id, handle: between },
    { id: b.id, handle: a.word },
    { id: a.id, handle: b.word },
  ]
  for (const { id, handle } of turns) await admin(`/products/${id}`, { handle })
}

const isQuiet = async (): Promise<void> => {
  await stack.settled(60_000)
  const stopped = await stack.sqlDirectus("select * from medusa_sync_link where reason is not null")
  expect(stopped).toEqual([])
}

describe.each(KINDS)("keys of $name records that an editor", (kind) => {
  test("lets change places in one save arrive within seconds", async () => {
    const two = await pairs(kind, 2)
    const words = two.map(({ word }) => word).reverse()
    await callAll(kind, two, words)
    await isCalled(kind, two, words, 10_000)
    await isQuiet()
  })
})

describe("handles of products", () => {
  test("twelve that move up by one, in one save and one after the other", async () => {
    const twelve = await pairs(PRODUCTS, 12)
    const last = unique("last")
    const up = [...twelve.slice(1).map(({ word }) => word), last]
    await callAll(PRODUCTS, twelve, up)
    await isCalled(PRODUCTS, twelve, up, 10_000)
    const down = twelve.map(({ word }) => word)
    for (const pair of [...twelve].reverse()) await change("products", pair.item, { handle: pair.word })
    await isCalled(PRODUCTS, twelve, down, 60_000)
    await isQuiet()
  })

  test("that change places in two saves, the second one when the first was refused", async () => {
    const two = await pairs(PRODUCTS, 2)
    const [a, b] = two as [Pair, Pair]
    await change("products", a.item, { handle: b.word })
    await eventually("it waits", async () => {
      const [link] = await stack.sqlDirectus("select reason from medusa_sync_link where local_id = $1", [a.item])
      expect(link?.["reason"]).toMatch(/^not_unique: handle is taken by another product/)
    })
    await change("products", b.item, { handle: a.word })
    await isCalled(PRODUCTS, two, [b.word, a.word], 30_000)
    await isQuiet()
  })

  test("that change places in Medusa over a name in between do so in Directus", async () => {
    const two = await pairs(PRODUCTS, 2)
    const [a, b] = two as [Pair, Pair]
    await swapInMedusa(a, b)
    await eventually("Directus has the keys", async () => {
      const rows = await Promise.all(two.map((pair) => item("products", pair.item)))
      expect(rows.map((row) => row["handle"])).toEqual([b.word, a.word])
    })
    await isQuiet()
  })

  test("that change places in Medusa do so where the shop has made the column of Directus unique", async () => {
    const two = await pairs(PRODUCTS, 2)
    const [a, b] = two as [Pair, Pair]
    await cms("/fields/products/handle", "PATCH", { schema: { is_unique: true } })
    try {
      await swapInMedusa(a, b)
      await eventually(
        "Directus has the keys",
        async () => {
          const rows = await Promise.all(two.map((pair) => item("products", pair.item)))
          expect(rows.map((row) => row["handle"])).toEqual([b.word, a.word])
        },
        { within: 60_000 },
      )
    } finally {
      await cms("/fields/products/handle", "PATCH", { schema: { is_unique: false } })
    }
  })
})

describe("while another product of Medusa has the handle", () => {
  const refused = async () => {
    const [pair, holder] = (await pairs(PRODUCTS, 2)) as [Pair, Pair]
    const title = unique("title")
    await change("products", pair.item, { handle: holder.word, title, status: "published" })
    return { pair, holder, title }
  }

  test("title and status of a product arrive", async () => {
    const { pair, title } = await refused()
    await eventually("Medusa has them", async () =>
      expect(await productOf(pair.id)).toMatchObject({ title, status: "published", handle: pair.word }),
    )
    await change("products", pair.item, { handle: pair.word })
    await isQuiet()
  })

  test.each<[string, (holder: Pair) => Promise<unknown>]>([
    ["renamed in Medusa", (holder) => admin(`/products/${holder.id}`, { handle: unique("free") })],
    ["renamed in Directus", (holder) => change("products", holder.item, { handle: unique("free") })],
    ["deleted in Medusa", (holder) => admin(`/products/${holder.id}`, undefined, "DELETE")],
  ])("the product goes on when that one is %s", async (_, act) => {
    const { pair, holder, title } = await refused()
    await eventually("it waits", async () => expect((await productOf(pair.id)).title).toBe(title))
    await act(holder)
    await isCalled(PRODUCTS, [pair], [holder.word], 30_000)
  })
})

describe("what was deleted on one side and made again under its key is one pair with what the other kept", () => {
  const isOnePair = async (name: string, itemId: string, id: string): Promise<void> => {
    await eventually("they are a pair", async () => expect(await recordOf(itemId)).toBe(id))
    await isQuiet()
    const there = await stack.sqlDirectus("select peer_id from medusa_sync_link where entity = $1 and local_id = $2", [
      name,
      itemId,
    ])
    expect(there).toEqual([{ peer_id: id }])
  }

  const lostValues = async (id: string): Promise<unknown[]> =>
    (
      await stack.sqlMedusa(
        "select losing_value from directus_sync_conflict where local_id = $1 and field = 'title' order by at",
        [id],
      )
    ).map((row) => row["losing_value"])

  test("a collection, with the products that Medusa kept in it", async () => {
    const handle = unique("collection")
    const first = await make("product_collections", { title: "Before", handle })
    const id = await recordOf(first)
    const [product] = (await pairs(PRODUCTS, 1)) as [Pair]
    await change("products", product.item, { collection: first })
    await eventually("it is in it", async () => expect((await productOf(product.id))["collection_id"]).toBe(id))
    await stack.settled()
    await drop("product_collections", first)
    await stack.settled()

    const again = await make("product_collections", { title: "Again", handle })
    await isOnePair("collection", again, id)
    // By the mapping the shop's own title stays, and the new one is kept for a person.
    expect(await read("collections", "collection")(id)).toMatchObject({ title: "Before", handle })
    expect(await lostValues(id)).toEqual(["Again"])
    expect((await productOf(product.id))["collection_id"]).toBe(id)
    await eventually("Directus has its product again", async () =>
      expect((await item("products", product.item))["collection"]).toBe(again),
    )
  })

  test("a variant, by its SKU", async () => {
    const kind = KINDS[3] as Kind
    const [variant] = (await pairs(kind, 1)) as [Pair]
    const row = await item("product_variants", variant.item)
    await stack.settled()
    await drop("product_variants", variant.item)
    await stack.settled()
    const again = await make("product_variants", {
      product: row["product"],
      title: "Again",
      sku: variant.word,
      options: row["options"],
    })
    await isOnePair("variant", again, variant.id)
    expect(await kind.read(variant.id)).toMatchObject({ title: variant.word, sku: variant.word })
    expect(await lostValues(variant.id)).toEqual(["Again"])
  })

  test("a product that Directus deleted, with its variants and pictures", async () => {
    const word = unique("again")
    const { product } = await admin<{ product: Row }>("/products", {
      title: word,
      handle: word,
      status: "published",
      options: [{ title: "Size", values: ["S"] }],
      variants: [{ title: "S", sku: word, options: { Size: "S" }, prices: [{ currency_code: "eur", amount: 10 }] }],
    })
    const first = await itemOf("products", product.id)
    await stack.settled()
    await drop("products", first)
    await eventually("Medusa has taken it off sale", async () =>
      expect((await productOf(product.id))["status"]).toBe("draft"),
    )
    await stack.settled()

    const again = await make("products", { title: "Again", handle: word })
    await isOnePair("product", again, product.id)
    const after = await productOf(product.id)
    expect(after).toMatchObject({ handle: word, variants: [{ sku: word, prices: [{ amount: 10 }] }] })
    await eventually("its variant is in Directus again, once", async () =>
      expect(await items("product_variants", { product: { _eq: again } })).toMatchObject([{ sku: word }]),
    )
  })

  test("but for a product that Medusa deleted and makes again, which is a new item beside the archived one", async () => {
    const [pair] = (await pairs(PRODUCTS, 1)) as [Pair]
    await stack.settled()
    await admin(`/products/${pair.id}`, undefined, "DELETE")
    await eventually("Directus shows it as archived", async () =>
      expect((await item("products", pair.item))["status"]).toBe("archived"),
    )
    await stack.settled()
    const { product } = await admin<{ product: Row }>("/products", {
      title: "Again",
      handle: pair.word,
      options: [{ title: "Size", values: ["S"] }],
    })
    // It comes with its own variants, so that the archived one is none of it.
    const row = await rowOf("products", product.id)
    expect(row).toMatchObject({ handle: pair.word, status: "draft" })
    expect(row.id).not.toBe(pair.item)
    await isOnePair("product", row.id, product.id)
    expect((await item("products", pair.item))["status"]).toBe("archived")
  })
})
