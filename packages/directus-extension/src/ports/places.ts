import type { SchemaOverview } from "@directus/types"
import { placesIn, toDocument, type Place, type SyncConfig } from "medusa-directus-core/host"
import type { StoredField } from "../items/stored-collection"
import { storedKinds } from "../items/stored-kinds"

/** Where this Directus keeps what travels, by the names of its columns. */
export function storedPlaces(schema: SchemaOverview, config: SyncConfig): ReturnType<typeof placesIn> {
  const kinds = storedKinds(schema, config.entities)
  return placesIn(config, (entity, { name, directus }, place): Place => {
    const stored = kinds.find(entity.name)?.stored.fields.get(directus ?? "")
    const at = stored ? columnOf(stored, place) : null
    if (at === null || stored?.kind !== "value") return { at }
    const byDefault: unknown = schema.collections[entity.collection]?.fields[stored.column]?.defaultValue ?? null
    return { at, blank: toDocument(entity, "directus", { [directus ?? ""]: byDefault })[name] ?? null }
  })
}

/** `null` when there is none for this place. */
function columnOf(stored: StoredField, place: string): string | null {
  switch (stored.kind) {
    case "value":
    case "reference":
      return stored.column
    case "file":
      return [stored.text, stored.file].filter((column) => column !== null).join("+")
    case "references":
      return `${stored.alias}+${stored.junction.name}`
    case "translations": {
      const text = place.slice(place.indexOf("/") + 1)
      const column = text === "options" ? (stored.titles ?? stored.values) : stored.texts.get(text)
      return column === null || column === undefined ? null : `${stored.junction.name}.${column}`
    }
  }
}
