import type { Document } from "../document/value.ts"
import type { EntityDefinition } from "../mapping/entity.ts"
import type { MatchKey } from "../ports.ts"

/** The first match key that has a value. */
export function matchKeyOf(entity: EntityDefinition, document: Document): MatchKey | null {
  for (const field of entity.matchKeys) {
    const value = document[field]
    if (typeof value === "string" && value !== "") return { field, value }
  }
  return null
}

/** How a link stores the key under which it was announced; `""` when the record had none. */
export const keyText = (key: MatchKey | null): string => (key ? `${key.field}=${key.value}` : "")

export function keyFromText(text: string): MatchKey | null {
  const at = text.indexOf("=")
  return at === -1 ? null : { field: text.slice(0, at), value: text.slice(at + 1) }
}
