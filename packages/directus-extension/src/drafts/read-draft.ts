import { memberName, toDocument, type FieldDefinition } from "medusa-directus-core/host"
import { archiveOfPart } from "../items/archives-taken-out"
import { readCopies } from "../items/image-uses"
import { keyOf, localIdOf } from "../items/item-ids"
import { itemValues, type Item } from "../items/item-values"
import { valueIn } from "../items/read-rows"
import { columnsOf, FILES, type StoredField } from "../items/stored-collection"
import type { StoredKind } from "../items/stored-kinds"
import {
  changesIn,
  isItem,
  keyNamed,
  placeOf,
  withoutEntry,
  type Draft,
  type Drafted,
  type DraftReader,
  type Holder,
  type Place,
} from "./drafted"
import { madeName, readMade } from "./read-made"
import { readDraftedMembers } from "./read-members"
import { readDraftedTexts } from "./read-texts"

type Column = Exclude<StoredField, { kind: "references" | "translations" }>

/**
 * What a draft would make of mapped records: of the item, of its parts, and of what is edited through them.
 *
 * @param change - the draft, as Directus stores it. What is found can take itself out of it.
 */
export async function readDraft(reader: DraftReader, kind: StoredKind, localId: string, change: Item): Promise<Draft> {
  const draft: Draft = { fields: [], deletions: [], made: [] }
  await readHolder({ kind, localId, change, own: true, writable: true, carrier: null })
  return draft

  async function readHolder(holder: Holder): Promise<void> {
    const { stored, entity } = holder.kind
    const key = keyOf(stored.keyType, holder.localId)
    if (key === undefined) return
    const row = (await reader
      .knex(stored.name)
      .where({ [stored.primaryKey]: key })
      .first(stored.primaryKey, ...stored.columns.keys())) as Item | undefined
    const here = { ...holder, writable: holder.writable && row !== undefined }
    for (const field of entity.fields.values()) {
      const place = field.directus === null ? undefined : stored.fields.get(field.directus)
      if (!place) continue
      if (place.kind === "references") await readReferences(here, field, place)
      else if (place.kind === "translations") draft.fields.push(...(await readDraftedTexts(reader, here, field, place)))
      else await readColumn(here, field, place, row ?? {})
    }
    await readParts(here)
    draft.made.push(...readMade(reader, here))
  }

  async function readColumn(holder: Holder, field: FieldDefinition, place: Column, row: Item): Promise<void> {
    const { change, kind, localId } = holder
    const columns = columnsOf(place).filter((column) => column in change)
    const path = field.directus
    if (columns.length === 0 || path === null) return
    const typed = Object.fromEntries(columns.map((column) => [column, change[column]]))
    const named = place.kind === "reference" ? place.collection : FILES
    if (place.kind !== "value")
      for (const column of columns) typed[column] = keyNamed(reader.schema, named, change[column])
    if (place.kind === "reference" && typed[place.column] === undefined) return readMadeReference(holder, field, place)
    const copy = place.kind === "file" ? await readCopies(reader.knex, kind.entity.name, [localId]) : () => null
    const value = valueIn(reader, place, { ...row, ...typed }, (column) => copy(localId, column))
    const drafted = placeOf(holder, {
      own: holder.own,
      ...valuesOf(holder, field, path, value),
      leave: (values) => {
        for (const column of columns) Reflect.deleteProperty(change, column)
        // No file is among these values.
        if (values) Object.assign(change, itemValues(kind, reader.assets, () => false, values).columns)
      },
    })
    draft.fields.push(drafted)
    if (place.kind === "reference") await readNamed(change[place.column], place.collection, drafted)
  }

  /** To a record that is to be made: it has no id that the inbox could keep, so that it stays, and the peer's is kept. */
  function readMadeReference(
    { change, ...holder }: Holder,
    field: FieldDefinition,
    { column }: Extract<StoredField, { kind: "reference" }>,
  ): void {
    const values = { [field.name]: madeName(column, change[column]) }
    const leave = () => void Reflect.deleteProperty(change, column)
    draft.fields.push(placeOf({ change, ...holder }, { values, own: holder.own, wins: "directus", leave }))
  }

  /** The edit of another record through a field that names it. */
  async function readNamed(value: unknown, collection: string, carrier: Drafted): Promise<void> {
    const kind = reader.kinds.heldBy(collection)
    const key = keyNamed(reader.schema, collection, value)
    if (!kind || !isItem(value) || key === undefined) return
    const localId = localIdOf(kind.stored.keyType, reader.dialect, key)
    await readHolder({ kind, localId, change: value, own: false, writable: true, carrier })
  }

  async function readReferences(
    holder: Holder,
    field: FieldDefinition,
    place: Extract<StoredField, { kind: "references" }>,
  ): Promise<void> {
    for (const { drafted, named } of await readDraftedMembers(reader, holder, field, place)) {
      draft.fields.push(drafted)
      await readNamed(named, place.collection, drafted)
    }
  }

  async function readParts(holder: Holder): Promise<void> {
    const { change } = holder
    for (const { collection, related_collection: whole, meta } of reader.schema.relations) {
      const alias = meta?.one_field
      const kind = whole === holder.kind.stored.name && alias && alias in change && reader.kinds.heldBy(collection)
      if (!kind) continue
      const { stored } = kind
      const idOf = (key: unknown) => localIdOf(stored.keyType, reader.dialect, key)
      const changes = changesIn(change[alias])
      for (const part of Array.isArray(change[alias]) ? (change[alias] as unknown[]) : changes.update)
        if (isItem(part) && part[stored.primaryKey] != null)
          await readHolder({ ...holder, kind, localId: idOf(part[stored.primaryKey]), change: part, own: false })
      if (meta.one_deselect_action !== "delete" && archiveOfPart(kind.entity) === null) continue
      for (const key of changes.delete)
        draft.deletions.push({ kind, localId: idOf(key), keep: () => withoutEntry(changes.delete, key) })
    }
  }
}

/** What a column says, as the fields of the document. */
function valuesOf(
  { kind: { entity } }: Holder,
  field: FieldDefinition,
  path: string,
  value: unknown,
): Pick<Place, "values" | "holds"> {
  const document = toDocument(entity, "directus", { [path]: value })
  if (field.type !== "set" && field.type !== "map")
    return { values: { [field.name]: document[field.name] ?? null }, holds: null }
  const holds = (name: string): boolean => name.startsWith(memberName(field.name, ""))
  return { values: Object.fromEntries(Object.entries(document).filter(([name]) => holds(name))), holds }
}
