import { NULL_FINGERPRINT } from "medusa-directus-core/host"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { CDN, makeRecords, type Row } from "../clients/records.ts"
import { eventually } from "../eventually.ts"
import { Stack } from "../stack/stack.ts"

let stack: Stack
beforeAll(async () => {
  stack = await Stack.start("spellings")
})
afterAll(() => stack?.stop())

const { unique, admin, cms, make, change, items, rowOf, recordOf, productOf } = makeRecords(() => stack)

type Item = Record<string, unknown>

/** Texts that nobody's code expects. */
const TEXTS = ["", " x ", "  ", "Ärger ß", "two\nlines", "0", "null"]
const MEASURES = ["1.50", 1.5, 0, "1e2", 1.23456789]
const BOOLEANS = ["true", "false", 1, 0, null]
const COUNTRIES = ["DE", "de", " de ", ""]
const price = (amount: unknown, code = "eur"): Item => ({ currency_code: code, amount })

/** Collection → field → values as people and scripts write them. */
const IN_DIRECTUS: Record<string, Record<string, readonly unknown[]>> = {
  products: {
    title: [" Padded ", "Ünïcode"],
    handle: ["", "  ", null],
    ...{ subtitle: TEXTS, description: TEXTS, material: TEXTS, hs_code: TEXTS, origin_country: COUNTRIES },
    thumbnail: [
      "",
      " https://cdn.example.com/pad.png ",
      "https://cdn.example.com/a b.png",
      "https://cdn.example.com/ä.png",
    ],
    type: ["", "  ", " Shirt ", "shirt", null],
    tags: [["B", "a"], ["a", "a"], [" x ", "x"], ["", " "], [], null, ["x,y"]],
    weight: [...MEASURES, -1, 12345678901],
    discountable: BOOLEANS,
    status: ["draft", "published", "proposed", "rejected", null],
    categories: [null, []],
    options: [null, [], [{ title: "Size", values: ["M", "S"] }], [{ values: [" S "], title: " Size " }]],
  },
  product_categories: {
    ...{ name: [" x "], description: TEXTS, handle: ["", null, "Große Hose", "UPPER"] },
    ...{ rank: ["0", 0, "7", null], is_active: BOOLEANS, is_internal: BOOLEANS },
  },
  product_collections: { title: [" x "], handle: ["", null, "Große Hose", "UPPER"] },
  product_variants: {
    title: ["", " S ", null],
    ...{
      sku: ["", "  ", " pad ", null, "Ü1"],
      barcode: ["", " 1 ", "4006381333931"],
      ean: ["", "4006381333932 "],
      upc: ["", null],
    },
    prices: [
      [price("14.50", "EUR")],
      [price(14.5)],
      [price("14.500")],
      [price("1", "usd"), price("2", "EUR")],
      [price("0014.5")],
      [price(0)],
      [price(" 3 ", " eur ")],
      [price("1e2")],
      [],
      null,
    ],
    manage_inventory: BOOLEANS,
    allow_backorder: BOOLEANS,
    rank: ["1", 2, null],
    options: [[{ name: "Size", value: " S " }], [{ name: " Size ", value: "S" }], null, []],
    ...{ material: TEXTS, weight: MEASURES, origin_country: COUNTRIES, thumbnail: [""], images: [null, [], [""]] },
  },
  product_images: { url: [`${CDN}/ä b.png`, ` ${CDN}/pad.png `], alt: TEXTS, rank: ["3", 0, null] },
}

