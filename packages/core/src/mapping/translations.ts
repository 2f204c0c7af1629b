import { z } from "zod"
import { SyncError } from "../errors.ts"
import { same } from "./kinds/fields.ts"
import type { FieldInput, Translates } from "./entity.ts"

/** One translated text. `locale` is Medusa's. */
export type TranslatedText =
  | { of: "field"; locale: string; field: string }
  | { of: "option"; locale: string; title: string }
  | { of: "value"; locale: string; title: string; value: string }

/** What Medusa can translate of each kind. */
const TRANSLATED: Readonly<Record<string, readonly string[]>> = {
  product: ["title", "subtitle", "description", "material"],
  variant: ["title", "material"],
  category: ["name", "description"],
  collection: ["title"],
}

const code = z.string().regex(/^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$/, 'use a locale such as "de-DE"')

export const translationsSchema = z.strictObject({
  /** Medusa's locale → the code of the language in Directus. */
  locales: z.record(code, code),
  /** The Directus collection of languages. */
  languages: z.string().default("languages"),
})

/**
 * The field that holds the translations of a kind; `null` when it has none.
 *
 * @param own - names of the kind's own fields.
 * @throws SyncError `invalid_mapping` when two locales would be one language, or there are none.
 */
export function translationsOf(
  kind: string,
  own: ReadonlySet<string>,
  { locales, languages }: z.output<typeof translationsSchema>,
): FieldInput | null {
  const codes = Object.values(locales)
  const twice = codes.find((language, i) => codes.indexOf(language) !== i)
  if (twice !== undefined || codes.length === 0)
    throw new SyncError(
      "invalid_mapping",
      `mapping.translations.locales: ${twice === undefined ? "names no locale" : `two locales are the language "${twice}"`}. Example: { "de-DE": "de" }`,
    )
  const fields = (TRANSLATED[kind] ?? []).filter((field) => own.has(field))
  const options = kind === "product" && own.has("options")
  if (fields.length === 0 && !options) return null
  return { ...same("map", "translations"), translates: { locales, fields, options, languages } }
}

const OPTIONS = "options"

/** Only what divides a key: percent-encoding letters would make six characters of one Cyrillic letter. */
const encoded = (part: string): string => part.replace(/[%/]/g, encodeURIComponent)

/** `de-DE/title`, `de-DE/options/Size` or `de-DE/options/Size/Small`; `%` and `/` in titles and values are encoded. */
export function textKey(text: TranslatedText): string {
  if (text.of === "field") return `${text.locale}/${text.field}`
  const parts = text.of === "option" ? [text.title] : [text.title, text.value]
  return [text.locale, OPTIONS, ...parts.map(encoded)].join("/")
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part)
  } catch {
    return null
  }
}

/** The inverse of {@link textKey}; `null` for what is no key, or none of a text that this field holds. */
export function parseTextKey(translates: Translates, key: string): TranslatedText | null {
  const [locale = "", field = "", ...rest] = key.split("/")
  if (!Object.hasOwn(translates.locales, locale)) return null
  if (rest.length === 0) return translates.fields.includes(field) ? { of: "field", locale, field } : null
  const [title, value = null] = rest.map(decoded)
  if (field !== OPTIONS || !translates.options || rest.length > 2 || typeof title !== "string") return null
  if (rest.length === 1) return { of: "option", locale, title }
  return value === null ? null : { of: "value", locale, title, value }
}
