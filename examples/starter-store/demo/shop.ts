import { Admin, Auth, Client } from "@medusajs/js-sdk"
import type { Secrets } from "./data-folder.ts"

export type Product = {
  id: string
  title: string
  handle: string | null
  description: string | null
  status: string
  variants?: { id: string; title: string | null; variant_rank?: number | null }[] | null
  images?: { url: string; rank: number }[] | null
  options?: { title: string }[] | null
  categories?: { id: string; name: string }[] | null
  collection?: { id: string; title: string } | null
  tags?: { id: string; value: string }[] | null
  sales_channels?: { id: string }[] | null
}

type Texts = { title: string; description: string }

export type NewProduct = Parameters<Admin["product"]["create"]>[0]

/** A row of the inbox, as both hosts tell it. */
export type Conflict = { id: string; field: string; kind: string; losingSide: string; losingValue: unknown; at: string }

type ConflictRow = { id: string; field: string; kind: string; losing_side: string; losing_value: unknown; at: string }

const fields = [
  "id,title,handle,description,status,variants.id,variants.title,variants.variant_rank,images.url,images.rank,options.title",
  "categories.id,categories.name,collection.id,collection.title,tags.id,tags.value,sales_channels.id",
].join()

/** Medusa's admin API, as an administrator who has logged in. */
export async function openShop(baseUrl: string, admin: Secrets["admin"]) {
  const config = { baseUrl, auth: { type: "jwt", jwtTokenStorageMethod: "memory" } } as const
  const client = new Client(config)
  const api = new Admin(client)
  await new Auth(client, config).login("user", "emailpass", admin)
  const { api_keys: keys } = await api.apiKey.list({ type: "publishable", limit: 1 })
  const storefront = { "x-publishable-api-key": keys[0]?.token ?? "" }
  return {
    /** Opens the store API. */
    publishableKey: keys[0]?.token ?? "",
    async products(filter: { handle?: string } = {}): Promise<Product[]> {
      return (await api.product.list({ ...filter, fields, limit: 100 })).products
    },
    async product(id: string): Promise<Product> {
      return (await api.product.retrieve(id, { fields })).product
    },
    async create(product: NewProduct): Promise<Product> {
      return (await api.product.create(product, { fields })).product
    },
    async edit(id: string, change: { title?: string; description?: string }): Promise<void> {
      await api.product.update(id, change)
    },
    async remove(id: string): Promise<void> {
      await api.product.delete(id)
    },
    async translate(productId: string, locale: string, translations: Texts): Promise<void> {
      const row = { reference: "product", reference_id: productId, locale_code: locale, translations }
      await client.fetch("/admin/translations/batch", { method: "POST", body: { create: [row] } })
    },
    async removeTranslations(productId: string): Promise<void> {
      const query = { reference_id: productId, limit: 100 }
      const { translations } = await client.fetch<{ translations: { id: string }[] }>("/admin/translations", { query })
      if (translations.length === 0) return
      const ids = translations.map(({ id }) => id)
      await client.fetch("/admin/translations/batch", { method: "POST", body: { delete: ids } })
    },
    /** The product as the shop shows it to customers who read this language. */
    async asCustomer(productId: string, locale: string): Promise<Texts> {
      const query = { locale, fields: "title,description" }
      const { product } = await client.fetch<{ product: Texts }>(`/store/products/${productId}`, {
        query,
        headers: storefront,
      })
      return product
    },
    /** What the plugin says about itself. */
    async status(): Promise<string> {
      const { status } = await client.fetch<{ status: { state: string; reason: string | null } }>(
        "/admin/directus/status",
      )
      return [status.state, status.reason].filter(Boolean).join(": ")
    },
    /** PostgreSQL listens where there is room: for the sync the databases of the data folder have moved, which is meant. */
    async knowAgain(): Promise<void> {
      const { status } = await client.fetch<{ status: { paused: { code: string } | null } }>("/admin/directus/status")
      if (status.paused?.code === "database_moved")
        await client.fetch("/admin/directus/resume", { method: "POST", body: { database: "moved" } })
    },
    async conflicts(productId: string): Promise<Conflict[]> {
      const { conflicts } = await client.fetch<{ conflicts: ConflictRow[] }>("/admin/directus/conflicts", {
        query: { local_id: productId },
      })
      return conflicts.map(({ losing_side: losingSide, losing_value: losingValue, ...row }) => ({
        ...row,
        losingSide,
        losingValue,
      }))
    },
  }
}

export type Shop = Awaited<ReturnType<typeof openShop>>