/** Names of fields that hold ids of their own host. */
const REFERS = /^(product|collection|parent|categories#.*)$/

type Fields = Record<string, { fp: string }>

const fieldsOf = (row: Record<string, unknown>): Fields =>
  (typeof row["fields"] === "string" ? JSON.parse(row["fields"]) : row["fields"]) as Fields

/** Nothing waits, nothing is in an inbox, and each pair has the same values. @param nameOf - of a Directus id. */
async function areAlike(nameOf: (id: string) => string): Promise<void> {
  await stack.settled(120_000)
  const [ours, theirs] = [
    await stack.sqlDirectus("select * from medusa_sync_link"),
    await stack.sqlMedusa("select * from directus_sync_link where deleted_at is null"),
  ]
  const stopped = ours.filter(({ reason }) => reason !== null)
  expect(stopped.map((row) => [nameOf(String(row["local_id"])), row["reason"]])).toEqual([])
  const lost = [
    ...(await stack.sqlDirectus("select * from medusa_sync_conflict")),
    ...(await stack.sqlMedusa("select * from directus_sync_conflict")),
  ]
  expect(lost.map((row) => [row["field"], row["losing_value"]])).toEqual([])
  const medusa = new Map(theirs.map((row) => [String(row["peer_id"]), fieldsOf(row)]))
  const differing = ours.flatMap((row) => {
    const id = String(row["local_id"])
    if (row["standing"] !== "alive" || row["peer_id"] === null) return []
    const [here, there] = [fieldsOf(row), medusa.get(id) ?? {}]
    const names = [...new Set([...Object.keys(here), ...Object.keys(there)])].filter(
      (name) => !REFERS.test(name) && name !== "archived",
    )
    const fp = (fields: Fields, name: string) => fields[name]?.fp ?? NULL_FINGERPRINT
    return names.filter((name) => fp(here, name) !== fp(there, name)).map((name) => `${nameOf(id)}: ${name}`)
  })
  expect(differing).toEqual([])
}

test("whatever is made in Directus, however it is spelled, is the same in Medusa, and nothing lies in an inbox", async () => {
  const names = new Map<string, string>()
  const parent = await make("products", { title: "Parent", handle: unique("parent") })
  const tries = Object.entries(IN_DIRECTUS).flatMap(([collection, fields]) =>
    Object.entries(fields).flatMap(([field, values]) => values.map((value) => ({ collection, field, value }))),
  )
  for (const { collection, field, value } of tries) {
    const word = unique("typed")
    const typed = { [field]: value }
    const named = { title: word, handle: word }
    const bodies: Record<string, Item> = {
      products: { ...named, ...typed },
      product_categories: { name: word, handle: word, ...typed },
      product_collections: { ...named, ...typed },
      product_images: { product: parent, url: `${CDN}/${word}.png`, ...typed },
      // With its product, so that Medusa makes no other one first.
      product_variants: { ...named, variants: [{ title: word, sku: word, ...typed }] },
    }
    const place = collection === "product_variants" ? "products" : collection
    const { data } = await cms<{ data: Row & { variants?: string[] } }>(`/items/${place}`, "POST", bodies[collection])
    const id = place === collection ? data.id : (data.variants?.[0] ?? "")
    names.set(id, `${collection}.${field} = ${JSON.stringify(value)}`)
  }
  await areAlike((id) => names.get(id) ?? id)
  for (const id of names.keys()) expect(await stack.shop.links({ peer_id: id }), names.get(id)).toHaveLength(1)
}, 300_000)

test("whatever is made in Medusa, however it is spelled, is the same in Directus, and nothing lies in an inbox", async () => {
  const bodies: Item[] = [
    ...TEXTS.map((text) => ({ subtitle: text, description: text, material: text, hs_code: text, mid_code: text })),
    ...COUNTRIES.map((origin_country) => ({ origin_country })),
    ...[0, 1.5, 1.23456789, 400].map((weight) => ({ weight, length: weight, height: weight, width: weight })),
    ...["", " https://cdn.example.com/pad.png ", "not a url"].map((thumbnail) => ({ thumbnail })),
    { title: " Padded " },
    { handle: "" },
    { discountable: false, status: "published" },
    { images: ["a.png", " b.png ", "/static/c.png"].map((url) => ({ url })) },
    { options: [{ title: " Size ", values: [" S ", "M"] }] },
  ]
  const variants: Item[] = [
    { sku: " pad of Medusa ", barcode: " 2" },
    { prices: [price(14.5, "EUR")] },
    { prices: [price(0), price(1.239, "usd")] },
    ...TEXTS.map((material) => ({ material })),
    { manage_inventory: false, allow_backorder: true, weight: 1.5 },
  ]
  for (const [i, body] of [...bodies, ...variants.map((variant) => ({ variant }))].entries()) {
    const word = unique("made")
    const { variant, ...product } = body as { variant?: Item }
    await admin("/products", {
      ...{ title: `${word}-${String(i)}`, handle: word, options: [{ title: "Size", values: ["S"] }] },
      ...(variant ? { variants: [{ title: word, options: { Size: "S" }, prices: [], ...variant }] } : {}),
      ...product,
    })
  }
  for (const value of [" tag ", "Tag", "tag"]) await admin("/product-tags", { value }).catch(() => undefined)
  const { product_tags: tags } = await admin<{ product_tags: Row[] }>("/product-tags?limit=100")
  await admin("/products", {
    title: "tagged",
    handle: unique("tagged"),
    options: [{ title: "A", values: ["B"] }],
    tags: tags.map(({ id }) => ({ id })),
  })
  for (const description of TEXTS) await admin("/product-categories", { name: unique("made"), description })
  for (const title of [" x ", "Große Hose"]) await admin("/collections", { title })
  await areAlike((id) => id)
}, 300_000)

describe("a product that is made in Directus", () => {
  test("and gets its variants later has these alone: the default one is not left behind", async () => {
    const word = unique("two")
    const product = await make("products", { title: word, handle: word })
    const id = await recordOf(product)
    await eventually("Directus shows the default variant", async () =>
      expect(await items("product_variants", { product: { _eq: product } })).toMatchObject([
        { title: "Default variant" },
      ]),
    )
    await stack.settled()
    for (const size of ["S", "M"])
      await make("product_variants", { product, title: size, options: [{ name: "Size", value: size }] })
    await eventually("Medusa has both", async () =>
      expect((await productOf(id)).variants.map(({ title }) => title).sort()).toEqual(["M", "S"]),
    )
    await stack.settled()
    const left = await items("product_variants", { product: { _eq: product } })
    expect(left.map(({ title, archived }) => [title, archived]).sort()).toEqual([
      ["M", false],
      ["S", false],
    ])
  })

  test("with pictures has the first one as its thumbnail, on both sides, and keeps one that is given", async () => {
    const word = unique("pictured")
    const images = [1, 0].map((rank) => ({ url: `${CDN}/${word}-${String(rank)}.png`, rank }))
    const [bare, given] = [
      await make("products", { title: word, handle: word, images }),
      await make("products", { title: word, handle: `${word}-given`, images, thumbnail: `${CDN}/given.png` }),
    ]
    const shown = async (item: string) => (await productOf(await recordOf(item)))["thumbnail"]
    await eventually("the thumbnail is there", async () => expect(await shown(bare)).toBe(`${CDN}/${word}-0.png`))
    await eventually("Directus shows it", async () =>
      expect(await items("products", { handle: { _in: [word, `${word}-given`] } })).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ id: bare, thumbnail: `${CDN}/${word}-0.png` }),
          expect.objectContaining({ id: given, thumbnail: `${CDN}/given.png` }),
        ]),
      ),
    )
    await stack.settled()
    expect(await shown(given)).toBe(`${CDN}/given.png`)
    // Told once, and not told back.
    const told = (await stack.shop.journal(await recordOf(bare))).filter(({ fields }) => fields.includes("thumbnail"))
    expect(told.map(({ direction }) => direction)).toEqual(["out"])
    expect(await stack.conflicts()).toEqual([])
  })

  test("by GraphQL, with a variant in it, needs no archive mark", async () => {
    const word = unique("graph")
    const query = `mutation { create_products_item(data: { title: "${word}", handle: "${word}", variants: [{ title: "S", sku: "${word}" }] }) { id variants { archived } } }`
    const answer = await cms<{ data?: { create_products_item: Item } }>("/graphql", "POST", { query })
    expect(answer).toMatchObject({ data: { create_products_item: { variants: [{ archived: false }] } } })
  })
})

