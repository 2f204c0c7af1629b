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
import type { BackfillProgress, JobKind, Preview, Quarantined, StoredConflict } from "medusa-directus-core/host"
import { foundBy, type Unfinished } from "./jobs.ts"
import type { BackfillRequest, CompareReport, ConflictRow, Decision, DriftRow, JournalLine } from "./shop.ts"

export type Item = Record<string, unknown> & { id: string }

export type CmsStatus =
  | { running: false; reason: string }
  | {
      running: true
      paused: { code: string; message: string } | null
      pending: number
      links: Record<string, number>
      openConflicts: number
      epoch: string
      past: string[]
      peerEpoch: string | null
      repair: string | null
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
  /** What the answer holds, or the job that it is comes to. */
  const found = <Result extends object>(kind: JobKind, answer: Result | Unfinished, limit = 200): Promise<Result> =>
    foundBy<Result>(
      answer,
      async () => (await fetchJson<{ data: Unfinished }>(`/medusa-sync/jobs/${kind}?limit=${String(limit)}`)).data,
    )
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
    async backfill(body?: BackfillRequest): Promise<BackfillProgress> {
      const init = body ? { method: "POST", body: JSON.stringify(body) } : {}
      return (await fetchJson<{ data: BackfillProgress }>("/medusa-sync/backfill", init)).data
    },
    async preview(): Promise<Preview> {
      const init = { method: "POST", body: JSON.stringify({ action: "preview" }) }
      return found<Preview>("preview", (await fetchJson<{ data: Preview }>("/medusa-sync/backfill", init)).data)
    },
    async decide(id: string, body: Decision): Promise<StoredConflict> {
      const init = { method: "POST", body: JSON.stringify(body) }
      return (await fetchJson<{ data: StoredConflict }>(`/medusa-sync/conflicts/${id}`, init)).data
    },
    async quarantine(body?: Record<string, string>): Promise<Quarantined[]> {
      const init = body ? { method: "POST", body: JSON.stringify(body) } : {}
      return (await fetchJson<{ data: Quarantined[] }>("/medusa-sync/quarantine", init)).data
    },
    async journal(item: string): Promise<JournalLine[]> {
      return (await fetchJson<{ data: JournalLine[] }>(`/medusa-sync/journal?item=${item}&limit=200`)).data
    },
    async resume(body: Record<string, unknown> = {}): Promise<void> {
      await fetchJson("/medusa-sync/resume", { method: "POST", body: JSON.stringify(body) })
    },
    async compare(): Promise<CompareReport> {
      return (await fetchJson<{ data: CompareReport }>("/medusa-sync/compare", { method: "POST" })).data
    },
    async drift({ limit = 200 } = {}): Promise<{ count: number; drifts: DriftRow[]; waiting: number }> {
      const path = `/medusa-sync/drift?limit=${String(limit)}`
      type Answer =
        { data: DriftRow[]; meta: { count: number; waiting: number } } | { data: Unfinished; meta?: undefined }
      const answer = await fetchJson<Answer>(path)
      if (answer.meta) return { count: answer.meta.count, drifts: answer.data, waiting: answer.meta.waiting }
      return found<{ count: number; drifts: DriftRow[]; waiting: number }>("drift", answer.data, limit)
    },
    async repair(body: Record<string, unknown>): Promise<number> {
      const init = { method: "POST", body: JSON.stringify(body) }
      const { data } = await fetchJson<{ data: { marked: number } | Unfinished }>("/medusa-sync/repair", init)
      return (await found<{ marked: number }>("repair", data)).marked
    },
    async witnessed(): Promise<Seen[]> {
      return (await fetchJson<{ seen: Seen[] }>("/e2e-witness")).seen
    },
  }
}

export type Cms = ReturnType<typeof makeCms>
