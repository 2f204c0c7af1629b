import { outage, outageOf, SyncError } from "medusa-directus-core/host"

interface DatabaseError extends Error {
  code: string
  table?: string
  column?: string
  constraint?: string
}

const isDatabaseError = (error: unknown): error is DatabaseError =>
  error instanceof Error && typeof (error as { code?: unknown }).code === "string"

export const isUniqueViolation = (error: unknown): boolean =>
  isDatabaseError(error) &&
  (error.code === "23505" || (error.code === "SQLITE_CONSTRAINT" && error.message.includes("UNIQUE")))

/** The transaction was the victim of a deadlock: the same work may run again at once. */
export const isDeadlock = (error: unknown): boolean =>
  isDatabaseError(error) && ["40P01", "40001", "SQLITE_BUSY"].includes(error.code)

/** Lock timeout, a transaction that idled too long: try again later. */
const isBusy = (error: unknown): boolean =>
  isDeadlock(error) || (isDatabaseError(error) && ["55P03", "57014"].includes(error.code))

/** The database, or its timeout for idle transactions, ended the connection. */
export const isConnectionLost = (error: unknown): boolean =>
  error instanceof Error &&
  (/^Connection (terminated|ended)|connection error and is not queryable/.test(error.message) ||
    (isDatabaseError(error) && error.code === "25P03"))

/** Names what failed without the statement and its values, which knex puts into the message. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return "unknown error"
  // A mistake in code names code.
  if (error instanceof TypeError || error instanceof ReferenceError) return `${error.name}: ${error.message}`
  if (!isDatabaseError(error)) return error.name
  // Class 42 is about names: its text holds no value. knex puts the statement before " - ".
  if (error.code.startsWith("42")) return `${error.code}: ${error.message.split(" - ").at(-1) ?? ""}`
  const place = [error.table, error.column, error.constraint].filter(Boolean).join(" ")
  return `${error.code}${place ? ` (${place})` : ""}`
}

/**
 * What leaves the host's adapters: a SyncError, or an error that may be logged. Its code says what failed and its stack
 * where; the original is its cause.
 */
export function cleanError(error: unknown): Error {
  if (error instanceof SyncError) return error
  const what = describe(error)
  const scope = outageOf(error)
  if (scope !== "record") return outage(`Directus's database cannot be used for this now: ${what}.`, scope, error)
  if (isBusy(error)) {
    return new SyncError("concurrent_write", `The database is busy: ${what}.`, { retryable: true, cause: error })
  }
  const clean = Object.assign(new Error(what, { cause: error }), { code: what })
  if (error instanceof Error) {
    const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line))
    clean.name = error.name
    clean.stack = [`${error.name}: ${what}`, ...frames].join("\n")
  }
  return clean
}

/** Runs a piece of database work whose errors may be logged. */
export async function cleanly<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw cleanError(error)
  }
}