describe("pictures that are written anew with the addresses that they had", () => {
  const urls = (word: string) => [1, 2, 3].map((n) => `${CDN}/${word}-${String(n)}.png`)
  const both = async () => {
    const word = unique("anew")
    const { product } = await admin<{ product: Row & { images: Row[] } }>("/products", {
      title: word,
      handle: word,
      options: [{ title: "Size", values: ["S"] }],
      images: urls(word).map((url) => ({ url })),
    })
    const shown = await Promise.all(product.images.map(({ id }) => rowOf("product_images", id)))
    for (const [i, { id }] of shown.entries()) await change("product_images", id, { alt: `alt ${String(i)}` })
    await stack.settled()
    return { word, id: product.id, shown, product: String(shown[0]?.["product"]) }
  }
  const inMedusa = async (id: string): Promise<Row[]> => (await productOf(id)).images
  const alts = (images: Row[]) => images.map(({ url, metadata }) => [url, (metadata as Row | null)?.["alt"]]).sort()

  test("in Medusa, as by an import, are the same items, with the alt texts of editors", async () => {
    const { word, id, shown, product } = await both()
    const before = await inMedusa(id)
    await admin(`/products/${id}`, { images: urls(word).map((url) => ({ url })) })
    const after = await inMedusa(id)
    expect(after.map((image) => image.id)).not.toEqual(before.map((image) => image.id))
    await eventually("the new rows have the alt texts", async () =>
      expect(alts(await inMedusa(id))).toEqual(urls(word).map((url, i) => [url, `alt ${String(i)}`])),
    )
    await stack.settled()
    const kept = await items("product_images", { product: { _eq: product } })
    expect(kept.map((one) => one.id).sort()).toEqual(shown.map((one) => one.id).sort())
    expect(kept.map((one) => one["medusa_id"]).sort()).toEqual(after.map((image) => image.id).sort())
    expect(await stack.conflicts()).toEqual([])
  })

  test("in Directus, as by a script, are the same rows of Medusa, and have their alt texts again", async () => {
    const { word, id, product } = await both()
    const before = await inMedusa(id)
    await change("products", product, { images: urls(word).map((url) => ({ url })) })
    await eventually("the new items have the alt texts", async () => {
      const now = await items("product_images", { product: { _eq: product } })
      expect(now.map(({ url, alt }) => [url, alt]).sort()).toEqual(
        urls(word).map((url, i) => [url, `alt ${String(i)}`]),
      )
    })
    await stack.settled()
    expect((await inMedusa(id)).map((image) => image.id).sort()).toEqual(before.map((image) => image.id).sort())
    expect(await stack.conflicts()).toEqual([])
  })
})

test.each([
  ["product_variants", { prices: [price("14,50")] }, "Prices: “14,50” is no amount. Write it with a point: 14.50."],
  ["products", { title: " " }, "Title: This cannot be empty. Type a text."],
  [
    "product_images",
    { url: "javascript:alert(1)" },
    "Picture by address: “javascript:alert(1)” is no address of a picture.",
  ],
])("what the shop could never take is refused when it is saved in %s: %j", async (collection, item, reason) => {
  await expect(make(collection, item)).rejects.toThrow(reason)
})
