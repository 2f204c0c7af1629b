import {
  authentication,
  createDirectus,
  createField,
  createItem,
  createPermission,
  createRelation,
  customEndpoint,
  deleteItem,
  readFieldsByCollection,
  readItems,
  readPermissions,
  readPolicies,
  readSettings,
  rest,
  updateItem,
  updateSettings,
  uploadFiles,
} from "@directus/sdk"
import type { Secrets } from "./data-folder.ts"
import type { Conflict } from "./shop.ts"

export type Item = {
  id: string
  medusa_id: string | null
  title: string | null
  handle: string | null
  description: string | null
  status: string | null
  /** Of the editors' own. */
  story: string | null
}

/** A product as the Studio shows it: with its parts and what it belongs to. */
export type WholeItem = Item & {
  tags: string[] | null
  collection: { title: string } | null
  categories: { product_categories_id: { name: string; parent: { name: string } | null } }[]
  variants: { id: string; title: string; prices: { currency_code: string; amount: string }[] | null }[]
  images: { id: string; url: string; rank: number }[]
}

/** What a person enters in one form: a new product with its parts, or changes to some of them. */
export type Entry = Partial<Item> & {
  options?: { title: string; values: string[] }[]
  variants?: object
  images?: object
  translations?: object
  cover?: string
  cover_alt?: string
  seo_title?: string
  seo_description?: string
}

/** A product's texts in one language. */
export type ItemTexts = { id: string; title: string | null; description: string | null; story: string | null }

/** A field as Directus takes it. */
export type NewField = { field: string; type: string; schema: object; meta: object }

const wholeFields = [
  "*",
  "collection.title",
  "categories.product_categories_id.name",
  "categories.product_categories_id.parent.name",
  "variants.*",
  "images.*",
]

type Status =
  | { running: false; reason: string }
  | { running: true; paused: { code: string; message: string } | null; breaker: { failures: number } }

/** What the Studio shows before anybody has arranged it (Directus 12.4), and this extension's module. */
const MODULES = ["content", "users", "files", "insights", "flows", "medusa-sync", "settings"]

type Schema = { products: Item[]; products_translations: ItemTexts[] }

/** Directus's API, as an administrator who has logged in. */
export async function openCms(url: string, { email, password }: Secrets["admin"]) {
  const directus = createDirectus<Schema>(url)
    .with(authentication("json", { autoRefresh: false }))
    .with(rest())
  await directus.login({ email, password })
  const find = (field: "medusa_id" | "handle", value: string) =>
    directus.request(readItems("products", { filter: { [field]: { _eq: value } }, limit: 1 })) as Promise<Item[]>
  return {
    async items(): Promise<Item[]> {
      return (await directus.request(readItems("products", { limit: -1 }))) as Item[]
    },
    /** The item of a product of Medusa. */
    async itemOf(productId: string): Promise<Item | undefined> {
      return (await find("medusa_id", productId))[0]
    },
    /** The item of a product of Medusa with its parts in their order. */
    async wholeItemOf(productId: string): Promise<WholeItem | undefined> {
      const filter = { medusa_id: { _eq: productId } }
      const query = {
        filter,
        fields: wholeFields,
        limit: 1,
        deep: { variants: { _sort: ["rank"] }, images: { _sort: ["rank"] } },
      }
      return ((await directus.request(readItems("products", query as never))) as WholeItem[])[0]
    },
    async textsOf(itemId: string, language: string): Promise<ItemTexts | undefined> {
      const filter = { products_id: { _eq: itemId }, languages_code: { _eq: language } }
      const rows = await directus.request(readItems("products_translations", { filter, limit: 1 } as never))
      return (rows as ItemTexts[])[0]
    },
    async create(item: Entry): Promise<Item> {
      return (await directus.request(createItem("products", item as never))) as Item
    },
    async edit(id: string, change: Entry): Promise<void> {
      await directus.request(updateItem("products", id, change as never))
    },
    async remove(id: string): Promise<void> {
      await directus.request(deleteItem("products", id))
    },
    /** Switches the extension's module on, as an administrator does in the settings; an arranged bar stays as it is. */
    async showModule(): Promise<void> {
      const settings = (await directus.request(readSettings({ fields: ["module_bar"] as never }))) as {
        module_bar: unknown
      }
      if (settings.module_bar !== null) return
      const bar = MODULES.map((id) => ({
        type: "module",
        id,
        enabled: true,
        ...(id === "settings" && { locked: true }),
      }))
      await directus.request(updateSettings({ module_bar: bar } as never))
    },
    /** Adds a field, unless it is there; with `related`, one that names an item of that collection. */
    async addField(collection: string, field: NewField, related?: string): Promise<void> {
      const fields = (await directus.request(readFieldsByCollection(collection as never))) as { field: string }[]
      if (fields.some((known) => known.field === field.field)) return
      await directus.request(createField(collection as never, field as never))
      if (related === undefined) return
      const relation = { collection, field: field.field, related_collection: related, schema: {}, meta: {} }
      await directus.request(createRelation(relation as never))
    },
    /** Lets everybody read a whole collection, as an administrator does in the settings of the public policy. */
    async letEverybodyRead(collection: string): Promise<void> {
      const [policy] = await directus.request(readPolicies({ filter: { name: { _eq: "$t:public_label" } }, limit: 1 }))
      if (!policy) throw new Error("Directus has no public policy any more.")
      const rule = { policy: policy.id, collection, action: "read" }
      const filter = Object.fromEntries(Object.entries(rule).map(([name, value]) => [name, { _eq: value }]))
      const known = await directus.request(readPermissions({ filter, limit: 1 } as never))
      if (known.length > 0) return
      await directus.request(createPermission({ ...rule, fields: ["*"] } as never))
    },
    /** @returns the file's id */
    async upload({ name, svg }: { name: string; svg: string }): Promise<string> {
      const form = new FormData()
      form.append("title", name)
      form.append("file", new Blob([svg], { type: "image/svg+xml" }), name)
      return ((await directus.request(uploadFiles(form))) as { id: string }).id
    },
    /** What the extension says about itself. */
    async status(): Promise<string> {
      const status = await directus.request(customEndpoint<Status>({ method: "GET", path: "/medusa-sync/status" }))
      if (!status.running) return `off: ${status.reason}`
      return status.paused
        ? `paused: ${status.paused.message}`
        : `running, ${status.breaker.failures} failures in a row`
    },
    /** See `knowAgain` of the shop. */
    async knowAgain(): Promise<void> {
      const status = await directus.request(customEndpoint<Status>({ method: "GET", path: "/medusa-sync/status" }))
      if (!status.running || status.paused?.code !== "database_moved") return
      const body = JSON.stringify({ database: "moved" })
      await directus.request(customEndpoint({ method: "POST", path: "/medusa-sync/resume", body }))
    },
    /** Those that nobody has settled yet, newest first. */
    async conflicts(): Promise<Conflict[]> {
      return directus.request(customEndpoint<Conflict[]>({ method: "GET", path: "/medusa-sync/conflicts?limit=100" }))
    },
  }
}

export type Cms = Awaited<ReturnType<typeof openCms>>
