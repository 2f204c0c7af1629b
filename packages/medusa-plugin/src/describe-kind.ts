import type { EntityDefinition } from "medusa-directus-core"
import type { MappedKind } from "./overview"

/** One kind of the mapping for people to read. */
export const describeKind = ({ name, collection, matchKeys, deletes, fields }: EntityDefinition): MappedKind => ({
  kind: name,
  collection,
  match_keys: matchKeys.map(({ field }) => field),
  deletes,
  fields: [...fields.values()].map(({ name: field, medusa, directus, type, owner, wins }) => ({
    name: field,
    medusa,
    directus,
    type,
    owner,
    wins,
  })),
})
