import { otherSide, type Side } from "medusa-directus-core/host"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { beforeSync } from "../before-sync.ts"
import { makeCommandLine } from "../clients/command-line.ts"
import { makeContent } from "../clients/content.ts"
import { makeRecords, type Row } from "../clients/records.ts"
import { eventually } from "../eventually.ts"
import { Stack } from "../stack/stack.ts"

let stack: Stack
let channel: string
const { salesChannel, visible } = makeContent(() => stack)
const { run, json } = makeCommandLine(() => stack)
const { unique, admin, change, drop, item, itemOf, rowOf } = makeRecords(() => stack)

/** Published products of Directus that were there before the sync; one of them has a price. */
const BEFORE = ["before-1", "before-2", "before-3"]

beforeAll(async () => {
  stack = await Stack.start("backfill_kept", { directusEnv: { MEDUSA_SYNC_SWEEP: "0" } })
  await beforeSync(stack, async () => {
    for (const [n, handle] of BEFORE.entries())
      await stack.cms.create({
        title: handle,
        handle,
        status: "published",
        options: [{ title: "Size", values: ["M"] }],
        variants: [
          {
            title: "M",
            sku: handle,
            manage_inventory: false,
            options: [{ name: "Size", value: "M" }],
            ...(n === 0 ? { prices: [{ currency_code: "eur", amount: "10" }] } : {}),
          },
        ],
      })
  })
  const [named] = await stack.sqlMedusa("select name from sales_channel where id = $1", [await salesChannel()])
  channel = String(named?.["name"])
})
afterAll(() => stack?.stop())

describe("the command line, typed as the documentation gives it", () => {
  const tail = "in the sales channel"

  test("backfill tells that new products are drafts, and backfill --publish shows them", async () => {
    const first = await run(["backfill", "--side", "directus"])
    expect(first).toMatchObject({ code: 0 })
    expect(first.stdout).toMatch(/^Directus: done, (\d+) of \1 records in /m)
    expect(first.stdout).toContain(
      `3 products are drafts in the shop until released, ${tail} ${channel}; without a price: 2.\n` +
        "→ Publish them in Medusa one by one, or all at once: npx medusa-directus backfill --side directus --publish\n",
    )
    expect(await visible()).toEqual([])
    const second = await run(["backfill", "--side", "directus", "--publish"])
    expect(second).toMatchObject({ code: 0 })
    expect(second.stdout).toContain(`3 products are visible in the shop, ${tail} ${channel}; without a price: 2.\n`)
    expect(second.stdout).not.toContain("→")
    expect(await visible()).toEqual(BEFORE)
    // On both sides, where Medusa has nothing to publish.
    const both = await run(["backfill", "--publish"])
    expect(both).toMatchObject({ code: 0 })
    expect(both.stdout).toMatch(/^Medusa: done, (\d+) of \1 records in .*\nDirectus: done, (\d+) of \2 records in /m)
    expect(await visible()).toEqual(BEFORE)
  })
})

interface Kept {
  kind: "product" | "variant" | "collection" | "category"
  collection: string
  id: string
  item: string
}

const PATHS = { product: "products", collection: "collections", category: "product-categories" }

/** A category, a collection and a product in both, with two variants; and a variant of another product. Both sides have them. */
async function catalogue(): Promise<{ whole: Kept; others: Kept[]; variants: string[]; home: string }> {
  const word = unique("kept")
  const { product_category: category } = await admin<{ product_category: Row }>("/product-categories", {
    name: word,
    handle: word,
    is_active: true,
  })
  const { collection } = await admin<{ collection: Row }>("/collections", { title: word, handle: word })
  const shirt = async (handle: string, more: object) =>
    (
      await admin<{ product: Row & { variants: Row[] } }>("/products", {
        title: handle,
        handle,
        status: "published",
        options: [{ title: "Size", values: ["S", "M"] }],
        variants: ["S", "M"].map((title) => ({
          title,
          sku: `${handle}-${title}`,
          options: { Size: title },
          prices: [{ currency_code: "eur", amount: 10 }],
        })),
        ...more,
      })
    ).product
  const product = await shirt(`${word}-gone`, { collection_id: collection.id, categories: [{ id: category.id }] })
  const home = await shirt(`${word}-home`, {})
  const paired = async (kind: Kept["kind"], of: string, id: string): Promise<Kept> => ({
    kind,
    collection: of,
    id,
    item: await itemOf(of, id),
  })
  const found = {
    whole: await paired("product", "products", product.id),
    others: [
      await paired("category", "product_categories", category.id),
      await paired("collection", "product_collections", collection.id),
      await paired("variant", "product_variants", home.variants[0]?.id ?? ""),
    ],
    variants: product.variants.map(({ id }) => id).sort(),
    home: home.id,
  }
  await stack.settled(60_000)
  return found
}

type Catalogue = Awaited<ReturnType<typeof catalogue>>

const all = ({ whole, others }: Catalogue): Kept[] => [whole, ...others]

