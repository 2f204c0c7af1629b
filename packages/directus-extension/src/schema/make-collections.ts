import type { MutationOptions, SchemaOverview } from "@directus/types"
import { SyncError, type Logger } from "medusa-directus-core/host"
import { addMade } from "../ports/control-store"
import { SYSTEM, type HostContext } from "../host-context"
import { countCollections } from "./licence-room"
import type { PlannedCollection } from "./plan"

type RawCollection = Parameters<InstanceType<HostContext["services"]["CollectionsService"]>["createOne"]>[0]

/** Inside one transaction nothing may ask for a second connection, of which SQLite has none: no events, no caches. */
const QUIETLY: MutationOptions = {
  autoPurgeCache: false,
  autoPurgeSystemCache: false,
  emitEvents: false,
  bypassEmitAction: () => undefined,
}

/**
 * Makes collections in one transaction: all or none. So the licence needs no question beforehand, which an extension
 * cannot ask (12.4): Directus itself counts each one, and says no to the first that is too many.
 */
export async function makeCollections(
  context: HostContext,
  schema: SchemaOverview,
  planned: readonly PlannedCollection[],
  log: Logger,
): Promise<void> {
  const names = planned.map(({ collection }) => collection)
  const made: string[] = []
  try {
    await context.database.transaction(async (trx) => {
      const service = new context.services.CollectionsService({ knex: trx, schema, accountability: SYSTEM })
      for (const { collection, meta, fields } of planned) {
        await service.createOne({ collection, schema: {}, meta, fields } as unknown as RawCollection, QUIETLY)
        made.push(collection)
      }
      await addMade(trx, names)
    })
    log.info(`Made the collections ${names.join(", ")}.`)
  } catch (error) {
    // Another instance on a database without advisory locks was quicker.
    const now = await context.getSchema({ bypassCache: true })
    if (names.every((name) => now.collections[name])) return
    throw await reason(context, now, names, made, error)
  } finally {
    await new context.services.UtilsService({ schema, accountability: SYSTEM }).clearCache({ system: true })
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && typeof (error as { code?: unknown }).code === "string"
    ? (error as unknown as { code: string }).code
    : "unknown"

async function reason(
  context: HostContext,
  schema: SchemaOverview,
  names: string[],
  made: string[],
  error: unknown,
): Promise<SyncError> {
  if (codeOf(error) === "LIMIT_EXCEEDED") {
    const there = await countCollections(context, schema)
    const limit = there + made.length
    return new SyncError(
      "rejected_by_host",
      `The licence of Directus has no room: ${names.length} collections are needed (${names.join(", ")}), ${there} of ${limit} are in use. None was made. Deactivate or delete ${there + names.length - limit}, or use collections of yours (MEDUSA_SYNC_MAPPING=json:{"image":{"collection":"<yours>"}}), or leave kinds or translations out (MEDUSA_SYNC_MAPPING=json:{"image":false,"collection":false}). Give Medusa the same mapping.`,
    )
  }
  const next = names[made.length] ?? names.join(", ")
  return new SyncError(
    "rejected_by_host",
    `The collection ${next} could not be made (${codeOf(error)}), so none was. A folder of that name, or missing rights on the database? Name another one in MEDUSA_SYNC_MAPPING.`,
    { cause: error },
  )
}
