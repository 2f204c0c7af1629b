import { createRequire } from "node:module"

// The SDK's ES modules lack file extensions, which Node wants.
type MedusaSdk = typeof import("@medusajs/js-sdk", { with: { "resolution-mode": "require" } })
const { default: Medusa } = createRequire(import.meta.url)("@medusajs/js-sdk") as MedusaSdk

export type Product = {
  id: string
  title: string
  subtitle: string | null
  description: string | null
  handle: string
  status: string
  thumbnail: string | null
  material: string | null
  weight: number | null
  length: number | null
  height: number | null
  width: number | null
  hs_code: string | null
  mid_code: string | null
  origin_country: string | null
  discountable: boolean
  metadata: Record<string, unknown> | null
}

export type ShopStatus = {
  state: "running" | "paused" | "off"
  reason: string | null
  paused: { code: string; message: string } | null
  epoch: string
  peerEpoch: string | null
  lastSuccessAt: string | null
  clockOffsetMs: number | null
  clockAlert: string | null
  links: Record<string, number>
  marks: { due: number; later: number; stopped: number }
  openConflicts: number
  translations: { unmapped: string[]; unsupported: string[] } | null
}

export type ShopLink = {
  local_id: string
  peer_id: string | null
  rev: number
  acked: number
  standing: string
  state: string
  reason: string | null
}

export type ConflictRow = {
  id: string
  field: string
  kind: string
  losingSide: string
  losingValue: unknown
  localId: string
}

export type Witnessed = { events: { name: string; data: { id: string } }[]; loaded: string[] }

const fields = [
  "id,title,subtitle,description,handle,status,thumbnail,material,weight,length,height,width",
  "hs_code,mid_code,origin_country,discountable,metadata",
].join()

/** Medusa's admin API, as a script of the shop's own would use it: by a secret API key. */
export function makeShop(baseUrl: string, apiKey: string) {
  const sdk = new Medusa({ baseUrl, apiKey })
  const get = <T>(path: string, query: Record<string, unknown> = {}) => sdk.client.fetch<T>(path, { query })
  return {
    sdk,
    /** A product with one option, which Medusa wants. @returns its id */
    async create(product: Partial<Omit<Product, "id">> & { title: string }): Promise<string> {
      const { product: made } = await sdk.admin.product.create({
        options: [{ title: "Size", values: ["M"] }],
        ...(product as object),
      } as Parameters<typeof sdk.admin.product.create>[0])
      return made.id
    },
    async edit(id: string, change: Partial<Omit<Product, "id">>): Promise<void> {
      await sdk.admin.product.update(id, change as Parameters<typeof sdk.admin.product.update>[1])
    },
    async remove(id: string): Promise<void> {
      await sdk.admin.product.delete(id)
    },
    async read(id: string): Promise<Product> {
      return (await sdk.admin.product.retrieve(id, { fields })).product as unknown as Product
    },
    async find(filter: { handle?: string; title?: string }): Promise<Product[]> {
      return (await sdk.admin.product.list({ ...filter, fields, limit: 100 })).products as unknown as Product[]
    },
    async status(): Promise<ShopStatus> {
      return (await get<{ status: ShopStatus }>("/admin/directus/status")).status
    },
    async links(filter: { local_id?: string; peer_id?: string; state?: string } = {}): Promise<ShopLink[]> {
      return (await get<{ links: ShopLink[] }>("/admin/directus/links", { ...filter, limit: 1000 })).links
    },
    async conflicts(): Promise<ConflictRow[]> {
      const { conflicts } = await get<{ conflicts: Record<string, unknown>[] }>("/admin/directus/conflicts", {
        limit: 1000,
      })
      return conflicts.map((row) => ({
        id: row["id"] as string,
        field: row["field"] as string,
        kind: row["kind"] as string,
        losingSide: row["losing_side"] as string,
        losingValue: row["losing_value"],
        localId: row["local_id"] as string,
      }))
    },
    async resume(body: Record<string, unknown> = {}): Promise<void> {
      await sdk.client.fetch("/admin/directus/resume", { method: "POST", body })
    },
    /** A method of the product module, with no workflow around it. */
    async callProductModule(call: string, ...args: unknown[]): Promise<void> {
      await sdk.client.fetch("/e2e", {
        method: "POST",
        body: { call, args },
        headers: { accept: "application/json" },
      })
    },
    witnessed: () => get<Witnessed>("/e2e"),
    async restore(id: string): Promise<void> {
      await sdk.client.fetch("/e2e", {
        method: "POST",
        body: { restore: [id] },
        headers: { accept: "application/json" },
      })
    },
  }
}

export type Shop = ReturnType<typeof makeShop>
