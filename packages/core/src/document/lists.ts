import { canonicalDecimal, json, type Codec } from "./codecs.ts"
import { isObject, type CanonicalValue } from "./value.ts"

/** A price as a person writes it, or `null` when it is none. */
function canonicalPrice(price: CanonicalValue): { amount: CanonicalValue; currency_code: string } | null {
  if (!isObject(price)) return null
  const { amount = null, currency_code: code } = price
  if (typeof code !== "string" || (typeof amount !== "string" && typeof amount !== "number")) return null
  return { amount: canonicalDecimal(amount), currency_code: code.trim().toLowerCase() }
}

/** An empty list is none. */
const list = (spelled: (values: CanonicalValue[]) => CanonicalValue[]): Codec => ({
  ...json,
  decode(raw) {
    const value = json.decode(raw)
    if (!Array.isArray(value)) return value
    return value.length === 0 ? null : spelled(value)
  },
})

/** JSON of which both hosts know what it lists, so that its spelling means nothing. What is no such list is kept as it is. */
export const lists = {
  /** Of `{ amount, currency_code }`: amounts are decimals, currencies in lower case and in their order. */
  prices: list((values) => {
    const prices = values.flatMap((price) => canonicalPrice(price) ?? [])
    if (prices.length < values.length) return values
    return prices.sort((a, b) => (a.currency_code < b.currency_code ? -1 : Number(a.currency_code > b.currency_code)))
  }),
  /** Of `{ title, values }`, in an order that counts. */
  options: list((values) => values),
} as const
