import { canonicalDecimal, SyncError } from "medusa-directus-core/host"
import type { KindTools } from "../record-kind"
import { query } from "../../database/sql"

export interface GivenPrice {
  currency_code: string
  /** A decimal as text: nothing is lost on the way. */
  amount: string
}

const DECIMAL = /^\d{1,30}(\.\d{1,20})?$/
/** Digits that Medusa keeps of a price (BigNumber.DEFAULT_PRECISION, 2.21): more would be rounded without a word. */
const DIGITS = 20

/** Digit by digit: two amounts beyond a double are one number to JavaScript. */
export const isSameAmount = (one: string, other: string | null): boolean =>
  canonicalDecimal(one) === canonicalDecimal(other)

const digitsOf = (amount: string): number =>
  String(canonicalDecimal(amount))
    .replace(".", "")
    .replace(/^0+|0+$/g, "").length

const refused = (text: string): SyncError => new SyncError("rejected_by_host", text)

/** @throws SyncError `rejected_by_host` when it is no list of `{ currency_code, amount }` with each currency once. */
export function parsePrices(value: unknown): GivenPrice[] {
  if (value === null || value === undefined) return []
  const malformed = refused(
    'prices: Medusa needs a list of { "currency_code": "eur", "amount": "10.50" }, each currency once. Correct it.',
  )
  if (!Array.isArray(value)) throw malformed
  const prices = value.map((price: unknown): GivenPrice => {
    const { currency_code: code, amount } = (price ?? {}) as { currency_code?: unknown; amount?: unknown }
    const text = typeof amount === "number" ? String(amount) : amount
    if (typeof code !== "string" || typeof text !== "string" || !DECIMAL.test(text)) throw malformed
    return { currency_code: code.toLowerCase(), amount: text }
  })
  if (new Set(prices.map((price) => price.currency_code)).size < prices.length) throw malformed
  if (prices.some(({ amount }) => digitsOf(amount) > DIGITS))
    throw refused(`prices: Medusa keeps ${String(DIGITS)} digits of an amount. Give it no more than that.`)
  return prices
}

/**
 * Medusa's pricing takes any word for a currency; a price in one that does not exist could never be paid.
 *
 * @throws SyncError `rejected_by_host`.
 */
export async function checkCurrencies({ sql }: Pick<KindTools, "sql">, prices: GivenPrice[]): Promise<void> {
  const wanted = [...new Set(prices.map((price) => price.currency_code))]
  if (wanted.length === 0) return
  const known = await query(sql, "select code from currency where code = any(?) and deleted_at is null", [wanted])
  if (known.length < wanted.length)
    throw refused(
      'prices: Medusa does not know a "currency_code". Use codes of ISO 4217 such as "eur", and correct it.',
    )
}
