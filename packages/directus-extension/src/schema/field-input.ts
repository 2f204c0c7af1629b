import type { EntityDefinition, FieldDefinition, Translates } from "medusa-directus-core/host"
import type { FieldLook, Names } from "./looks/look"
import { lookOf } from "./looks/look-of"
import { inThisProject } from "./template"
import type { PlannedField } from "./plan"

type Base = Pick<PlannedField, "type"> & { interface: string; special?: string[] }

const BY_TYPE: Record<Exclude<FieldDefinition["type"], "reference" | "references">, Base> = {
  text: { type: "text", interface: "input" },
  decimal: { type: "float", interface: "input" },
  integer: { type: "integer", interface: "input" },
  boolean: { type: "boolean", interface: "boolean", special: ["cast-boolean"] },
  date: { type: "timestamp", interface: "datetime" },
  json: { type: "json", interface: "input-code", special: ["cast-json"] },
  set: { type: "json", interface: "tags", special: ["cast-json"] },
  map: { type: "json", interface: "list", special: ["cast-json"] },
}

export const translated = (names: Names | undefined) =>
  names && [
    { language: "en-US", translation: names[0] },
    { language: "de-DE", translation: names[1] },
  ]

function field(name: string, base: Base, look: FieldLook, more: Record<string, unknown> = {}): PlannedField {
  const { names, type, schema, special, ...meta } = look
  return {
    field: name,
    type: type ?? base.type,
    meta: {
      interface: base.interface,
      special: special ?? base.special ?? null,
      width: "half",
      translations: translated(names) ?? null,
      ...more,
      ...meta,
    },
    schema: base.type === "alias" ? null : { is_nullable: true, ...schema },
  }
}

/** A field that Medusa owns is given for a new record, which Medusa makes of it; from then on it is read-only. */
function ownership(entity: EntityDefinition, { owner, medusa }: FieldDefinition): Record<string, unknown> {
  if (owner !== "medusa") return {}
  if (entity.externalId === null || medusa?.startsWith("computed."))
    return { readonly: true, note: "Medusa owns this value." }
  const linked = { _and: [{ [entity.externalId]: { _nnull: true } }] }
  return {
    conditions: [{ name: "Medusa owns it", rule: linked, readonly: true, hidden: false, required: false }],
  }
}

/** The column of a value. Texts have no limit: Medusa's have none. */
export function valueInput(entity: EntityDefinition, of: FieldDefinition, path: string, look: FieldLook): PlannedField {
  const base = BY_TYPE[of.type as keyof typeof BY_TYPE]
  // Directus's list leaves out rows whose archive mark is null, which the sync and its hooks never write. GraphQL asks
  // everybody for a value of a column that takes no null, and a default of `false` is none to it (12.2).
  const mark = of.medusa === null && of.type === "boolean"
  const own = ownership(entity, of)
  return mark
    ? field(path, base, { ...look, schema: { default_value: false } }, { ...shownWhenSet(path, look), ...own })
    : field(path, base, look, own)
}

/** A mark that is hidden in the form shows where it is set: there it can be taken back. */
const shownWhenSet = (path: string, { hidden }: FieldLook): Record<string, unknown> =>
  hidden === true
    ? {
        conditions: [{ name: "Archived", rule: { _and: [{ [path]: { _eq: true } }] }, hidden: false, readonly: false }],
      }
    : {}

export const manyToOneInput = (
  entity: EntityDefinition,
  of: FieldDefinition,
  path: string,
  related: EntityDefinition,
  keyType: string,
  look: FieldLook,
): PlannedField =>
  field(
    path,
    { type: keyType, interface: "select-dropdown-m2o", special: ["m2o"] },
    { ...look, schema: { is_indexed: true } },
    {
      display: "related-values",
      display_options: { template: inThisProject(lookOf(related).template, related) },
      ...ownership(entity, of),
    },
  )

export const manyToManyInput = (path: string, look: FieldLook): PlannedField =>
  field(path, { type: "alias", interface: "list-m2m", special: ["m2m"] }, look, {
    display: "related-values",
    width: "full",
  })

