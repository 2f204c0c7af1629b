import { ForbiddenError, isDirectusError } from "@directus/errors"
import type { Response } from "express"
import {
  fieldOf,
  otherSide,
  readNeeded,
  readStates,
  sendNow,
  type HostPorts,
  type RecordState,
  type RecordStateName,
} from "medusa-directus-core/host"
import { z } from "zod"
import { listConflicts } from "../ports/history-store"
import type { HostContext } from "../host-context"
import type { RunningSync } from "../running-sync"
import type { DirectusRequest } from "./async-handler"
import { currentSync, runningSync } from "./current-sync"
import { describeConflicts, type ShownConflict } from "./history"
import { medusaPage } from "./medusa-page"
import { name } from "./names"
import { parseQuery } from "./page"
import { parseBody } from "./parse-body"
import { readableItems } from "./readers-only"

/** What the item page shows. */
export type ItemState =
  | { running: false; reason: string | null }
  | (RecordState & {
      running: true
      kind: string
      /** The item that it waits for, and its page; `null` = none that this user may read. */
      needs: { title: string; state: RecordStateName; page: string } | null
      /** Its page in Medusa's Admin. */
      medusaPage: string | null
      /** Fields of Directus that Medusa keeps. */
      lockedFields: string[]
      /** Fields of Directus whose value lost in a conflict that is open in Medusa. */
      lostFields: string[]
      /** May this user decide and send? */
      isAdmin: boolean
      /** Open ones, the newest first; for administrators, since they hold values. */
      conflicts: ShownConflict[]
    })

/** What the list shows of one item. */
export type ListedState = Pick<RecordState, "state" | "cause">

const one = z.object({ collection: name, item: name })
const many = z.strictObject({
  collection: name,
  items: z.array(z.coerce.string().pipe(name)).max(500),
})
const MANY = 'Send {"collection": "products", "items": ["<id>"]} with up to 500 ids'

/** Conflicts of one item that its page shows. */
const SHOWN = 20

/** GET /medusa-sync/state?collection=products&item=<id> → `{ data: ItemState }`, for everybody who may read the item. */
export const showItemState =
  (context: HostContext) =>
  async (req: DirectusRequest, res: Response): Promise<void> => {
    const { collection, item } = parseQuery(one, req.query)
    const isAdmin = req.accountability?.admin === true
    const sync = await currentSync()
    if (sync.kind !== "running") {
      if (!req.accountability?.user) throw new ForbiddenError()
      res.json({ data: { running: false, reason: isAdmin ? sync.reason : null } satisfies ItemState })
      return
    }
    const { kind, items } = await readableItems(context, sync, req, collection, [item])
    if (items.length === 0) throw new ForbiddenError()
    const state = (await readStates(sync.ports, kind, items)).get(item)
    if (!state) throw new ForbiddenError()
    const data: ItemState = {
      running: true,
      ...state,
      kind,
      needs: state.cause === "record" ? await neededItem(context, sync, req, kind, state) : null,
      medusaPage: await medusaPage(sync, { kind, id: item, peerId: state.peerId }),
      lockedFields: lockedFields(sync.ports, kind),
      lostFields: lostFields(sync.ports, kind, state),
      isAdmin,
      conflicts: isAdmin ? await conflictsOf(context, sync.ports, kind, item) : [],
    }
    res.json({ data })
  }

/** POST /medusa-sync/states → `{ data: { [item]: ListedState } }`: of those items that the user may read. */
export const showStates =
  (context: HostContext) =>
  async (req: DirectusRequest, res: Response): Promise<void> => {
    const { collection, items } = parseBody(many, req.body, MANY)
    const sync = await runningSync()
    const readable = await readableItems(context, sync, req, collection, items)
    const states = await readStates(sync.ports, readable.kind, readable.items)
    const data = Object.fromEntries(
      [...states].map(([id, { state, cause }]): [string, ListedState] => [id, { state, cause }]),
    )
    res.json({ data })
  }

/** POST /medusa-sync/send → `{ data: { sent } }`: these items and their parts are sent as they are now. */
export const send =
  (context: HostContext) =>
  async (req: DirectusRequest, res: Response): Promise<void> => {
    const { collection, items } = parseBody(many, req.body, MANY)
    const sync = await runningSync()
    const { kind, items: found } = await readableItems(context, sync, req, collection, items)
    const records = found.map((localId) => ({ entity: kind, localId }))
    const sent = await sendNow(sync.ports, records, req.accountability?.user, true)
    sync.wake()
    res.json({ data: { sent } })
  }

async function neededItem(
  context: HostContext,
  sync: RunningSync,
  req: DirectusRequest,
  kind: string,
  state: RecordState,
): Promise<(ItemState & { running: true })["needs"]> {
  const needed = await readNeeded(sync.ports, kind, state)
  const collection = needed && sync.ports.config.entities.get(needed.entity)?.collection
  if (!needed || collection === undefined || collection === null) return null
  const { localId } = needed
  const { items } = await readableItems(context, sync, req, collection, [localId]).catch((error: unknown) => {
    if (isDirectusError(error, "FORBIDDEN")) return { items: [] }
    throw error
  })
  if (items.length === 0) return null
  const page = `/content/${collection}/${encodeURIComponent(localId)}`
  return { title: needed.title ?? localId, state: needed.state, page }
}

const lockedFields = ({ config, side }: HostPorts, kind: string): string[] =>
  [...(config.entities.get(kind)?.fields.values() ?? [])].flatMap(({ directus, owner }) =>
    directus !== null && owner === otherSide(side) ? [directus] : [],
  )

function lostFields({ config }: HostPorts, kind: string, { peer }: RecordState): string[] {
  const entity = config.entities.get(kind)
  if (typeof peer === "string" || !entity) return []
  return [...new Set(peer.lost.map((field) => fieldOf(entity, field)?.directus ?? field))]
}

async function conflictsOf(
  { database }: HostContext,
  ports: HostPorts,
  entity: string,
  localId: string,
): Promise<ShownConflict[]> {
  const { conflicts } = await listConflicts(database, { page: 1, limit: SHOWN }, { resolved: false, entity, localId })
  return describeConflicts(ports, conflicts)
}
