import { STATUS, SyncError } from "medusa-directus-core"

/**
 * Runs a route's work. What the engine refuses is answered with its own status and words: Medusa's error handler takes them
 * from an error of the http-errors form (2.21), and puts a sentence of its own in place of every other 409.
 */
export async function answering<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const status = error instanceof SyncError ? STATUS[error.code] : undefined
    if (!(error instanceof SyncError) || status === undefined) throw error
    throw Object.assign(new Error(error.message, { cause: error }), { expose: true, status, statusCode: status })
  }
}
