import { canonicalJson, isObject, type CanonicalValue } from "./value.ts"

/**
 * A codec removes representation noise and nothing else: it must not trim, sanitise, fold case or slugify, and it must
 * accept whatever a host returns without throwing.
 */
export interface Codec {
  readonly type:
    "text" | "decimal" | "integer" | "boolean" | "date" | "json" | "set" | "map" | "reference" | "references"
  /** From what the host returns to the canonical value. */
  decode(raw: unknown): CanonicalValue
  /** From a canonical value to what the host's own API takes. */
  encode(value: CanonicalValue): unknown
}

const asText = (raw: unknown): string => (typeof raw === "string" ? raw : canonicalJson(asJson(raw)))

function asJson(raw: unknown): CanonicalValue {
  if (typeof raw === "bigint") return raw.toString()
  const text = JSON.stringify(raw) as string | undefined
  return text === undefined ? null : (JSON.parse(text) as CanonicalValue)
}

/**
 * Without the zeros at its end. By a loop: `/0+$/` begins anew at each zero of a run that does not end there, which makes
 * hours of a text of a million.
 */
function withoutZeros(digits: string): string {
  let end = digits.length
  while (digits[end - 1] === "0") end--
  return digits.slice(0, end)
}

const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/

/** `"1.50"`, `1.5` and `15e-1` are one decimal: `"1.5"`. What is no number is kept as text. */
export function canonicalDecimal(raw: unknown): CanonicalValue {
  const text = typeof raw === "number" || typeof raw === "bigint" ? String(raw) : asText(raw)
  const match = NUMBER.exec(text.trim())
  if (!match || !((match[2] ?? "") + (match[3] ?? ""))) return text
  const whole = match[2] ?? ""
  const fraction = match[3] ?? ""
  const point = whole.length + Number(match[4] ?? 0)
  const digits = whole + fraction
  const padded = point <= 0 ? "0".repeat(1 - point) + digits : digits.padEnd(point, "0")
  const at = Math.max(point, 1)
  const left = padded.slice(0, at).replace(/^0+(?=\d)/, "")
  const right = withoutZeros(padded.slice(at))
  const magnitude = right ? `${left}.${right}` : left
  return match[1] === "-" && magnitude !== "0" ? `-${magnitude}` : magnitude
}

const nullable = (decode: (raw: unknown) => CanonicalValue) => (raw: unknown) =>
  raw === null || raw === undefined ? null : decode(raw)

const plain = (value: CanonicalValue): unknown => value

export const text: Codec = { type: "text", decode: nullable(asText), encode: plain }

export const decimal: Codec = {
  type: "decimal",
  decode: nullable(canonicalDecimal),
  // As a number only what survives being one: neither "" nor more digits than a double has.
  encode: (value) => (canonicalDecimal(Number(value)) === value ? Number(value) : value),
}

export const integer: Codec = { ...decimal, type: "integer" }

export const boolean: Codec = {
  type: "boolean",
  decode: nullable((raw) => {
    if (typeof raw === "boolean") return raw
    if (raw === 1 || raw === "1" || raw === "true") return true
    if (raw === 0 || raw === "0" || raw === "false") return false
    return asText(raw)
  }),
  encode: plain,
}

const DAY = String.raw`(?:\d{4}|[+-]\d{6})-\d{2}-\d{2}`
const TIME = String.raw`\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?`
const ISO = new RegExp(`^(${DAY})(?:[T ](${TIME}) ?(Z|[+-]\\d{2}(?::?\\d{2})?)?)?$`, "i")

/** `+0100` and `+01` are `+01:00`; a time without a zone is one of Greenwich, whatever the zone of the process is. */
const zoneOf = (zone = "Z"): string =>
  zone.toUpperCase() === "Z" ? "Z" : `${zone.slice(0, 3)}:${zone.slice(3).replace(":", "") || "00"}`

/**
 * ISO forms, and nothing that merely looks like a date: "Size 12" is text. A day without a time is midnight in Greenwich, so
 * that it is the same day on every host.
 */
function canonicalDate(raw: unknown): CanonicalValue {
  if (typeof raw === "number") return isoOf(new Date(raw)) ?? String(raw)
  if (raw instanceof Date) return isoOf(raw) ?? asText(raw)
  const text = asText(raw)
  const [, day, time, zone] = ISO.exec(text.trim()) ?? []
  if (day === undefined) return text
  return isoOf(new Date(time === undefined ? `${day}T00:00Z` : `${day}T${time}${zoneOf(zone)}`)) ?? text
}

const isoOf = (at: Date): string | null => (Number.isNaN(at.getTime()) ? null : at.toISOString())

export const date: Codec = { type: "date", decode: nullable(canonicalDate), encode: plain }

export const json: Codec = { type: "json", decode: asJson, encode: plain }

/** Members are text, sorted and unique; the document holds each member as a field of its own (see members). */
export const set: Codec = {
  type: "set",
  decode: (raw) => {
    const list = Array.isArray(raw) ? raw : raw === null || raw === undefined ? [] : [raw]
    return [...new Set(list.map(asText))].sort()
  },
  encode: plain,
}

/** Text by text; a host may also keep it as a list of `{ name, value }`. Each key is a field of its own in the document. */
export const map: Codec = {
  type: "map",
  decode: (raw) => {
    const pairs = Array.isArray(raw)
      ? raw.filter(isObject).map(({ name, value }): [unknown, unknown] => [name, value])
      : Object.entries(isObject(raw) ? raw : {})
    const given = pairs.filter(([key, value]) => typeof key === "string" && key !== "" && (value ?? null) !== null)
    return Object.fromEntries(given.map(([key, value]): [string, CanonicalValue] => [String(key), asText(value)]))
  },
  encode: plain,
}

/** The id of another record of the same host; messages carry the sender's ids, and the receiver puts its own in. */
export const reference: Codec = { ...text, type: "reference" }

export const references: Codec = { ...set, type: "references" }

export const codecs = { text, decimal, integer, boolean, date, json, set, map, reference, references } as const
export type CodecType = keyof typeof codecs
