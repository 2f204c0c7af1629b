type Translate = (key: string, options?: Record<string, unknown>) => string

const readable = (name: string): string => {
  const words = name.replace(/^metadata_/, "").replace(/_/g, " ")
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** What people call a field. A member of a set, map or translation follows its field: "Tags: summer". */
export function fieldName(name: string, t: Translate): string {
  const [field = name, member] = name.split("#", 2)
  if (field === "translations" && member) {
    const [locale = "", ...path] = member.split("/")
    return `${fieldName(path.join("/"), t)} (${locale})`
  }
  const label = t(`names.${field}`, { defaultValue: readable(field) })
  return member === undefined ? label : `${label}: ${member}`
}

/** One name for each field, however many of its members are among them. */
export const fieldNames = (names: string[], t: Translate): string =>
  [
    ...new Set(
      names.map((name) => fieldName(name.split("#")[0] === "translations" ? name : (name.split("#")[0] ?? name), t)),
    ),
  ].join(", ")
