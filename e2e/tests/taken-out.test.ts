import type { Browser } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { launch } from "../browser.ts"
import { makeRecords, type Row } from "../clients/records.ts"
import { logIn } from "../clients/studio.ts"
import { eventually } from "../eventually.ts"
import { admin as adminLogin } from "../stack/places.ts"
import { Stack } from "../stack/stack.ts"

let stack: Stack
let browser: Browser
beforeAll(async () => {
  ;[stack, browser] = await Promise.all([Stack.start("taken_out"), launch()])
})
afterAll(async () => {
  await browser?.close()
  await stack?.stop()
})
const { unique, admin, cms, make, change, drop, item, items, itemOf, recordOf, productOf } = makeRecords(() => stack)

interface Variant {
  id: string
  item: string
}

/** A product with the variants S and M, which both sides have. */
async function shirt() {
  const word = unique("shirt")
  const { product } = await admin<{ product: Row }>("/products", {
    title: word,
    handle: word,
    status: "published",
    options: [{ title: "Size", values: ["S", "M"] }],
    images: [1, 2].map((n) => ({ url: `https://cdn.example.com/${word}-${String(n)}.png` })),
    variants: ["S", "M"].map((title) => ({
      title,
      sku: `${word}-${title}`,
      manage_inventory: false,
      options: { Size: title },
      prices: [{ currency_code: "eur", amount: 10 }],
    })),
  })
  const whole = await itemOf("products", product.id)
  await stack.settled()
  const { variants } = await productOf(product.id)
  const find = async (title: string): Promise<Variant> => {
    const { id } = variants.find((variant) => variant["title"] === title) as Row
    return { id, item: await itemOf("product_variants", id) }
  }
  return { id: product.id, item: whole, word, s: await find("S"), m: await find("M") }
}

const variantIds = async (id: string): Promise<string[]> => (await productOf(id)).variants.map((each) => each.id).sort()

const linkOf = async (itemId: string): Promise<Row> =>
  (await stack.sqlDirectus("select * from medusa_sync_link where local_id = $1", [itemId]))[0] as Row

describe("a variant that is taken out of its product's list", () => {
  test.each<[string, (of: Awaited<ReturnType<typeof shirt>>) => unknown]>([
    ["as the Studio sends it", ({ m }) => ({ create: [], update: [], delete: [m.item] })],
    ["by a list without it", ({ s }) => [s.item]],
    ["by a list that changes another one", ({ s }) => [{ id: s.item, material: "Linen" }]],
  ])("%s, is archived there, and the shop keeps it with its orders", async (_, without) => {
    const of = await shirt()
    const { region } = await admin<{ region: Row }>("/regions", { name: of.word, currency_code: "eur" })
    const { draft_order: order } = await admin<{ draft_order: Row }>("/draft-orders", {
      email: "shopper@example.com",
      region_id: region.id,
      items: [{ variant_id: of.m.id, quantity: 1, unit_price: 10 }],
    })
    await change("products", of.item, { variants: without(of) })
    expect(await item("product_variants", of.m.item)).toMatchObject({ archived: true, product: of.item, title: "M" })
    expect(await item("product_variants", of.s.item)).toMatchObject({ archived: false, product: of.item })
    await stack.settled()
    expect(await variantIds(of.id)).toEqual([of.s.id, of.m.id].sort())
    const { draft_order: after } = await admin<{ draft_order: { items: Row[] } }>(`/draft-orders/${order.id}`)
    expect(after.items).toMatchObject([{ variant_id: of.m.id, variant_sku: `${of.word}-M` }])
    // Both go on as one pair: what the shop changes is seen, and what is typed arrives.
    await admin(`/products/${of.id}/variants/${of.m.id}`, { material: "Wool" })
    await eventually("Directus has it", async () =>
      expect(await item("product_variants", of.m.item)).toMatchObject({ material: "Wool", archived: true }),
    )

    await change("product_variants", of.m.item, { archived: false })
    await stack.settled()
    expect(await linkOf(of.m.item)).toMatchObject({
      peer_id: of.m.id,
      standing: "alive",
      state: "active",
      reason: null,
    })
    expect(await items("product_variants", { product: { _eq: of.item } })).toHaveLength(2)
    expect(await variantIds(of.id)).toEqual([of.s.id, of.m.id].sort())
    expect(await stack.conflicts()).toEqual([])
  })

  test("leaves alone with it one that Medusa has not got", async () => {
    const of = await shirt()
    await cms("/medusa-sync/pause", "POST", {})
    const fresh = await make("product_variants", {
      product: of.item,
      title: "L",
      options: [{ name: "Size", value: "L" }],
    })
    await change("products", of.item, { variants: { create: [], update: [], delete: [of.m.item, fresh] } })
    await cms("/medusa-sync/resume", "POST", {})
    await stack.settled()
    expect(await item("product_variants", fresh)).toMatchObject({ product: null, archived: false })
    expect(await item("product_variants", of.m.item)).toMatchObject({ product: of.item, archived: true })
    expect(await variantIds(of.id)).toEqual([of.s.id, of.m.id].sort())
  })

  test("is archived when the reference to its product is emptied", async () => {
    const of = await shirt()
    await cms("/items/product_variants", "PATCH", { keys: [of.s.item, of.m.item], data: { product: null } })
    for (const { item: each } of [of.s, of.m])
      expect(await item("product_variants", each)).toMatchObject({ archived: true, product: of.item })
    await stack.settled()
    expect(await variantIds(of.id)).toEqual([of.s.id, of.m.id].sort())
    expect(await stack.conflicts()).toEqual([])
  })

  test("leaves the product when Medusa has not got it yet, and is not made there", async () => {
    const of = await shirt()
    await stack.cms.fetchJson("/medusa-sync/pause", { method: "POST", body: "{}" })
    try {
      const fresh = await make("product_variants", {
        product: of.item,
        title: "L",
        options: [{ name: "Size", value: "L" }],
      })
      await change("products", of.item, { variants: { create: [], update: [], delete: [fresh] } })
      expect(await item("product_variants", fresh)).toMatchObject({ archived: false, product: null, title: "L" })
    } finally {
      await stack.cms.fetchJson("/medusa-sync/resume", { method: "POST", body: "{}" })
    }
    await stack.settled()
    expect(await variantIds(of.id)).toEqual([of.s.id, of.m.id].sort())
  })

  test("that Medusa has deleted leaves the product, archived as it is", async () => {
    const of = await shirt()
    await admin(`/products/${of.id}/variants/${of.m.id}`, undefined, "DELETE")
    await eventually("it is archived", async () =>
      expect(await item("product_variants", of.m.item)).toMatchObject({ archived: true, product: of.item }),
    )
    await stack.settled()
    await change("products", of.item, { variants: { create: [], update: [], delete: [of.m.item] } })
    await stack.settled()
    expect(await item("product_variants", of.m.item)).toMatchObject({ archived: true, product: null })
    expect(await variantIds(of.id)).toEqual([of.s.id])
    expect(await stack.conflicts()).toEqual([])
  })

  test("in the Studio, is shown as archived in the list and in its form, where it is taken back", async () => {
    const of = await shirt()
    const studio = await logIn(browser, stack.directus.url, adminLogin)
    const { goto, page } = studio
    try {
      await goto(`/content/products/${of.item}`)
      const save = page.getByRole("button", { name: "Save", exact: true })
      const row = page.locator("tr").filter({ hasText: `${of.word}-M` })
      await row.locator("[data-icon=delete]").click()
      await save.click()
      await eventually("it is archived", async () =>
        expect(await item("product_variants", of.m.item)).toMatchObject({ archived: true, product: of.item }),
      )
      await goto(`/content/product_variants/${of.m.item}`)
      const archived = page.locator(".field").filter({ hasText: "Archived" }).getByRole("checkbox")
      await archived.click()
      await save.click()
      await eventually("it is back", async () =>
        expect(await item("product_variants", of.m.item)).toMatchObject({ archived: false }),
      )
      expect(studio.errors).toEqual([])
    } finally {
      await studio.close()
    }
    await stack.settled()
    expect(await variantIds(of.id)).toEqual([of.s.id, of.m.id].sort())
  })
})

