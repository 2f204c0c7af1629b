import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { CDN, makeRecords, type Row } from "../clients/records.ts"
import { eventually } from "../eventually.ts"
import { Stack } from "../stack/stack.ts"

let stack: Stack
const { admin, cms, productOf, item, itemOf, recordOf } = makeRecords(() => stack)

const count = async (side: "sqlMedusa" | "sqlDirectus", table: string, where = "true"): Promise<number> =>
  Number((await stack[side](`select count(*) as n from ${table} where ${where}`))[0]?.["n"])

/** What lost of a product and its parts, without ids that nobody has chosen. */
const losses = async (...localIds: string[]) =>
  (await stack.conflicts())
    .filter(({ localId }) => localIds.includes(localId))
    .map(({ field, kind, losingSide, losingValue }) => ({ field, kind, losingSide, losingValue }))
    .sort((a, b) => a.field.localeCompare(b.field))

const make = async (body: Record<string, unknown>): Promise<string> =>
  (await admin<{ product: Row }>("/products", body)).product.id

const put = async (collection: string, body: Record<string, unknown>): Promise<string> =>
  (await cms<{ data: Row }>(`/items/${collection}`, "POST", body)).data.id

describe("two catalogues that were filled while neither side reached the other", () => {
  /** Both sides' ids, by a word. */
  const medusa: Record<string, string> = {}
  const directus: Record<string, string> = {}
  let untouched: { medusa: unknown; directus: number }

  const touched = async () => ({
    medusa: (await stack.sqlMedusa("select updated_at from product where id = $1", [medusa["equal"]]))[0]?.[
      "updated_at"
    ],
    directus: await count("sqlDirectus", "directus_revisions", `item = '${directus["equal"] ?? ""}'`),
  })

  beforeAll(async () => {
    stack = await Stack.make("adoption", {
      mapping: { product: { fields: { subtitle: { wins: "directus" } } } },
    })
    await stack.cutLinks()
    await Promise.all([stack.medusa.start(), stack.directus.start()])
    await eventually("Directus has its collections", async () => (await stack.cms.status()).running)

    const shoes = { name: "Shoes", handle: "shoes", is_active: true }
    medusa["shoes"] = (await admin<{ product_category: Row }>("/product-categories", shoes)).product_category.id
    directus["shoes"] = await put("product_categories", shoes)
    const season = { title: "Season", handle: "season" }
    medusa["season"] = (await admin<{ collection: Row }>("/collections", season)).collection.id
    directus["season"] = await put("product_collections", season)

    const equal = { title: "Equal", handle: "equal", status: "published", material: "wool", weight: 12.5 }
    medusa["equal"] = await make({
      ...equal,
      categories: [{ id: medusa["shoes"] }],
      collection_id: medusa["season"],
      options: [{ title: "Size", values: ["One"] }],
    })
    directus["equal"] = await put("products", {
      ...equal,
      discountable: true,
      categories: [{ product_categories_id: directus["shoes"] }],
      collection: directus["season"],
      options: [{ title: "Size", values: ["One"] }],
    })

    medusa["unequal"] = await make({
      title: "Medusa's title",
      subtitle: "Medusa's subtitle",
      handle: "unequal",
      options: [{ title: "Size", values: ["S", "L"] }],
      images: [{ url: `${CDN}/shared.png` }, { url: `${CDN}/medusa.png` }],
      variants: [
        { title: "Small", sku: "unequal-s", options: { Size: "S" }, prices: [{ currency_code: "eur", amount: 10 }] },
        { title: "Large", options: { Size: "L" }, prices: [] },
      ],
    })
    const { variants } = await productOf(medusa["unequal"])
    for (const variant of variants) medusa[String(variant["title"])] = variant.id
    directus["unequal"] = await put("products", {
      title: "Directus's title",
      subtitle: "Directus's subtitle",
      description: "Only Directus has one",
      handle: "unequal",
    })
    directus["Small"] = await put("product_variants", {
      title: "S",
      sku: "unequal-s",
      product: directus["unequal"],
      material: "linen",
    })
    directus["Large"] = await put("product_variants", { title: "Large", product: directus["unequal"] })
    for (const url of [`${CDN}/shared.png`, `${CDN}/directus.png`])
      directus[url] = await put("product_images", { url, product: directus["unequal"] })

    medusa["only"] = await make({
      title: "Only in Medusa",
      handle: "only-in-medusa",
      options: [{ title: "Size", values: ["S"] }],
      images: [{ url: `${CDN}/shared.png` }],
    })
    directus["only"] = await put("products", {
      title: "Only in Directus",
      handle: "only-in-directus",
      images: [{ url: `${CDN}/shared.png` }],
    })
    untouched = await touched()
    await stack.mendLinks()
    await stack.settled(90_000)
  })
  afterAll(() => stack?.stop())

  test("are paired by handle, by sku, and by title and url within the product", async () => {
    for (const [word, collection] of [
      ["shoes", "product_categories"],
      ["season", "product_collections"],
      ["equal", "products"],
      ["unequal", "products"],
      ["Small", "product_variants"],
      ["Large", "product_variants"],
    ] as const)
      expect(await item(collection, directus[word] ?? ""), word).toMatchObject({ medusa_id: medusa[word] })
    const { images } = await productOf(medusa["unequal"] ?? "")
    const shared = images.find(({ url }) => url === `${CDN}/shared.png`)
    expect(await item("product_images", directus[`${CDN}/shared.png`] ?? "")).toMatchObject({ medusa_id: shared?.id })
  })

  test("end with one record each on both sides", async () => {
    const alive = "deleted_at is null"
    expect({
      products: await count("sqlMedusa", "product", alive),
      categories: await count("sqlMedusa", "product_category", alive),
      collections: await count("sqlMedusa", "product_collection", alive),
      images: await count("sqlMedusa", "image", alive),
      // Medusa gives the product of Directus its default one.
      variants: await count("sqlMedusa", "product_variant", alive),
    }).toEqual({ products: 4, categories: 1, collections: 1, images: 5, variants: 3 })
    for (const [table, kept] of [
      ["products", "product"],
      ["product_categories", "product_category"],
      ["product_collections", "product_collection"],
      ["product_images", "image"],
      ["product_variants", "product_variant"],
    ] as const)
      expect(await count("sqlDirectus", table), table).toBe(await count("sqlMedusa", kept, alive))
  })

  test("agree on equal fields without a write", async () => {
    expect(await touched()).toEqual(untouched)
    expect(await losses(medusa["equal"] ?? "", directus["equal"] ?? "")).toEqual([])
  })

  test("follow the mapping where they differ, and what lost is kept with its side", async () => {
    const values = {
      title: "Medusa's title",
      subtitle: "Directus's subtitle",
      description: "Only Directus has one",
    }
    expect(await stack.shop.read(medusa["unequal"] ?? "")).toMatchObject(values)
    expect(await stack.cms.read(directus["unequal"] ?? "")).toMatchObject(values)
    expect(await item("product_variants", directus["Small"] ?? "")).toMatchObject({ title: "Small", material: "linen" })
    const concurrent = { kind: "concurrent" }
    expect(await losses(medusa["unequal"] ?? "", directus["unequal"] ?? "")).toEqual([
      { ...concurrent, field: "subtitle", losingSide: "medusa", losingValue: "Medusa's subtitle" },
      { ...concurrent, field: "title", losingSide: "directus", losingValue: "Directus's title" },
    ])
    expect(await losses(medusa["Small"] ?? "", directus["Small"] ?? "")).toEqual([
      { ...concurrent, field: "title", losingSide: "directus", losingValue: "S" },
    ])
  })

  test("give each other what only one of them has", async () => {
    const made = await itemOf("products", medusa["only"] ?? "")
    expect(await item("products", made)).toMatchObject({ title: "Only in Medusa" })
    expect(await stack.shop.read(await recordOf(directus["only"] ?? ""))).toMatchObject({ title: "Only in Directus" })
  })
})

