import { notUnique, refusedValue, SyncError } from "medusa-directus-core/host"

interface DirectusError {
  code: string
  extensions: { field?: unknown; type?: unknown }
}

/** By its shape: the host's classes are not the bundle's. */
const isDirectusError = (error: unknown): error is DirectusError =>
  error instanceof Error && error.name === "DirectusError" && typeof (error as { code?: unknown }).code === "string"

const textOf = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null)

/** PostgreSQL's class 22 (data exceptions), 23 (constraints) and 54 (too large): the value is at fault, not the moment. */
const isRefusedValue = (code: unknown): boolean =>
  typeof code === "string" &&
  (/^(?:22|23|54)/.test(code) || code === "SQLITE_CONSTRAINT" || code === "SQLITE_TOOBIG" || code === "SQLITE_MISMATCH")

/** Codes by which Directus, or a hook of somebody else, says that it does not take this change. */
const REASONS: Record<string, string> = {
  FAILED_VALIDATION: "does not pass a validation rule",
  VALUE_TOO_LONG: "is longer than the field allows",
  VALUE_OUT_OF_RANGE: "is out of the range of the field",
  NOT_NULL_VIOLATION: "must have a value",
  CONTAINS_NULL_VALUES: "must have a value",
  INVALID_FOREIGN_KEY: "names an item that does not exist",
  INVALID_PAYLOAD: "was refused by Directus or by a hook",
  FORBIDDEN: "was refused by Directus or by a hook",
  COLLECTION_INACTIVE: "is in a collection that the licence has switched off",
  RESOURCE_RESTRICTED: "is in a project that is over the limits of its licence",
}

export interface Refusal {
  error: SyncError
  /** The field whose value somebody else has. */
  takenField: string | null
}

/** What the host said no to, without values: Directus puts them into its own messages. `null` when it is no refusal. */
export function readRefusal(collection: string, error: unknown): Refusal | null {
  const first: unknown = Array.isArray(error) ? error[0] : error
  if (isDirectusError(first)) {
    const field = textOf(first.extensions?.field)
    const name = field ? `${collection}.${field}` : `The item of ${collection}`
    if (first.code === "RECORD_NOT_UNIQUE") {
      return {
        takenField: field,
        error: notUnique(name, `another item of ${collection}`, first),
      }
    }
    const rule = textOf(first.extensions?.type)
    const reason = REASONS[first.code] ?? "was refused"
    const says = `${reason} in Directus (${first.code}${rule ? `: ${rule}` : ""}). Change the value, or the rule in Directus.`
    return {
      takenField: null,
      error: field
        ? refusedValue(name, `It ${says}`, first)
        : new SyncError("rejected_by_host", `${name} ${says}`, { cause: first }),
    }
  }
  if (!(first instanceof Error) || first.name === "KnexTimeoutError") return null
  const { code } = first as { code?: unknown }
  if (isRefusedValue(code)) {
    return {
      takenField: null,
      error: new SyncError(
        "rejected_by_host",
        `A value of the item cannot be stored in ${collection} (${String(code)}). Change the value, or the field in Directus.`,
        { cause: first },
      ),
    }
  }
  // With a code it comes from the database or the system: not a matter of this item.
  if (code !== undefined) return null
  return {
    takenField: null,
    error: new SyncError(
      "rejected_by_host",
      `The item of ${collection} was refused by a hook of Directus (${first.name}${placeOf(first)}).`,
      { cause: first },
    ),
  }
}

/** Where a hook threw, e.g. ` at my-extension/dist/index.js:10:5`; its text may hold values. */
function placeOf(error: Error): string {
  const place = /[/\\]extensions[/\\]([^\s)]+)/.exec(error.stack ?? "")?.[1]
  return place ? ` at ${place.replace(/\?t=\d+/, "")}` : ""
}
