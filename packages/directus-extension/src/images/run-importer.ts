import { randomUUID } from "node:crypto"
import { cleanError } from "../database/database-error"
import { leaseImage, nextImageDue, retryRefusedImages } from "./image-store"
import { fetchImage } from "./fetch-image"
import { findImages } from "./find-images"
import type { ImportParts } from "./parts"
import { placeImages } from "./place-images"

/** The loop that imports pictures, one at a time, besides everything else. */
export interface Importer {
  /** There may be something to import. */
  wake(): void
  stop(): Promise<void>
}

/**
 * Never throws: an error is logged and tried again at the next poll.
 *
 * @param poll - milliseconds between looks when nothing wakes it: another instance may have left something.
 */
export function runImporter(parts: ImportParts, poll: number): Importer {
  const { database } = parts.context
  const owner = randomUUID()
  const stopped = new AbortController()
  const isStopped = () => stopped.signal.aborted || parts.isReplaced()
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | null = null
  let again = false
  let hasLooked = false

  async function rounds(): Promise<void> {
    try {
      if (!hasLooked) {
        await retryRefusedImages(database, Date.now())
        await findImages(parts.reader, isStopped, Date.now)
        hasLooked = true
      }
      while (!isStopped()) {
        again = false
        await placeImages(parts, isStopped)
        const image = await database.transaction((trx) => leaseImage(trx, parts.dialect, owner, Date.now()))
        if (image) await fetchImage(parts, owner, image, stopped.signal)
        else if (!again) break
      }
      const due = isStopped() ? null : await nextImageDue(database)
      schedule(due === null ? poll : Math.min(poll, Math.max(due - Date.now(), 50)))
    } catch (error) {
      if (!isStopped()) parts.log.warn(`The import of pictures failed and goes on later: ${cleanError(error).message}`)
      schedule(poll)
    }
  }

  function schedule(delay: number): void {
    clearTimeout(timer)
    if (isStopped()) return
    timer = setTimeout(look, delay)
    timer.unref()
  }

  function look(): void {
    if (isStopped()) return
    if (running) {
      again = true
      return
    }
    clearTimeout(timer)
    running = rounds().finally(() => {
      running = null
      if (again) look()
    })
  }

  return {
    wake: look,
    async stop() {
      stopped.abort()
      clearTimeout(timer)
      await running
    },
  }
}