test("a variant that is deleted by itself is gone, kept in Medusa, and comes back under its id", async () => {
  const of = await shirt()
  await drop("product_variants", of.m.item)
  await stack.settled()
  expect(await items("product_variants", { id: { _eq: of.m.item } })).toEqual([])
  expect(await variantIds(of.id)).toEqual([of.s.id, of.m.id].sort())
  await admin(`/directus/states/variant/${of.m.id}/sync`, {})
  await stack.settled()
  expect(await item("product_variants", of.m.item)).toMatchObject({ product: of.item, sku: `${of.word}-M` })
  expect(await recordOf(of.m.item)).toBe(of.m.id)
})

test("a picture that is taken out of the list goes in both", async () => {
  const of = await shirt()
  const [first, second] = await items("product_images", { product: { _eq: of.item } })
  await change("products", of.item, { images: { create: [], update: [], delete: [first?.id] } })
  await stack.settled()
  expect((await items("product_images", { product: { _eq: of.item } })).map(({ id }) => id)).toEqual([second?.id])
  expect((await productOf(of.id)).images).toMatchObject([{ url: second?.["url"] }])
})

test("a project of an earlier version archives from now on, once, and keeps what somebody sets after that", async () => {
  const settings = async () => {
    const { data: relation } = await cms<{ data: { meta: Row } }>("/relations/product_variants/product")
    const { data: list } = await cms<{ data: { meta: { options: { fields: string[] } } } }>("/fields/products/variants")
    return [relation.meta["one_deselect_action"], list.meta.options.fields.includes("archived")]
  }
  const restart = async () => {
    await stack.directus.start()
    await eventually("the sync runs again", async () => expect((await stack.cms.status()).running).toBe(true))
  }
  expect(await settings()).toEqual(["nullify", true])
  await stack.directus.stop()
  const setBack =
    "update directus_relations set one_deselect_action = 'delete' where many_collection = 'product_variants' and many_field = 'product'"
  await stack.sqlDirectus(setBack)
  await stack.sqlDirectus(
    "update directus_fields set conditions = null where collection = 'product_variants' and field = 'archived'",
  )
  await stack.sqlDirectus(
    "update directus_fields set options = replace(options::text, ',\"archived\"', '')::json where collection = 'products' and field = 'variants'",
  )
  await restart()
  expect(await settings()).toEqual(["nullify", true])
  await stack.directus.stop()
  await stack.sqlDirectus(setBack)
  await restart()
  expect(await settings()).toEqual(["delete", true])
})
