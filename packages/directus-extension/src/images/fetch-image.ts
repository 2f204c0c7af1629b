import { retryDelay, withDeadline } from "medusa-directus-core/host"
import { keepImage, refuseImage, renewImage, retryImage, type LeasedImage } from "./image-store"
import { cleanError } from "../database/database-error"
import { SYSTEM } from "../host-context"
import { isDenied } from "./denied-address"
import { imageFolder } from "./image-folder"
import { imageTitle } from "./image-title"
import { importFile, type FileImporter } from "./import-file"
import { inMegabytes, longestFile } from "./longest-file"
import type { ImportParts } from "./parts"

/** What one picture may take, in milliseconds: the others wait meanwhile. */
const LONGEST = 60_000
/** Shorter than the lease. */
const RENEW = 5_000
/** Over about a day. */
const TRIES = 9

/**
 * Brings one picture into Directus's files by Directus's own import, with its deny list and its rules for types. What
 * cannot be fetched now is tried again later; what never can is refused.
 *
 * @param stopped - aborted when this process takes no more work: the picture is then left to the next one.
 */
export async function fetchImage(
  parts: ImportParts,
  owner: string,
  image: LeasedImage,
  stopped: AbortSignal,
): Promise<void> {
  const { context, dialect } = parts
  const { database, services } = context
  const schema = await context.getSchema()
  const options = { schema, accountability: SYSTEM }
  const renewal = setInterval(
    () => void renewImage(database, owner, image, Date.now()).catch(() => undefined),
    RENEW,
  ).unref()
  try {
    const title = await imageTitle(await parts.reader(), image)
    const body = { id: image.file, folder: await imageFolder(context), ...(title === null ? {} : { title }) }
    const files = new services.FilesService({ ...options, knex: database }) as unknown as FileImporter
    const longest = longestFile(context.env["FILES_MAX_UPLOAD_SIZE"])
    const sha256 = await withDeadline(LONGEST, stopped, (signal) =>
      importFile(files, image.address, body, { longest, signal }),
    )
    await database.transaction((trx) =>
      keepImage(trx, dialect, owner, image, sha256, async () => {
        await new services.FilesService({ ...options, knex: trx }).deleteOne(image.file)
      }),
    )
  } catch (error) {
    if (stopped.aborted) return
    const reason = await refusalOf(parts, image, error)
    if (reason !== null) await refuseImage(database, owner, image, reason)
    else await retryImage(database, owner, image, Date.now() + retryDelay(image.attempts + 1, Math.random()))
  } finally {
    clearInterval(renewal)
  }
}

const isLate = (error: unknown): boolean => error instanceof Error && error.name === "TimeoutError"

/** @returns why the picture cannot be had, and what to do; `null` when a later try may succeed. */
async function refusalOf({ context, log }: ImportParts, image: LeasedImage, error: unknown): Promise<string | null> {
  const { code } = (Array.isArray(error) ? error[0] : error) as { code?: unknown }
  if (code === "CONTENT_TOO_LARGE")
    return `The picture is larger than ${inMegabytes(longestFile(context.env["FILES_MAX_UPLOAD_SIZE"]))}, and no larger one is copied. Put a smaller one there, or set FILES_MAX_UPLOAD_SIZE in Directus and restart it; until then the item shows the picture by its address.`
  if (code === "INVALID_PAYLOAD")
    return "What lies at the address is no picture, or one that Directus does not take (FILES_MIME_TYPE_ALLOW_LIST). Put a picture there, or give the item another one."
  if (code === "SERVICE_UNAVAILABLE" && (await isDenied(image.address, context.env["IMPORT_IP_DENY_LIST"])))
    return "Directus imports nothing from the server that holds the picture: IMPORT_IP_DENY_LIST names it (as it stands, all addresses of Directus's own machine). If pictures may come from there, take it off that list and restart Directus; until then the item shows the picture by its address."
  if (image.attempts + 1 >= TRIES)
    return `The picture could not be fetched in ${String(TRIES)} tries; Directus's log says why. It is tried again when Directus starts, or when Medusa names another one.`
  if (code !== "SERVICE_UNAVAILABLE" && !isLate(error))
    log.warn(`A picture could not be imported and is tried again later: ${cleanError(error).message}`)
  return null
}
