import { fingerprint, type CanonicalValue } from "medusa-directus-core/host"
import { changesIn, isItem, keyNamed, withoutEntry, type DraftReader, type Holder, type Made } from "./drafted"

/** Who has saved it stands in a draft, and not in what is published of it. */
const STAMPS: ReadonlySet<string> = new Set(["_user", "_date"])

function withoutStamps(value: unknown): CanonicalValue {
  if (Array.isArray(value)) return value.map(withoutStamps)
  if (!isItem(value)) return (value ?? null) as CanonicalValue
  const kept = Object.entries(value).filter(([name]) => !STAMPS.has(name))
  return Object.fromEntries(kept.map(([name, each]) => [name, withoutStamps(each)]))
}

/** Names a record that is to be made in a field, by what is known of it. */
export const madeName = (field: string, what: unknown): string => `+${fingerprint([field, withoutStamps(what)])}`

/** The records that a draft makes beside one: its parts, its members, and those that its references name. */
export function readMade({ schema, kinds }: DraftReader, { kind, localId, change }: Holder): Made[] {
  const { stored } = kind
  const found: Made[] = []
  const add = (of: string, what: unknown, leave: () => void) =>
    found.push({ kind, localId, name: madeName(of, what), leave })
  for (const { collection, field, related_collection: related, meta } of schema.relations) {
    const alias = meta?.one_field
    if (related === stored.name && alias && alias in change) {
      if (!kinds.heldBy(collection) && stored.fields.get(alias)?.kind !== "references") continue
      const { create } = changesIn(change[alias])
      for (const row of create) add(alias, row, () => withoutEntry(create, row))
    }
    if (collection !== stored.name || !related || !kinds.heldBy(related) || !isItem(change[field])) continue
    if (keyNamed(schema, related, change[field]) === undefined)
      add(field, change[field], () => void Reflect.deleteProperty(change, field))
  }
  return found
}
