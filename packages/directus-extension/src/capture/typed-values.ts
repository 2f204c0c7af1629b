import type { EntityDefinition, FieldDefinition } from "medusa-directus-core/host"

/** Why a value cannot be one of the shop's. */
export type Fault =
  | { code: "empty" }
  | { code: "no_price" }
  | { code: "no_amount" | "no_currency" | "currency_twice" | "no_address"; value: string }

/** What is saved of a value that somebody has typed, or why it is not. */
export type Typed = { value: unknown } | { fault: Fault }

/** A text without which nobody could find the record. */
const NAMES: Readonly<Record<string, string>> = {
  product: "title",
  category: "name",
  collection: "title",
  type: "value",
  tag: "value",
}
/** Medusa makes one itself, or does without; two records may not share an empty one. */
const MAY_BE_NONE: ReadonlySet<string> = new Set(["handle", "sku", "barcode", "ean", "upc", "thumbnail", "type", "url"])
/** Lists of words, which are the same words whatever stands around them. */
const WORDS: ReadonlySet<string> = new Set(["tags", "images"])

const AMOUNT = /^\d{1,30}(\.\d{1,20})?$/
const CURRENCY = /^[a-z]{3}$/

/**
 * Pure: what a field of a kind of Medusa's takes of a value that was typed in Directus. Spaces around a name of a tag or a type
 * are none of its own, and a key that is blank is none.
 *
 * @param isNew - the item is being made.
 */
export function typedValue(entity: EntityDefinition, field: FieldDefinition, value: unknown, isNew: boolean): Typed {
  if (entity.source !== undefined) return { value }
  if (field.list === "prices") return typedPrices(field, value)
  if (WORDS.has(field.medusa ?? "") && Array.isArray(value)) return { value: trimmedWords(value) }
  // Directus's list leaves out rows whose archive mark is null.
  if (field.medusa === null && field.type === "boolean") return { value: value ?? false }
  return typeof value === "string" && field.type === "text" ? typedText(entity, field, value, isNew) : { value }
}

function typedText({ name: kind }: EntityDefinition, field: FieldDefinition, text: string, isNew: boolean): Typed {
  const trimmed = text.trim()
  const isName = NAMES[kind] === field.name
  const isKey = MAY_BE_NONE.has(field.medusa ?? "") || (kind === "variant" && field.name === "title")
  if (trimmed === "" && (isName || (field.medusa === "handle" && !isNew))) return { fault: { code: "empty" } }
  if (trimmed === "" && isKey) return { value: null }
  if (field.file !== undefined)
    return isAddress(trimmed) ? { value: trimmed } : { fault: { code: "no_address", value: text } }
  const isLabel = field.medusa === "type" || ((kind === "type" || kind === "tag") && isName)
  return { value: isLabel ? trimmed : text }
}

/** A browser fetches it, from the shop itself where it begins with a slash. */
const isAddress = (text: string): boolean =>
  /^(https?:\/\/|\/)\S/i.test(text) && URL.canParse(text, "https://shop.invalid")

const trimmedWords = (words: unknown[]): unknown[] => [
  ...new Set(words.map((word) => (typeof word === "string" ? word.trim() : word)).filter((word) => word !== "")),
]

function typedPrices({ codec }: FieldDefinition, value: unknown): Typed {
  const prices = codec.decode(value)
  if (prices === null) return { value }
  if (!Array.isArray(prices)) return { fault: { code: "no_price" } }
  const currencies = new Set<string>()
  for (const price of prices) {
    const { amount, currency_code: currency } = (price ?? {}) as { amount?: unknown; currency_code?: unknown }
    if (typeof amount !== "string" || typeof currency !== "string") return { fault: { code: "no_price" } }
    if (!AMOUNT.test(amount)) return { fault: { code: "no_amount", value: amount } }
    if (!CURRENCY.test(currency)) return { fault: { code: "no_currency", value: currency } }
    if (currencies.has(currency)) return { fault: { code: "currency_twice", value: currency } }
    currencies.add(currency)
  }
  return { value }
}