describe("two catalogues from before the installation, paired by a key of the mapping", () => {
  const mapping = {
    product: {
      collection: "accessories",
      fields: Object.fromEntries(
        ["categories", "collection", "type", "tags", "options", "thumbnail"].map((name) => [name, false]),
      ),
      metadata: { erp: "erp_number" },
      matchKeys: ["metadata_erp"],
    },
    ...Object.fromEntries(["variant", "image", "category", "collection"].map((kind) => [kind, false])),
  }
  const column = (field: string, type = "string") => ({ field, type, schema: { is_nullable: true }, meta: {} })
  const medusa: Record<string, string> = {}
  const directus: Record<string, string> = {}

  const inShop = (title: string, handle: string, erp: string) =>
    make({ title, handle, status: "draft", metadata: { erp }, options: [{ title: "Size", values: ["One"] }] })
  const inCms = (title: string, handle: string, erp: string) =>
    stack.cms.create({ title, handle, erp_number: erp, status: "draft", discountable: true })

  beforeAll(async () => {
    stack = await Stack.make("adoption_by_key", { mapping, collection: "accessories" })
    stack.writeShop({ enabled: false })
    stack.writeCms({ MEDUSA_SYNC_ENABLED: "false" })
    await Promise.all([stack.medusa.start(), stack.directus.start()])
    await cms("/collections", "POST", {
      collection: "accessories",
      schema: {},
      meta: { accountability: "all" },
      fields: [
        { field: "id", type: "integer", schema: { is_primary_key: true, has_auto_increment: true }, meta: {} },
        ...["title", "subtitle", "handle", "status", "material", "hs_code", "mid_code"].map((name) => column(name)),
        ...["origin_country", "erp_number", "medusa_id"].map((name) => column(name)),
        column("description", "text"),
        column("discountable", "boolean"),
        ...["weight", "length", "height", "width"].map((name) => column(name, "decimal")),
      ],
    })
    medusa["one"] = await inShop("One", "one-in-medusa", "E-1")
    directus["one"] = await inCms("One", "one-in-directus", "E-1")
    medusa["twice there"] = await inShop("Twice in Directus", "twice-in-directus", "E-2")
    directus["twice there"] = await inCms("Twice in Directus", "twice-a", "E-2")
    directus["twice there again"] = await inCms("Twice in Directus", "twice-b", "E-2")
    medusa["twin"] = await inShop("Twin in Medusa", "twin-in-medusa", "E-5")
    medusa["other twin"] = await inShop("Other twin in Medusa", "other-twin-in-medusa", "E-5")
    directus["wanted"] = await inCms("Wanted", "wanted", "E-5")
    medusa["other"] = await inShop("Other", "other", "E-4")
    directus["other"] = await inCms("Other", "other", "E-4")
    await Promise.all([stack.medusa.stop(), stack.directus.stop()])
    // As if neither half had been there.
    await stack.sqlMedusa("delete from directus_sync_mark; delete from directus_sync_mark_log;")
    await stack.sqlDirectus("delete from medusa_sync_dirty; delete from medusa_sync_mark;")
    stack.writeShop()
    stack.writeCms()
    await stack.start()
    await stack.shop.backfill({ action: "start" })
  })
  afterAll(() => stack?.stop())

  const linkOf = async (id = "") => {
    const [link] = await stack.shop.links({ local_id: id })
    if (!link) throw new Error("there is no link yet")
    return link
  }

  test("are paired by it, whatever their handles are, and the handle that lost is kept", async () => {
    await eventually("they are paired", async () =>
      expect(await stack.cms.read(directus["one"] ?? "")).toMatchObject({
        medusa_id: medusa["one"],
        handle: "one-in-medusa",
      }),
    )
    await eventually("the handle is kept", async () =>
      expect(await losses(medusa["one"] ?? "", String(directus["one"]))).toEqual([
        { field: "handle", kind: "concurrent", losingSide: "directus", losingValue: "one-in-directus" },
      ]),
    )
  })

  test("of one that two items could be none is taken: it waits, names both, and delays nothing", async () => {
    await eventually("it is stopped", async () => {
      const { state, reason, peer_id: peer } = await linkOf(medusa["twice there"])
      expect({ state, peer }).toEqual({ state: "quarantined", peer: null })
      expect(reason).toContain("ambiguous_match")
      expect(reason).toContain(`: ${[directus["twice there"], directus["twice there again"]].sort().join(", ")}.`)
    })
    await eventually("the one after it arrives", async () =>
      expect(await stack.cms.read(directus["other"] ?? "")).toMatchObject({ medusa_id: medusa["other"] }),
    )
    expect(await stack.cms.find({ erp_number: "E-2" })).toHaveLength(2)

    await stack.cms.edit(directus["twice there again"] ?? "", { erp_number: "E-2b" })
    await stack.shop.edit(medusa["twice there"] ?? "", { material: "tried again" })
    await eventually("it is paired with the one that is left", async () =>
      expect(await stack.cms.read(directus["twice there"] ?? "")).toMatchObject({
        medusa_id: medusa["twice there"],
        material: "tried again",
      }),
    )
    await stack.settled()
    expect(await stack.cms.find({ erp_number: "E-2" })).toHaveLength(1)
    expect(await stack.cms.find({ erp_number: "E-2b" })).toHaveLength(1)
  })

  test("of two that one item could be none is taken: both wait and name each other", async () => {
    const twins = [medusa["twin"], medusa["other twin"]].sort().join(", ")
    for (const twin of ["twin", "other twin"])
      await eventually("it is stopped", async () =>
        expect(await linkOf(medusa[twin])).toMatchObject({
          state: "quarantined",
          peer_id: null,
          reason: `ambiguous_match: ${twins} have the key of ${directus["wanted"] ?? ""} in directus. Change the key of all but one, then retry.`,
        }),
      )
    await stack.shop.edit(medusa["other twin"] ?? "", { metadata: { erp: "E-5b" } })
    await stack.shop.edit(medusa["twin"] ?? "", { material: "tried again" })
    await eventually("the one that is left has its item", async () =>
      expect(await stack.cms.read(directus["wanted"] ?? "")).toMatchObject({ medusa_id: medusa["twin"] }),
    )
    await eventually("the other one gets its own", async () =>
      expect(await stack.cms.find({ erp_number: "E-5b" })).toMatchObject([{ title: "Other twin in Medusa" }]),
    )
  })

  test("of one that two products could be none is taken: it waits and names both", async () => {
    await stack.settled()
    await stack.toDirectus.cut()
    const twins = [await inShop("Twin", "twin-a", "E-3"), await inShop("Twin", "twin-b", "E-3")].sort()
    await stack.sqlMedusa("delete from directus_sync_mark; delete from directus_sync_mark_log;")
    await stack.toDirectus.mend()
    const itemId = await inCms("Twin", "twin-c", "E-3")
    await eventually("it is stopped", async () => {
      const [link] = await stack.sqlDirectus("select state, reason from medusa_sync_link where local_id = $1", [
        String(itemId),
      ])
      expect(link).toMatchObject({ state: "quarantined" })
      expect(link?.["reason"]).toContain(
        `ambiguous_match: More than one record here could be the same: ${twins.join(", ")}.`,
      )
    })
    expect(await stack.shop.find({ title: "Twin" })).toHaveLength(2)
  })
})
