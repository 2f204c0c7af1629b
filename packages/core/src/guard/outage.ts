import type { Scope } from "../errors.ts"

/**
 * PostgreSQL's classes of what has nothing to do with a statement: connections, resources, operators, the system and its files,
 * and logins; and a database that takes no writes or is not there.
 */
const DOWN = /^(?:08|28|3D|53|57P|58|F0|XX)|^25006$/
/** A table, a column or a right is missing: all records of a kind fail in the same way. */
const MISSING = /^(?:42|3F)/
const SQLITE_DOWN = /^SQLITE_(?:READONLY|FULL|IOERR|CANTOPEN|CORRUPT|NOTADB|NOMEM|PERM|AUTH|PROTOCOL|MISUSE)/
const SQLITE_MISSING = /no such (?:table|column)|has no column named/
/** What pg says when the server has gone in the middle of a statement. */
const CUT_OFF = /^Connection (?:terminated|ended)|connection error and is not queryable/

/** How far an error of a database reaches, by what it or an error below it says. */
export function outageOf(error: unknown): Scope {
  for (let at = error, depth = 0; typeof at === "object" && at !== null && depth < 5; depth++) {
    const { name, message, code, cause, previous, isAxiosError } = at as Partial<Record<string, unknown>>
    const text = typeof message === "string" ? message : ""
    const scope = typeof code === "string" && isAxiosError !== true ? scopeOfCode(code, text) : "record"
    if (name === "KnexTimeoutError" || CUT_OFF.test(text)) return "message"
    if (scope !== "record") return scope
    at = cause ?? previous
  }
  return "record"
}

function scopeOfCode(code: string, text: string): Scope {
  if (/^(?:ECONNRESET|EPIPE)$/.test(code) || SQLITE_DOWN.test(code)) return "message"
  if (code === "SQLITE_ERROR") return SQLITE_MISSING.test(text) ? "kind" : "record"
  if (!/^[0-9A-Z]{5}$/.test(code)) return "record"
  return DOWN.test(code) ? "message" : MISSING.test(code) ? "kind" : "record"
}
