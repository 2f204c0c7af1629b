import type { BackfillProgress, JobKind, Preview } from "medusa-directus-core/host"
import { foundBy, type Unfinished } from "./jobs.ts"
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
  paused: { code: string; message: string; both?: boolean } | null
  epoch: string
  peerEpoch: string | null
  repair: string | null
  capture: string
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
  /** What stands now, and the record's name. */
  value: unknown
  title: string | null
  at: string
}

export type BackfillRequest = {
  action: "start" | "pause" | "resume" | "cancel"
  kinds?: string[]
  perMinute?: number
  publish?: boolean
}

export type Decision = { decision: "keep" | "take" } | { decision: "edit"; value: unknown }

/** Newest first, as both hosts give them. */
export type JournalLine = { at: string; direction: string; event: string; fields: string[]; reason: string | null }

export type QuarantinedRow = {
  entity: string
  local_id: string
  title: string | null
  parent_title: string | null
  reason: string
  candidates: string[]
}

export type CompareReport = { requests: number; differing: number; repaired: number }
export type DriftRow = { entity: string; localId: string; kind: string; fields: string[] }

export type Witnessed = {
  events: { name: string; data: { id: string } }[]
  listeners: string[]
  loaded: string[]
  /** What JavaScript's own objects have in Medusa's process. */
  natives: string[]
}

const fields = [
  "id,title,subtitle,description,handle,status,thumbnail,material,weight,length,height,width",
  "hs_code,mid_code,origin_country,discountable,metadata",
].join()

/** Medusa's admin API, as a script of the shop's own would use it: by a secret API key. */
export function makeShop(baseUrl: string, apiKey: string) {
  const sdk = new Medusa({ baseUrl, apiKey })
  const get = <T>(path: string, query: Record<string, unknown> = {}) => sdk.client.fetch<T>(path, { query })
  /** What the answer holds, or the job in it comes to. */
  const found = async <Result extends object>(
    kind: JobKind,
    answer: Result | { job: Unfinished },
    query: Record<string, unknown> = {},
  ): Promise<Result> => {
    const read = async () => (await get<{ job: Unfinished }>(`/admin/directus/jobs/${kind}`, query)).job
    return foundBy<Result>("job" in answer ? answer.job : answer, read)
  }
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
        resolved: "false",
      })
      return conflicts.map((row) => ({
        id: row["id"] as string,
        field: row["field"] as string,
        kind: row["kind"] as string,
        losingSide: row["losing_side"] as string,
        losingValue: row["losing_value"],
        localId: row["local_id"] as string,
        value: row["value"],
        title: row["title"] as string | null,
        at: row["at"] as string,
      }))
    },
    async backfill(body?: BackfillRequest): Promise<BackfillProgress> {
      const { backfill } = await sdk.client.fetch<{ backfill: BackfillProgress }>("/admin/directus/backfill", {
        method: body ? "POST" : "GET",
        ...(body ? { body } : {}),
      })
      return backfill
    },
    async preview(): Promise<Preview> {
      const body = { action: "preview" }
      const answer = await sdk.client.fetch<{ preview: Preview } | { job: Unfinished }>("/admin/directus/backfill", {
        method: "POST",
        body,
      })
      return "preview" in answer ? answer.preview : found<Preview>("preview", answer)
    },
    async decide(id: string, body: Decision): Promise<{ resolved_at: string | null }> {
      const path = `/admin/directus/conflicts/${id}`
      return (await sdk.client.fetch<{ conflict: { resolved_at: string | null } }>(path, { method: "POST", body }))
        .conflict
    },
    async quarantine(body?: Record<string, string>): Promise<QuarantinedRow[]> {
      const init = body ? { method: "POST", body } : {}
      return (await sdk.client.fetch<{ records: QuarantinedRow[] }>("/admin/directus/quarantine", init)).records
    },
    async journal(id: string): Promise<JournalLine[]> {
      return (await get<{ journal: JournalLine[] }>("/admin/directus/journal", { local_id: id, limit: 1000 })).journal
    },
    async resume(body: Record<string, unknown> = {}): Promise<void> {
      await sdk.client.fetch("/admin/directus/resume", { method: "POST", body })
    },
    async compare(): Promise<CompareReport> {
      return (await sdk.client.fetch<{ report: CompareReport }>("/admin/directus/compare", { method: "POST" })).report
    },
    drift: async (query: { limit?: number } = {}) =>
      found<{ count: number; drifts: DriftRow[] }>("drift", await get("/admin/directus/drift", query), query),
    async repair(body: Record<string, unknown>): Promise<number> {
      const answer = await sdk.client.fetch<{ marked: number } | { job: Unfinished }>("/admin/directus/repair", {
        method: "POST",
        body,
      })
      return (await found<{ marked: number }>("repair", answer)).marked
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
    /** An order of a cart, without a checkout. @returns its id */
    async order(order: Record<string, unknown>): Promise<string> {
      const headers = { accept: "application/json" }
      return (await sdk.client.fetch<{ id: string }>("/e2e", { method: "POST", body: { order }, headers })).id
    },
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
