import * as z from "zod/mini"
import { makeCall, type Host } from "./host.ts"
import { makeAsk, type Trace } from "./request.ts"
import {
  backfillShape,
  conflictRowShape,
  driftShape,
  healthShape,
  medusaStatusShape,
  previewShape,
  quarantinedRowShape,
  type MedusaStatus,
} from "./shapes.ts"

export interface Medusa extends Host {
  status(): Promise<MedusaStatus>
}

const BASE = "/admin/directus"
const post = (body: unknown) => ({ method: "POST" as const, body: JSON.stringify(body) })
const progress = z.object({ backfill: z.nullable(backfillShape) })

/** @param key - a secret API key. */
export function makeMedusa(url: string, key: string, trace: Trace): Medusa {
  const ask = makeAsk("medusa", url, `Basic ${Buffer.from(`${key}:`).toString("base64")}`, trace)
  const call = makeCall("medusa", url, ask)
  return {
    side: "medusa",
    name: "Medusa",
    url,
    ask,
    health: async () => (await call(z.object({ health: healthShape }), `${BASE}/health`, { accept: [503] })).health,
    status: async () => (await call(z.object({ status: medusaStatusShape }), `${BASE}/status`)).status,
    drift: async (limit) => {
      const shape = z.object({ count: z.number(), drifts: z.array(driftShape) })
      const { count, drifts } = await call(shape, `${BASE}/drift?limit=${String(limit)}`)
      return { total: count, rows: drifts }
    },
    repairAll: async () => (await call(z.object({ marked: z.number() }), `${BASE}/repair`, post({ all: true }))).marked,
    backfill: async () => (await call(progress, `${BASE}/backfill`)).backfill,
    steer: async (steering) => (await call(progress, `${BASE}/backfill`, post(steering))).backfill,
    preview: async (kinds) => {
      const shape = z.object({ preview: previewShape })
      return (await call(shape, `${BASE}/backfill`, post({ action: "preview", ...(kinds ? { kinds } : {}) }))).preview
    },
    conflicts: async ({ limit, offset }) => {
      const shape = z.object({ count: z.number(), conflicts: z.array(conflictRowShape) })
      const path = `${BASE}/conflicts?resolved=false&limit=${String(limit)}&offset=${String(offset)}`
      const { count, conflicts } = await call(shape, path)
      return { total: count, rows: conflicts }
    },
    decide: async (id, decision) => {
      const path = `${BASE}/conflicts/${encodeURIComponent(id)}`
      return (await call(z.object({ conflict: conflictRowShape }), path, post(decision))).conflict
    },
    quarantine: async ({ limit, offset }) => {
      const shape = z.object({ count: z.number(), records: z.array(quarantinedRowShape) })
      const path = `${BASE}/quarantine?limit=${String(limit)}&offset=${String(offset)}`
      const { count, records } = await call(shape, path)
      return { total: count, rows: records }
    },
    release: async (release) => {
      const body =
        release.action === "retry_all"
          ? release
          : { action: release.action, entity: release.entity, local_id: release.id }
      await call(z.unknown(), `${BASE}/quarantine`, post(body))
    },
  }
}
