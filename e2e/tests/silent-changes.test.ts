import { isDeepStrictEqual } from "node:util"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { CDN, makeRecords, type Product, type Row } from "../clients/records.ts"
import { eventually } from "../eventually.ts"
import { Stack } from "../stack/stack.ts"

let stack: Stack
beforeAll(async () => {
  // Without the sweep: what a hook or a trigger should see must not arrive because a sweep found it.
  stack = await Stack.start("silent_changes", { directusEnv: { MEDUSA_SYNC_SWEEP: "0" } })
})
afterAll(() => stack?.stop())

const { unique, admin, cms, post, productOf, item, itemOf, recordOf, both, category, collection } = makeRecords(
  () => stack,
)

const only = <T>([one]: T[]): T => {
  if (one === undefined) throw new Error("There is none.")
  return one
}

/** What Directus shows of a product in the end. */
const shows = (itemId: string, expected: Record<string, unknown>, collection = "products", fields = "*") =>
  eventually("Directus shows it", async () => {
    const shown = await item(collection, itemId, fields)
    for (const [field, value] of Object.entries(expected))
      if (!isDeepStrictEqual(shown[field], value)) throw new Error(`${field} is ${JSON.stringify(shown[field])}`)
  })

/** A reference that went with its record is found, and is no edit: Medusa keeps both. */
const went = (itemId: string, field: string, record: string) =>
  eventually("Directus has seen what the row has lost", async () => {
    const [link] = await stack.sqlDirectus("select fields from medusa_sync_link where local_id = $1", [itemId])
    const fields =
      typeof link?.["fields"] === "string" ? (JSON.parse(link["fields"]) as Row) : (link?.["fields"] as Row)
    expect(fields[field]).toMatchObject({ went: record })
  })

/** By an extension of the shop's own that gives no accountability. */
const byExtension = (id: string, change: Record<string, unknown>, emitEvents: boolean) =>
  cms("/e2e-witness", "POST", { collection: "products", id, change, emitEvents })

const upload = async (name: string): Promise<{ id: string; address: string }> => {
  const form = new FormData()
  form.append("file", new Blob([`<svg xmlns="http://www.w3.org/2000/svg" id="${name}"/>`]), `${name}.svg`)
  await post("/files", form)
  const { data } = await cms<{ data: Row[] }>(`/files?filter[filename_download][_eq]=${name}.svg`)
  const { id } = only(data)
  return { id, address: `${stack.directus.url}/assets/${id}` }
}

const titleInMedusa = (id: string, title: string) =>
  eventually("Medusa has the title", async () => expect((await stack.shop.read(id)).title).toBe(title))