async function remove(side: Side, of: Catalogue): Promise<void> {
  for (const { kind, collection, id, item: itemId } of all(of))
    if (side === "directus") await drop(collection, itemId)
    else if (kind === "variant") await admin(`/products/${of.home}/variants/${id}`, undefined, "DELETE")
    else await admin(`/${PATHS[kind]}/${id}`, undefined, "DELETE")
  await stack.settled(60_000)
}

const TABLES = {
  medusa: {
    product: "product",
    variant: "product_variant",
    collection: "product_collection",
    category: "product_category",
  },
  directus: {
    product: "products",
    variant: "product_variants",
    collection: "product_collections",
    category: "product_categories",
  },
}

/** Which of these records a side has in use. */
async function present(side: Side, of: Catalogue): Promise<string[]> {
  const found: string[] = []
  for (const { kind, id, item: itemId } of all(of)) {
    const rows =
      side === "medusa"
        ? await stack.sqlMedusa(`select id from ${TABLES.medusa[kind]} where id = $1 and deleted_at is null`, [id])
        : await stack.sqlDirectus(`select id from ${TABLES.directus[kind]} where id = $1`, [itemId])
    if (rows.length > 0) found.push(kind)
  }
  return found
}

const KINDS = ["product", "category", "collection", "variant"]

interface Told {
  state: string
  back?: number
  done: number
  total: number
}

const told = async (side: Side, ...args: string[]): Promise<Told> => {
  const { code, document } = await json<{ [of in Side]?: Told }>(["backfill", ...args, "--side", side])
  expect({ code, sides: Object.keys(document) }).toEqual({ code: 0, sides: [side] })
  return document[side] as Told
}

/** What is asked back, and with it the two variants of the product. */
const BACK = KINDS.length + 2

describe.each<Side>(["medusa", "directus"])("what the other side has deleted and %s has kept", (side) => {
  const other = otherSide(side)

  test("comes back by a backfill of it, and not by one with --leave-deleted", async () => {
    const of = await catalogue()
    await remove(other, of)
    expect(await present(other, of)).toEqual([])
    expect(await present(side, of)).toEqual(KINDS)

    expect(await told(side, "preview", "--leave-deleted")).toMatchObject({ back: 0 })
    expect(await told(side, "--leave-deleted")).toMatchObject({ state: "done" })
    await stack.settled(60_000)
    expect(await present(other, of)).toEqual([])

    expect(await told(side, "preview")).toMatchObject({ back: BACK })
    const backfill = await run(["backfill", "--side", side])
    expect(backfill).toMatchObject({ code: 0 })
    expect(backfill.stdout).toMatch(new RegExp(`: done, (\\d+) of \\1 records, ${String(BACK)} brought back in `))
    await stack.settled(60_000)
    expect(await present(other, of)).toEqual(KINDS)
    await isAsBefore(of, side)
    expect(await told(side, "preview")).toMatchObject({ back: 0, create: 0, stopped: 0 })
  }, 240_000)
})

/** One pair of each, under the ids that they had; out of sight where it was archived; and the sync of each goes on. */
async function isAsBefore(of: Catalogue, kept: Side): Promise<void> {
  const [category, collection, variant] = of.others as [Kept, Kept, Kept]
  for (const { collection: name, id, item: itemId } of all(of)) expect((await rowOf(name, id)).id).toBe(itemId)
  const { product } = await admin<{ product: Row & { variants: Row[]; categories: Row[] } }>(
    `/products/${of.whole.id}?fields=*variants,*categories`,
  )
  expect(product).toMatchObject({ status: "draft", collection_id: collection.id, categories: [{ id: category.id }] })
  expect(product.variants.map(({ id }) => id).sort()).toEqual(of.variants)
  const mirrored = await item("products", of.whole.item, "*,categories.*,variants.medusa_id")
  expect(mirrored).toMatchObject({
    status: kept === "medusa" ? "draft" : "archived",
    collection: collection.item,
    categories: [{ product_categories_id: category.item }],
  })
  expect((mirrored["variants"] as Row[]).map((row) => String(row["medusa_id"])).sort()).toEqual(of.variants)
  for (const { collection: name, item: itemId } of [collection, variant])
    expect((await item(name, itemId))["archived"]).toBe(false)
  expect(await item(category.collection, category.item)).toMatchObject({ is_active: false })

  expect(await stack.conflicts()).toEqual([])
  for (const client of [stack.shop, stack.cms]) expect(await client.drift()).toMatchObject({ count: 0 })
  expect(await visible()).not.toContain(product["handle"])

  const material = unique("material")
  await change("products", of.whole.item, { material })
  await admin(`/products/${of.home}/variants/${variant.id}`, { material })
  await eventually("both go on", async () => {
    const { product: now } = await admin<{ product: Row }>(`/products/${of.whole.id}`)
    expect([now["material"], (await item("product_variants", variant.item))["material"]]).toEqual([material, material])
  })
}
