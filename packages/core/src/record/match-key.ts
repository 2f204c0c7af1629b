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

/** What divides a key's text: an id may hold it, a field's name holds none of it. */
const encoded = (id: string): string => id.replace(/[%/=]/g, encodeURIComponent)

/** How a link stores the key under which it was announced; `""` when the record had none. */
export const keyText = (key: MatchKey | null): string =>
  key ? `${key.within === undefined ? "" : `${encoded(key.within)}/`}${key.field}=${key.value}` : ""

const KEY_TEXT = /^(?:(?<within>[^=]*)\/)?(?<field>[\w.-]+)=(?<value>.*)$/s

const decoded = (id: string): string => id.replace(/%(?:25|2F|3D)/g, decodeURIComponent)

export function keyFromText(text: string): MatchKey | null {
  const groups = KEY_TEXT.exec(text)?.groups
  if (!groups) return null
  const { within, field = "", value = "" } = groups
  return within === undefined ? { field, value } : { field, value, within: decoded(within) }
}
