import * as z from "zod/mini"
import { makeCall, makeJobs, type Host } from "./host.ts"
import { GLANCE, makeAsk, type Trace } from "./request.ts"
import {
  backfillShape,
  conflictRowShape,
  healthShape,
  medusaStatusShape,
  quarantinedRowShape,
  type MedusaStatus,
} from "./shapes.ts"

export interface Medusa extends Host {
  status(): Promise<MedusaStatus>
}

const BASE = "/admin/directus"
const post = (body: unknown) => ({ method: "POST" as const, body: JSON.stringify(body) })
const status = z.object({ status: medusaStatusShape })
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
    health: async () =>
      (await call(z.object({ health: healthShape }), `${BASE}/health`, { accept: [503], timeout: GLANCE })).health,
    status: async () => (await call(status, `${BASE}/status`, { timeout: GLANCE })).status,
    pause: async (both) => (await call(status, `${BASE}/pause`, post({ both }))).status.paused,
    resume: async () => (await call(status, `${BASE}/resume`, post({}))).status.paused,
    ...makeJobs(async (shape, path, request) => {
      const answer = await call(z.object({ job: shape }), BASE + path, request)
      return (answer as { job: z.infer<typeof shape> }).job
    }),
    backfill: async () => (await call(progress, `${BASE}/backfill`)).backfill,
    steer: async (steering) => (await call(progress, `${BASE}/backfill`, post(steering))).backfill,
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
