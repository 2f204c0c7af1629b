/** Which host a value, a link or a message belongs to. */
export type Side = "medusa" | "directus"

export const otherSide = (side: Side): Side => (side === "medusa" ? "directus" : "medusa")

/** What a field holds in its canonical form. Decimals are strings, dates are UTC ISO strings. */
export type CanonicalValue = null | boolean | number | string | CanonicalValue[] | { [key: string]: CanonicalValue }

/** A record in canonical form: field name → value. A missing name means `null`. */
export type Document = Record<string, CanonicalValue>

/** JSON with sorted keys and no white space, so that equal values give equal text on every host. */
export function canonicalJson(value: CanonicalValue): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`
  const keys = Object.keys(value).sort()
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`).join(",")}}`
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
