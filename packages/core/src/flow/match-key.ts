import type { Document } from "../document/value.ts"
import type { EntityDefinition } from "../mapping/entity.ts"
import type { MatchKey } from "../ports.ts"

/** The first match key that has a value. */
export function matchKeyOf(entity: EntityDefinition, document: Document): MatchKey | null {
  for (const { field, within } of entity.matchKeys) {
    const value = document[field]
    if (typeof value !== "string" || value === "") continue
    if (within === null) return { field, value }
    const parent = document[within]
    if (typeof parent === "string") return { field, value, within: parent }
  }
  return null
}

/** How a link stores the key under which it was announced; `""` when the record had none. */
export const keyText = (key: MatchKey | null): string =>
  key ? `${key.within === undefined ? "" : `${key.within}/`}${key.field}=${key.value}` : ""

const KEY_TEXT = /^(?:(?<within>[^=]*)\/)?(?<field>[\w-]+)=(?<value>.*)$/s

export function keyFromText(text: string): MatchKey | null {
  const groups = KEY_TEXT.exec(text)?.groups
  if (!groups) return null
  const { within, field = "", value = "" } = groups
  return within === undefined ? { field, value } : { field, value, within }
}
