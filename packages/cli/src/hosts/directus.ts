import * as z from "zod/mini"
import { makeCall, makeJobs, type Host, type Page } from "./host.ts"
import { GLANCE, makeAsk, type Trace } from "./request.ts"
import {
  backfillShape,
  conflictShape,
  directusStatusShape,
  healthShape,
  licenceShape,
  quarantinedShape,
  type DirectusStatus,
  type Licence,
  type Pause,
} from "./shapes.ts"

export interface Directus extends Host {
  status(): Promise<DirectusStatus>
  licence(): Promise<Licence>
}

const BASE = "/medusa-sync"
const post = (body: unknown) => ({ method: "POST" as const, body: JSON.stringify(body) })
const data = <Shape extends z.ZodMiniType>(shape: Shape) => z.object({ data: shape })
const list = <Shape extends z.ZodMiniType>(shape: Shape) =>
  z.object({ data: z.array(shape), meta: z.object({ total: z.number() }) })
const paged = ({ limit, offset }: Page): string =>
  `limit=${String(limit)}&page=${String(Math.floor(offset / limit) + 1)}`

const pauseIn = (status: DirectusStatus): Pause | null => (status.running ? status.paused : null)

/** @param token - the static token of an administrator. */
export function makeDirectus(url: string, token: string, trace: Trace): Directus {
  const ask = makeAsk("directus", url, `Bearer ${token}`, trace)
  const call = makeCall("directus", url, ask)
  return {
    side: "directus",
    name: "Directus",
    url,
    ask,
    health: async () => (await call(data(healthShape), `${BASE}/health`, { accept: [503], timeout: GLANCE })).data,
    status: async () => (await call(data(directusStatusShape), `${BASE}/status`, { timeout: GLANCE })).data,
    pause: async (both) => pauseIn((await call(data(directusStatusShape), `${BASE}/pause`, post({ both }))).data),
    resume: async () => pauseIn((await call(data(directusStatusShape), `${BASE}/resume`, post({}))).data),
    licence: async () => (await call(data(licenceShape), "/license")).data,
    ...makeJobs(async (shape, path, request) => {
      const answer = await call(z.object({ data: shape }), BASE + path, request)
      return (answer as { data: z.infer<typeof shape> }).data
    }),
    backfill: async () => (await call(data(z.nullable(backfillShape)), `${BASE}/backfill`)).data,
    steer: async (steering) => (await call(data(z.nullable(backfillShape)), `${BASE}/backfill`, post(steering))).data,
    conflicts: async (page) => {
      const { data: rows, meta } = await call(list(conflictShape), `${BASE}/conflicts?resolved=false&${paged(page)}`)
      return { total: meta.total, rows }
    },
    decide: async (id, decision) =>
      (await call(data(conflictShape), `${BASE}/conflicts/${encodeURIComponent(id)}`, post(decision))).data,
    quarantine: async (page) => {
      const { data: rows, meta } = await call(list(quarantinedShape), `${BASE}/quarantine?${paged(page)}`)
      return { total: meta.total, rows }
    },
    release: async (release) => {
      const body =
        release.action === "retry_all" ? release : { action: release.action, entity: release.entity, item: release.id }
      await call(z.unknown(), `${BASE}/quarantine`, post(body))
    },
  }
}