describe("Medusa tells its trigger", () => {
  test("products linked to and unlinked from a category in a batch", async () => {
    const { product, item: itemId } = await both()
    const { id, item: categoryItem } = await category()
    await admin(`/product-categories/${id}/products`, { add: [product.id] })
    const fields = "categories.product_categories_id"
    await shows(itemId, { categories: [{ product_categories_id: categoryItem }] }, "products", fields)
    await admin(`/product-categories/${id}/products`, { remove: [product.id] })
    await shows(itemId, { categories: [] }, "products", fields)
  })

  test("products added to and taken from a collection in a batch", async () => {
    const { product, item: itemId } = await both()
    const { id, item: collectionItem } = await collection()
    await admin(`/collections/${id}/products`, { add: [product.id] })
    await shows(itemId, { collection: collectionItem })
    await admin(`/collections/${id}/products`, { remove: [product.id] })
    await shows(itemId, { collection: null })
  })

  test("images given to and taken from a variant", async () => {
    const { product } = await both()
    const [variant, image] = [only(product.variants), only(product.images)]
    const variantItem = await itemOf("product_variants", variant.id)
    const path = `/products/${product.id}/variants/${variant.id}/images/batch`
    await admin(path, { add: [image.id] })
    await shows(variantItem, { images: [image.url] }, "product_variants")
    await admin(path, { remove: [image.id] })
    await eventually("it has none", async () =>
      expect((await item("product_variants", variantItem))["images"] ?? []).toEqual([]),
    )
  })

  test("a variant given to an image", async () => {
    const { product } = await both()
    const [variant, image] = [only(product.variants), only(product.images)]
    await admin(`/products/${product.id}/images/${image.id}/variants/batch`, { add: [variant.id] })
    await shows(await itemOf("product_variants", variant.id), { images: [image.url] }, "product_variants")
  })

  test("prices inside an update of the product", async () => {
    const { product } = await both()
    const variant = only(product.variants)
    await admin(`/products/${product.id}`, {
      variants: [{ id: variant.id, prices: [{ currency_code: "eur", amount: 12.75 }] }],
    })
    const prices = [{ currency_code: "eur", amount: "12.75" }]
    await shows(await itemOf("product_variants", variant.id), { prices }, "product_variants")
  })

  test("a value of an option that is renamed, on the product and on its variants", async () => {
    const { product, item: itemId } = await both()
    const option = only(product.options)
    const value = only(option.values.filter((one) => one.value === "S"))
    await admin(`/product-options/${option.id}/values/${value.id}`, { value: "Small" })
    await eventually("the product shows it", async () => {
      const { options } = (await item("products", itemId)) as unknown as { options: { values: string[] }[] }
      // Values that nobody ranked have no order that lasts.
      expect(only(options).values.sort()).toEqual(["M", "Small"])
    })
    const options = [{ name: option.title, value: "Small" }]
    await shows(await itemOf("product_variants", only(product.variants).id), { options }, "product_variants")
  })

  test("an option that is renamed", async () => {
    const { product, item: itemId } = await both()
    const option = only(product.options)
    await admin(`/product-options/${option.id}`, { title: `${option.title} renamed` })
    await shows(itemId, { options: [{ title: `${option.title} renamed`, values: ["S", "M"] }] })
  })

  test("the subset of values that a product uses of a shared option", async () => {
    const { product, item: itemId } = await both()
    const title = unique("Shared")
    const { product_option: shared } = await admin<{ product_option: Product["options"][number] }>("/product-options", {
      title,
      values: ["red", "blue"],
      is_exclusive: false,
    })
    const idOf = (name: string) => only(shared.values.filter(({ value }) => value === name)).id
    const change = (body: Record<string, unknown>) => admin(`/products/${product.id}/options/batch`, body)
    const uses = (values: string[]) =>
      eventually(`the product uses ${values.join()}`, async () => {
        const { options } = await item("products", itemId)
        expect((options as { title: string; values: string[] }[]).filter((one) => one.title === title)).toEqual([
          { title, values },
        ])
      })
    await change({ add: [{ id: shared.id, value_ids: [idOf("red")] }] })
    await uses(["red"])
    await change({ update: [{ product_option_id: shared.id, add: [idOf("blue")] }] })
    await uses(["red", "blue"])
    await change({ update: [{ product_option_id: shared.id, remove: [idOf("red")] }] })
    await uses(["blue"])
  })

  test("an upsert by the module's service", async () => {
    const { product, item: itemId } = await both()
    await stack.shop.callProductModule("upsertProducts", [{ id: product.id, title: "Upserted" }])
    await shows(itemId, { title: "Upserted" })
  })

  test("plain SQL", async () => {
    const { product, item: itemId } = await both()
    await stack.sqlMedusa("update product set title = 'By SQL' where id = $1", [product.id])
    await stack.sqlMedusa("update product_variant set barcode = 'SQL-1' where product_id = $1", [product.id])
    await shows(itemId, { title: "By SQL" })
    await shows(await itemOf("product_variants", only(product.variants).id), { barcode: "SQL-1" }, "product_variants")
  })

  test("the level of a stock, by plain SQL", async () => {
    const { product } = await both()
    const variant = only(product.variants)
    const { stock_location: place } = await admin<{ stock_location: Row }>("/stock-locations", {
      name: unique("place"),
    })
    const [held] = await stack.sqlMedusa(
      "select inventory_item_id as id from product_variant_inventory_item where variant_id = $1",
      [variant.id],
    )
    await admin(`/inventory-items/${String(held?.["id"])}/location-levels`, {
      location_id: place.id,
      stocked_quantity: 3,
    })
    const variantItem = await itemOf("product_variants", variant.id)
    await shows(variantItem, { stock: 3 }, "product_variants")
    await stack.sqlMedusa(
      "update inventory_level set stocked_quantity = 5, raw_stocked_quantity = $2 where inventory_item_id = $1",
      [held?.["id"], { value: "5", precision: 20 }],
    )
    await shows(variantItem, { stock: 5 }, "product_variants")
  })
})

