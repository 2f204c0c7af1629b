import { fingerprint, fromDocument, toDocument, type Document, type EntityDefinition } from "medusa-directus-core/host"
import { splitName } from "medusa-directus-core/names"
import type { Change, Patch, RecordRow } from "./record-kind"
import { TRANSLATIONS, translatesOf } from "./translations/translated-texts"

/**
 * Changed fields as values of the row that the kind reads; sets, maps and references whole, but of translations only the
 * texts that change: those of an option are another product's too.
 */
export function patchOf(entity: EntityDefinition, fields: Document, current: Document = {}): Patch {
  // What functions compute of a record is nowhere stored.
  const { computed: _, ...patch } = fromDocument(entity, "medusa", fields, current)
  return TRANSLATIONS in patch && translatesOf(entity)
    ? { ...patch, [TRANSLATIONS]: changedTexts(entity, fields) }
    : patch
}

function changedTexts({ fields: known }: EntityDefinition, fields: Document): Document {
  const texts = Object.entries(fields).flatMap(([name, value]): [string, Document[string]][] => {
    const { field, member: key } = splitName(name)
    return key !== null && known.get(field)?.medusa === TRANSLATIONS ? [[key, value]] : []
  })
  return Object.fromEntries(texts)
}

/**
 * What is different in the row that came back: it may have been restored with older values. What Medusa owns came back as
 * Medusa has it.
 */
export function patchOfRestored(entity: EntityDefinition, fields: Document, row: RecordRow | undefined): Change | null {
  if (!row) return null
  const current = toDocument(entity, "medusa", row)
  const changed: Document = {}
  for (const name of new Set([...Object.keys(fields), ...Object.keys(current)])) {
    const { field, member } = splitName(name)
    // An absent member is one that left; any other absent field is not spoken of.
    if (entity.fields.get(field)?.owner === "medusa" || (member === null && !(name in fields))) continue
    const value = fields[name] ?? null
    if (fingerprint(value) !== fingerprint(current[name] ?? null)) changed[name] = value
  }
  return { ...patchOf(entity, changed, current), id: row.id }
}

/** A column that takes no null gets what the kind has for it. */
export const filledIn = (patch: Change, whenNull: Readonly<Patch>): Change => ({
  ...patch,
  ...Object.fromEntries(Object.entries(whenNull).filter(([column]) => patch[column] === null)),
})

/** Absent values are Medusa's to choose: several of its columns have a default and take no null. */
export function newRecord(entity: EntityDefinition, fields: Document, id: string | null): Patch {
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
  return { ...patchOf(entity, given), ...(id === null ? {} : { id }) }
}
