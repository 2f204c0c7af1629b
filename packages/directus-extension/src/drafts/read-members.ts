import { memberName, type FieldDefinition } from "medusa-directus-core/host"
import { keysOf, localIdOf } from "../items/item-ids"
import { readJunction } from "../items/junction-rows"
import type { StoredField } from "../items/stored-collection"
import {
  changesIn,
  isItem,
  keyNamed,
  placeOf,
  withoutEntry,
  type Drafted,
  type DraftReader,
  type Holder,
} from "./drafted"

/** A member that a draft adds or takes away, and the record as the draft names it. */
export interface DraftedMember {
  drafted: Drafted
  named: unknown
}

/** What a draft makes of the members of a many-to-many field. */
export async function readDraftedMembers(
  { knex, dialect, schema }: DraftReader,
  holder: Holder,
  field: FieldDefinition,
  { alias, collection, junction }: Extract<StoredField, { kind: "references" }>,
): Promise<DraftedMember[]> {
  const changes = changesIn(holder.change[alias])
  const member = (key: unknown) => memberName(field.name, localIdOf(junction.thereType, dialect, key))
  const added = changes.create.flatMap((row): DraftedMember[] => {
    const named = isItem(row) ? row[junction.there] : undefined
    const key = keyNamed(schema, collection, named)
    if (key == null) return []
    const leave = () => withoutEntry(changes.create, row)
    return [{ drafted: placeOf(holder, { values: { [member(key)]: true }, isRow: true, leave }), named }]
  })
  const rows = await readJunction(
    knex,
    junction,
    junction.primaryKey,
    keysOf(
      junction.keyType,
      changes.delete.map((key) => localIdOf(junction.keyType, dialect, key)),
    ),
  )
  const taken = rows.flatMap(({ key, there }): DraftedMember[] => {
    if (there === null) return []
    const leave = () => {
      const entry = changes.delete.find((each) => String(each) === String(key))
      withoutEntry(changes.delete, entry)
    }
    return [{ drafted: placeOf(holder, { values: { [member(there)]: null }, leave }), named: there }]
  })
  return [...added, ...taken]
}
