/** Which host a value, a link or a message belongs to. */
export type Side = "medusa" | "directus"

/** As people write it. */
export const hostName = (side: Side): string => (side === "medusa" ? "Medusa" : "Directus")

export const otherSide = (side: Side): Side => (side === "medusa" ? "directus" : "medusa")

/** What a field holds in its canonical form. Decimals are strings, dates are UTC ISO strings. */
export type CanonicalValue = null | boolean | number | string | CanonicalValue[] | { [key: string]: CanonicalValue }

/** A record in canonical form: field name → value. A missing name means `null`. */
export type Document = Record<string, CanonicalValue>

/** What is left to be written of an object or a list. */
interface Open {
  of: CanonicalValue[] | Record<string, CanonicalValue>
  /** Sorted; `null` of a list. */
  keys: string[] | null
  next: number
}

const opened = (of: Open["of"]): Open => ({ of, keys: Array.isArray(of) ? null : Object.keys(of).sort(), next: 0 })

/**
 * JSON with sorted keys and no white space, so that equal values give equal text on every host. By a stack of its own: each
 * level of a recursion would copy what the levels below it have written, and a few thousand would end the program's.
 */
export function canonicalJson(value: CanonicalValue): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value)
  let text = Array.isArray(value) ? "[" : "{"
  const around = [opened(value)]
  for (let at = around.at(-1); at; at = around.at(-1)) {
    const { of, keys, next } = at
    if (next === (keys ?? (of as CanonicalValue[])).length) {
      text += keys ? "}" : "]"
      around.pop()
      continue
    }
    at.next++
    if (next > 0) text += ","
    const key = keys?.[next]
    if (key !== undefined) text += `${JSON.stringify(key)}:`
    const inner = (of as Record<string | number, CanonicalValue>)[key ?? next] ?? null
    if (inner === null || typeof inner !== "object") text += JSON.stringify(inner)
    else {
      text += Array.isArray(inner) ? "[" : "{"
      around.push(opened(inner))
    }
  }
  return text
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
