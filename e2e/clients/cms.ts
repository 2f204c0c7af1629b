import {
  createDirectus,
  createItem,
  customEndpoint,
  deleteItem,
  readItem,
  readItems,
  rest,
  staticToken,
  updateItem,
} from "@directus/sdk"
import type { ConflictRow } from "./shop.ts"

export type Item = Record<string, unknown> & { id: string }

export type CmsStatus =
  | { running: false; reason: string }
  | {
      running: true
      paused: { code: string; message: string } | null
      pending: number
      links: Record<string, number>
      openConflicts: number
      peerEpoch: string | null
      clockOffsetMs: number | null
      clockAlert: string | null
      events: string
      leftOut: { field: string; directus: string }[]
    }

type Schema = Record<string, Record<string, unknown>[]>
type Seen = { event: string; collection: string; keys: string[]; rows: Item[] }

/** Directus's API as an editor's program uses it. */
export function makeCms(url: string, token: string, collection = "products") {
  const directus = createDirectus<Schema>(url).with(staticToken(token)).with(rest())
  const fetchJson = async <T>(path: string, init: RequestInit = {}): Promise<T> => {
    const response = await fetch(`${url}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...init.headers },
    })
    if (!response.ok)
      throw new Error(`${init.method ?? "GET"} ${path} answered ${response.status}: ${await response.text()}`)
    return (response.status === 204 ? undefined : await response.json()) as T
  }
  return {
    directus,
    fetchJson,
    /** @returns its id */
    async create(item: Record<string, unknown>): Promise<string> {
      return String(((await directus.request(createItem(collection, item))) as Item).id)
    },
    async edit(id: string, change: Record<string, unknown>): Promise<void> {
      await directus.request(updateItem(collection, id, change))
    },
    async remove(id: string): Promise<void> {
      await directus.request(deleteItem(collection, id))
    },
    async read(id: string): Promise<Item> {
      return (await directus.request(readItem(collection, id))) as Item
    },
    async find(filter: Record<string, string>): Promise<Item[]> {
      const rules = Object.fromEntries(Object.entries(filter).map(([field, value]) => [field, { _eq: value }]))
      return (await directus.request(readItems(collection, { filter: rules as never, limit: -1 }))) as Item[]
    },
    async status(): Promise<CmsStatus> {
      return directus.request(customEndpoint<CmsStatus>({ method: "GET", path: "/medusa-sync/status" }))
    },
    async conflicts(): Promise<ConflictRow[]> {
      return (await fetchJson<{ data: ConflictRow[] }>("/medusa-sync/conflicts?limit=200")).data
    },
    async resume(body: Record<string, unknown> = {}): Promise<void> {
      await fetchJson("/medusa-sync/resume", { method: "POST", body: JSON.stringify(body) })
    },
    async witnessed(): Promise<Seen[]> {
      return (await fetchJson<{ seen: Seen[] }>("/e2e-witness")).seen
    },
  }
}

export type Cms = ReturnType<typeof makeCms>