describe("Directus tells its hook", () => {
  test("parts that are made, changed and removed through their product", async () => {
    const { product, item: itemId } = await both()
    const variantItem = await itemOf("product_variants", only(product.variants).id)
    const [first, second] = product.images
    await cms(`/items/products/${itemId}`, "PATCH", {
      variants: { create: [], update: [{ id: variantItem, title: "Nested" }], delete: [] },
      images: {
        create: [{ url: `${CDN}/nested.png`, rank: 2 }],
        update: [],
        delete: [await itemOf("product_images", first?.id ?? "")],
      },
    })
    await eventually("Medusa has it", async () => {
      const shown = await productOf(product.id)
      expect(only(shown.variants)["title"]).toBe("Nested")
      expect(shown.images.map(({ url }) => url).sort()).toEqual([`${CDN}/nested.png`, second?.url].sort())
    })
  })

  test("a list of items that are changed at once", async () => {
    const [one, two] = [await both(), await both()]
    await cms("/items/products", "PATCH", [
      { id: one.item, title: "First of a list" },
      { id: two.item, title: "Second of a list" },
    ])
    await titleInMedusa(one.product.id, "First of a list")
    await titleInMedusa(two.product.id, "Second of a list")
  })

  test.each([
    ["through the product", (itemId: string, row: number) => ["products", itemId, { categories: { delete: [row] } }]],
    ["in the junction", (_: string, row: number) => ["products_product_categories", String(row), null]],
  ] as const)("a many-to-many link that is taken away %s", async (_, how) => {
    const { product, item: itemId } = await both()
    const { id } = await category()
    await admin(`/product-categories/${id}/products`, { add: [product.id] })
    const row = await eventually("it is linked", async () => {
      const { categories } = (await item("products", itemId)) as unknown as { categories: number[] }
      return only(categories)
    })
    await stack.settled()
    const [where, key, body] = how(itemId, row) as [string, string, Record<string, unknown> | null]
    const change = body && { categories: { create: [], update: [], ...(body["categories"] as object) } }
    await cms(`/items/${where}/${key}`, change ? "PATCH" : "DELETE", change ?? undefined)
    await eventually("Medusa has no link", async () => expect((await productOf(product.id)).categories).toEqual([]))
  })

  test("items that are sorted by hand", async () => {
    const made = [await category(), await category(), await category()]
    await stack.settled()
    const [first, , last] = made
    await post("/utils/sort/product_categories", JSON.stringify({ item: last?.item, to: first?.item }))
    await eventually("Medusa has the order", async () => {
      const rows = await stack.sqlMedusa("select id from product_category where id = any($1) order by rank", [
        made.map(({ id }) => id),
      ])
      expect(rows.map(({ id }) => id)).toEqual([last, ...made.slice(0, 2)].map((one) => one?.id))
    })
    await stack.settled()
  })

  test.each(["csv", "json"] as const)("an import of a %s file, with new and with known items", async (kind) => {
    const { product, item: itemId } = await both()
    const word = unique("imported")
    const rows = [
      { id: itemId, title: `${word} known`, handle: product["handle"] },
      { id: crypto.randomUUID(), title: `${word} new`, handle: word },
    ]
    const text =
      kind === "json"
        ? JSON.stringify(rows)
        : ["id,title,handle", ...rows.map(({ id, title, handle }) => [id, title, handle].join())].join("\n")
    const form = new FormData()
    form.append("file", new Blob([text], { type: kind === "json" ? "application/json" : "text/csv" }), `rows.${kind}`)
    await post("/utils/import/products", form)
    await titleInMedusa(product.id, `${word} known`)
    await titleInMedusa(await recordOf(rows[1]?.id ?? ""), `${word} new`)
  })

  test.each([
    ["that emits events", true],
    ["that emits none", false],
  ])("a Flow %s", async (_, emitEvents) => {
    const { product, item: itemId } = await both()
    const title = unique("By a Flow")
    const { data: flow } = await cms<{ data: Row }>("/flows", "POST", {
      name: title,
      status: "active",
      trigger: "webhook",
      accountability: "all",
      options: { method: "POST", async: false },
    })
    const { data: operation } = await cms<{ data: Row }>("/operations", "POST", {
      flow: flow.id,
      key: "edit",
      type: "item-update",
      position_x: 20,
      position_y: 1,
      options: { collection: "products", key: [itemId], payload: { title }, permissions: "$full", emitEvents },
    })
    await cms(`/flows/${flow.id}`, "PATCH", { operation: operation.id })
    await cms(`/flows/trigger/${flow.id}`, "POST", {})
    await titleInMedusa(product.id, title)
    await cms(`/flows/${flow.id}`, "DELETE")
  })

  test("a row that the database nulls with the one it refers to", async () => {
    const { product, item: itemId } = await both()
    const { id, item: collectionItem } = await collection()
    await admin(`/collections/${id}/products`, { add: [product.id] })
    await shows(itemId, { collection: collectionItem })
    await stack.settled()
    await cms(`/items/product_collections/${collectionItem}`, "DELETE")
    await shows(itemId, { collection: null })
    await went(itemId, "collection", collectionItem)
    expect((await productOf(product.id))["collection_id"]).toBe(id)
  })

  test("a file that items show and that is deleted", async () => {
    const { product, item: itemId } = await both()
    const file = await upload(unique("file"))
    await stack.cms.edit(itemId, { thumbnail_file: file.id })
    const { data: image } = await cms<{ data: Row }>("/items/product_images", "POST", {
      product: itemId,
      file: file.id,
      rank: 2,
    })
    const [first, second] = product.images.map(({ url }) => url)
    const inMedusa = (urls: unknown[], thumbnail: unknown) =>
      eventually("Medusa shows the same pictures", async () => {
        const shown = await productOf(product.id)
        expect([shown.images.map(({ url }) => url).sort(), shown["thumbnail"]]).toEqual([urls.sort(), thumbnail])
      })
    await inMedusa([first, second, file.address], file.address)
    await stack.settled()
    await cms(`/files/${file.id}`, "DELETE")
    await inMedusa([first, second], product["thumbnail"])
    expect(await item("product_images", image.id)).toMatchObject({ file: null, url: null })
  })

  test("an extension that writes without accountability", async () => {
    const { product, item: itemId } = await both()
    await byExtension(itemId, { title: "By an extension" }, true)
    await titleInMedusa(product.id, "By an extension")
  })

  test("a content version that is promoted, and not before", async () => {
    const { product, item: itemId } = await both()
    await cms("/collections/products", "PATCH", { meta: { versioning: true } })
    const { data: version } = await cms<{ data: Row }>("/versions", "POST", {
      collection: "products",
      item: itemId,
      key: "draft",
      name: "Draft",
    })
    await cms(`/versions/${version.id}/save`, "POST", { title: "Promoted" })
    await stack.settled()
    expect((await stack.shop.read(product.id)).title).toBe(product["title"])
    const { data: compared } = await cms<{ data: { mainHash: string } }>(`/versions/${version.id}/compare`)
    await cms(`/versions/${version.id}/promote`, "POST", { mainHash: compared.mainHash })
    await titleInMedusa(product.id, "Promoted")
  })

  test("a revert to an earlier revision", async () => {
    const { product, item: itemId } = await both()
    await stack.cms.edit(itemId, { title: "Before" })
    await stack.cms.edit(itemId, { title: "After" })
    await titleInMedusa(product.id, "After")
    const { data: revisions } = await cms<{ data: (Row & { data: Row; delta: Row })[] }>(
      `/revisions?filter[collection]=products&filter[item]=${itemId}&sort=-id&limit=5`,
    )
    const before = only(revisions.filter(({ delta }) => delta["title"] === "Before"))
    await post(`/utils/revert/${String(before.id)}`)
    await titleInMedusa(product.id, "Before")
  })
})

