import { draftBases, type Document, type DraftBase } from "medusa-directus-core/host"
import type { Item } from "../items/item-values"
import type { StoredKind } from "../items/stored-kinds"
import { readBases, recordName, saveBases } from "./base-store"
import type { DraftReader } from "./drafted"
import { readDraft } from "./read-draft"
import { fieldsOf, survey } from "./survey"

/** Remembers of a draft that is being saved what its author had seen of each field when it came in. */
export async function keepBases(
  reader: DraftReader,
  version: string,
  kind: StoredKind,
  localId: string,
  change: Item,
): Promise<void> {
  const draft = await readDraft(reader, kind, localId, change)
  const records = await survey(reader, draft)
  const before = await readBases(reader.knex, version)
  const drafted = new Map<string, Document>()
  const add = (name: string, fields: readonly string[], values: Document = {}) => {
    const document = drafted.get(name) ?? {}
    for (const field of fields) document[field] = values[field] ?? null
    drafted.set(name, document)
  }
  for (const place of draft.fields) {
    const name = recordName(place.kind.entity.name, place.localId)
    const record = records.get(name)
    if (record) add(name, fieldsOf(place, record, undefined), place.values)
  }
  for (const { kind: of, localId: id } of draft.deletions) {
    const name = recordName(of.entity.name, id)
    add(name, Object.keys(records.get(name)?.link?.fields ?? {}))
  }
  const bases = new Map<string, Map<string, DraftBase>>()
  for (const [name, document] of drafted) {
    const { link = null, held = {} } = records.get(name) ?? {}
    bases.set(name, draftBases(link, document, held, before?.get(name) ?? new Map()))
  }
  for (const { kind: of, localId: id, name: made } of draft.made) {
    const name = recordName(of.entity.name, id)
    const known = before?.get(name)?.get(made)
    if (known) bases.set(name, (bases.get(name) ?? new Map<string, DraftBase>()).set(made, known))
  }
  await saveBases(reader.knex, reader.dialect, version, bases)
}
