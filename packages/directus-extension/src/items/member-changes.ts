import type { Knex } from "knex"
import { randomUUID } from "node:crypto"
import { claim } from "../own-write"
import type { OwnWrite } from "../shared-state"
import type { Dialect } from "../database/dialect"
import { keyOf, localIdOf } from "./item-ids"
import { relatedKey, type Item } from "./item-values"
import { readJunction, type JunctionRow } from "./junction-rows"
import { expectRows, madeByAny, type MadeByOthers } from "./made-rows"
import type { StoredCollection, StoredField } from "./stored-collection"

export interface Wanted {
  /** `null`: the record is made by the same write. */
  localId: string | null
  /** Alias → local ids of all members. */
  members: ReadonlyMap<string, readonly string[]>
}

export interface MemberChanges {
  /** For each wanted record, in order: what ItemsService takes for its many-to-many fields. */
  items: Item[]
  touchedByOthers: MadeByOthers
}

type References = Extract<StoredField, { kind: "references" }>

/** The way from the members that there are to those that are wanted: only what differs is made or taken away. */
export async function memberChanges(
  knex: Knex,
  dialect: Dialect,
  own: OwnWrite,
  stored: StoredCollection,
  wanted: readonly Wanted[],
): Promise<MemberChanges> {
  const items = wanted.map((): Item => ({}))
  const others: MadeByOthers[] = []
  for (const [alias, field] of stored.fields) {
    if (field.kind !== "references" || !wanted.some(({ members }) => members.has(alias))) continue
    const { junction } = field
    const keys = wanted.flatMap(({ localId }) => (localId === null ? [] : (keyOf(stored.keyType, localId) ?? [])))
    const rows = await readJunction(knex, junction, junction.here, keys)
    const made = new Set<string>()
    wanted.forEach(({ localId, members }, i) => {
      const ids = members.get(alias)
      if (!ids) return
      const mine =
        localId === null ? [] : rows.filter(({ here }) => localIdOf(stored.keyType, dialect, here) === localId)
      const change = changeOf(field, dialect, mine, ids)
      claim(own, junction.name, change.keys)
      for (const id of change.made) made.add(id)
      const item = items[i]
      if (item && change.create.length + change.delete.length > 0)
        item[alias] = { create: change.create, update: [], delete: change.delete }
    })
    if (junction.keyType !== "uuid" && made.size > 0) {
      others.push(expectRows(knex, dialect, own, stored, junction, made))
    }
  }
  return {
    items,
    touchedByOthers: madeByAny(others),
  }
}

function changeOf(
  { junction, collection }: References,
  dialect: Dialect,
  rows: JunctionRow[],
  wanted: readonly string[],
) {
  const idOf = (row: JunctionRow) => localIdOf(junction.thereType, dialect, row.there)
  const there = new Set(rows.flatMap((row) => (row.there === null ? [] : idOf(row))))
  const gone = rows.filter((row) => row.there !== null && !wanted.includes(idOf(row)))
  const made = wanted.filter((id) => !there.has(id))
  const create = made.map((id) => ({
    ...(junction.keyType === "uuid" ? { [junction.primaryKey]: randomUUID() } : {}),
    [junction.there]: relatedKey(junction.thereType, collection, id),
  }))
  return {
    made,
    create,
    delete: gone.map(({ key }) => key),
    /** The junction's rows that are known to be written. */
    keys: [
      ...gone.map(({ key }) => localIdOf(junction.keyType, dialect, key)),
      ...create.flatMap((row) => (junction.keyType === "uuid" ? String(row[junction.primaryKey]) : [])),
    ],
  }
}