describe("Directus's sweep finds", () => {
  beforeAll(async () => {
    await stack.settled()
    await stack.directus.stop()
    stack.writeCms({ MEDUSA_SYNC_SWEEP: "2000" })
    await stack.directus.start()
    await eventually("the sync runs", async () => (await stack.cms.status()).running)
  })

  test("a row that plain SQL changed", async () => {
    const { product, item: itemId } = await both()
    await stack.sqlDirectus("update products set title = 'By SQL' where id = $1", [itemId])
    await titleInMedusa(product.id, "By SQL")
  })

  test("a row that plain SQL made", async () => {
    const id = crypto.randomUUID()
    await stack.sqlDirectus("insert into products (id, title) values ($1, 'Made by SQL')", [id])
    await titleInMedusa(await recordOf(id), "Made by SQL")
  })

  test("an extension that writes without accountability and emits no events", async () => {
    const { product, item: itemId } = await both()
    await byExtension(itemId, { title: "By a silent extension" }, false)
    await titleInMedusa(product.id, "By a silent extension")
  })

  test("a part that plain SQL deleted", async () => {
    const { product } = await both()
    const [first, second] = product.images
    await stack.sqlDirectus("delete from product_images where id = $1", [
      await itemOf("product_images", first?.id ?? ""),
    ])
    await eventually("Medusa has the other picture only", async () =>
      expect((await productOf(product.id)).images.map(({ url }) => url)).toEqual([second?.url]),
    )
  })

  test("the links that a foreign key took with a row that plain SQL deleted", async () => {
    const { product, item: itemId } = await both()
    const { id, item: categoryItem } = await category()
    await admin(`/product-categories/${id}/products`, { add: [product.id] })
    await eventually("it is linked", async () => expect((await item("products", itemId))["categories"]).toHaveLength(1))
    await stack.settled()
    await stack.sqlDirectus("delete from product_categories where id = $1", [categoryItem])
    await went(itemId, `categories#${categoryItem}`, categoryItem)
    expect((await productOf(product.id)).categories).toMatchObject([{ id }])
  })
})