/** The interface in which an editor writes a record in each language. */
export function translationsInput(path: string, { locales }: Translates, look: FieldLook): PlannedField {
  const codes = Object.values(locales)
  return field(path, { type: "alias", interface: "translations", special: ["translations"] }, look, {
    width: "full",
    options: {
      languageField: "name",
      languageDirectionField: "direction",
      defaultLanguage: codes[0] ?? null,
      // The Studio's languages have a region (de-DE). Where none is a language here, it would open with any of them.
      userLanguage: codes.some((code) => code.includes("-")),
    },
  })
}

/** A text in another language, or a list of them. */
export const textInput = (name: string, look: FieldLook): PlannedField => field(name, BY_TYPE.text, look)
export const listInput = (name: string, look: FieldLook): PlannedField => field(name, BY_TYPE.map, look)

export const oneToManyInput = (path: string, look: FieldLook): PlannedField =>
  field(path, { type: "alias", interface: "list-o2m", special: ["o2m"] }, look, {
    display: "related-values",
    width: "full",
  })

export const fileInput = (entity: EntityDefinition, of: FieldDefinition, path: string, look: FieldLook): PlannedField =>
  field(
    path,
    { type: "uuid", interface: "file-image", special: ["file"] },
    { ...look, schema: { is_indexed: true } },
    { display: "image", options: { crop: false }, ...ownership(entity, of) },
  )

export const sectionInput = (name: string, names: Names, icon: string, open: boolean): PlannedField =>
  field(
    name,
    { type: "alias", interface: "group-detail", special: ["alias", "no-data", "group"] },
    { names },
    { width: "full", options: { start: open ? "open" : "closed", headerIcon: icon } },
  )

/** A key of another collection in one that nobody opens. */
export const linkInput = (name: string, type: string, sort: number): PlannedField => ({
  field: name,
  type,
  meta: { hidden: true, sort, interface: "select-dropdown-m2o", special: ["m2o"] },
  schema: { is_nullable: true, is_indexed: true },
})

/** Shown once the record is linked. */
export const externalIdInput = (name: string): PlannedField =>
  field(
    name,
    { type: "string", interface: "input" },
    {
      names: ["Medusa id", "Medusa-ID"],
      note: "The id of this record in Medusa. Empty until it is there.",
      options: { font: "monospace", iconLeft: "link" },
      readonly: true,
      schema: { is_indexed: true },
    },
    { width: "full" },
  )

/**
 * A UUID: it is known before the insert, so that even an untracked create is marked in its own transaction, and a deleted
 * record comes back under its old id without touching a sequence.
 */
export const primaryKey = (): PlannedField => ({
  field: "id",
  type: "uuid",
  meta: { hidden: true, readonly: true, interface: "input", special: ["uuid"], sort: 1 },
  schema: { is_primary_key: true, length: 36, has_auto_increment: false },
})

/** Its display shows the state of the item in the sync: no other field of an item is never empty. */
export const itemKey = (): PlannedField => {
  const key = primaryKey()
  const names = translated(["Sync (id)", "Synchronisierung (ID)"])
  return { ...key, meta: { ...key.meta, display: "medusa-sync-state", translations: names } }
}

/** Shows the state of the item in the sync; it holds nothing, and no mapping knows it. */
export const stateInput = (name: string): PlannedField =>
  field(
    name,
    { type: "alias", interface: "medusa-sync-state", special: ["alias", "no-data"] },
    { names: ["Medusa", "Medusa"] },
    { width: "full" },
  )

const date = (name: string, special: string, names: Names): PlannedField =>
  field(
    name,
    { type: "timestamp", interface: "datetime", special: [special] },
    { names, readonly: true, display: "datetime", display_options: { relative: true } },
  )

export const createdInput = (): PlannedField => date("date_created", "date-created", ["Created", "Angelegt"])
export const updatedInput = (): PlannedField => date("date_updated", "date-updated", ["Changed", "Geändert"])
