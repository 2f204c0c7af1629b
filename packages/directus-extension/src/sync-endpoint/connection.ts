import type { Response } from "express"
import { checkConnection, describeMapping, pauseByPerson, type MappedKind } from "medusa-directus-core/host"
import { z } from "zod"
import { storedKinds } from "../items/stored-kinds"
import type { HostContext } from "../host-context"
import type { DirectusRequest } from "./async-handler"
import { runningSync } from "./current-sync"
import { parseBody } from "./parse-body"
import { readStatus } from "./status"
import { whoAsks } from "./who-asks"

const pauseSchema = z.strictObject({ both: z.boolean().optional() })

/** POST /medusa-sync/check → `{ data: ConnectionCheck[] }`: greets Medusa now, and says what is right and what is not. */
export async function check(_req: DirectusRequest, res: Response): Promise<void> {
  const { ports } = await runningSync()
  res.json({ data: await checkConnection(ports) })
}

/** A kind of the mapping, with the fields that its collection has no place for. */
export type ShownKind = MappedKind & { leftOut: string[] }

/** GET /medusa-sync/mapping → `{ data: ShownKind[] }`: what travels, where it is kept, and whose it is. */
export const showMapping =
  ({ getSchema }: HostContext) =>
  async (_req: DirectusRequest, res: Response): Promise<void> => {
    const { ports } = await runningSync()
    const stored = storedKinds(await getSchema(), ports.config.entities)
    const data = describeMapping(ports.config).map((kind): ShownKind => {
      const places = stored.find(kind.kind)?.stored.fields
      const isLeftOut = (path: string | null): boolean => path !== null && places?.has(path) !== true
      return { ...kind, leftOut: kind.fields.filter(({ directus }) => isLeftOut(directus)).map(({ name }) => name) }
    })
    res.json({ data })
  }

/** POST /medusa-sync/pause: nothing is sent until a person resumes it; with `both`, nothing is taken either. */
export const pause =
  (context: HostContext) =>
  async (req: DirectusRequest, res: Response): Promise<void> => {
    const { ports } = await runningSync()
    const { both } = parseBody(pauseSchema, req.body, 'Send {} or {"both": true}')
    await pauseByPerson(ports, { both: both ?? false, by: await whoAsks(context, req) })
    res.json({ data: await readStatus(context) })
  }
