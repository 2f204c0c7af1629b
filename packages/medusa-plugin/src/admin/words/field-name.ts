import { splitName } from "medusa-directus-core/names"

type Translate = (key: string, options?: Record<string, unknown>) => string

const readable = (name: string): string => {
  const words = name.replace(/^metadata_/, "").replace(/_/g, " ")
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** Titles and values of options have what divides a text's key encoded. */
const decoded = (part: string): string => part.replace(/%(?:25|2F)/g, decodeURIComponent)

function withMember(field: string, member: string | null, t: Translate): string {
  const label = t(`names.${field}`, { defaultValue: readable(field) })
  return member === null ? label : `${label}: ${member}`
}

/** What people call a field. A member of a set, map or translation follows its field: "Tags: summer". */
export function fieldName(name: string, t: Translate): string {
  const { field, member } = splitName(name)
  if (field === "translations" && member !== null) {
    const [locale = "", text = "", ...option] = member.split("/")
    return `${withMember(text, option.length === 0 ? null : option.map(decoded).join(" / "), t)} (${locale})`
  }
  return withMember(field, member, t)
}

/** One name for each field, however many of its members are among them. */
export const fieldNames = (names: string[], t: Translate): string =>
  [
    ...new Set(
      names.map((name) => {
        const { field } = splitName(name)
        return fieldName(field === "translations" ? name : field, t)
      }),
    ),
  ].join(", ")
