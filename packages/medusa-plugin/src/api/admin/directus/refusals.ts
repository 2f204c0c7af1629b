import { STATUS, type SyncError } from "medusa-directus-core/host"

/** By its shape: a workflow hands on what its steps throw as plain objects (2.21). */
const isSyncError = (error: unknown): error is SyncError =>
  typeof error === "object" && error !== null && (error as { name?: unknown }).name === "SyncError"

/**
 * Runs a route's work. What the engine refuses is answered with its own status and words: Medusa's error handler takes them
 * from an error of the http-errors form (2.21), and puts a sentence of its own in place of every other 409.
 */
export async function answering<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const known = isSyncError(error) ? STATUS[error.code] : undefined
    if (!isSyncError(error) || known === undefined || error.code === "internal") throw error
    // 5xx asks a peer to come again, and Medusa hides its words from people.
    const status = known < 500 ? known : 409
    throw Object.assign(new Error(error.message, { cause: error }), { expose: true, status, statusCode: status })
  }
}
