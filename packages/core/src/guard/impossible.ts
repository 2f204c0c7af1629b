import { LIMITS } from "../wire/messages.ts"

/** What a person's program asks one of the sync's own routes for. */
export interface Asked {
  /** As it came, with its query. */
  url: string
  headers: Readonly<Record<string, string | string[] | undefined>>
  /** As the host has parsed it. */
  body: unknown
}

/** No database keeps a NUL in a text, and UTF-8 has no bytes for half a character. */
const IMPOSSIBLE = /[\0\p{Cs}]/u

/** No value of a record is nested deeper. */
const DEPTH = 64

/**
 * Why no host can have what is asked for, or the body is no JSON, for the person who asks; `null` when a route may look at it.
 * Databases answer such texts with errors of their own, which look like faults of the host.
 */
export function whyImpossible({ url, headers, body }: Asked): string | null {
  const address = decoded(url)
  if (address === null || IMPOSSIBLE.test(address))
    return "The address holds a NUL or half a character, or is no UTF-8. Write ids into it with encodeURIComponent."
  if (
    address
      .split("?", 1)[0]
      ?.split("/")
      .some((part) => part.length > LIMITS.idLength)
  )
    return `A part of the address is longer than ${String(LIMITS.idLength)} characters, and no id is.`
  if (hasBody(headers) && !/^application\/json\s*(;|$)/i.test(String(headers["content-type"])))
    return 'The body is no JSON. Send it with "content-type: application/json".'
  if (!isStorable(body))
    return `A text of the body holds a NUL or half a character, or the body is nested more than ${String(DEPTH)} times. No database keeps that.`
  return null
}

function decoded(url: string): string | null {
  try {
    return decodeURIComponent(url)
  } catch {
    return null
  }
}

/** A form of another site's needs no leave of the browser, and says other types than JSON does. */
const hasBody = (headers: Asked["headers"]): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0

/** Level by level: a body that is nested ten thousand times must not end the stack. */
function isStorable(value: unknown): boolean {
  let level = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEPTH || level.some((part) => typeof part === "string" && IMPOSSIBLE.test(part))) return false
    level = level.flatMap(partsOf)
  }
  return true
}

const partsOf = (value: unknown): unknown[] =>
  Array.isArray(value) ? value : typeof value === "object" && value !== null ? Object.entries(value).flat() : []
