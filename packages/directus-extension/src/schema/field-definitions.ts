import type { EntityDefinition, FieldDefinition } from "medusa-directus-core"

/** What Directus's CollectionsService and FieldsService take for one field. */
export interface FieldInput {
  field: string
  type: string
  meta: Record<string, unknown>
  schema: Record<string, unknown>
}

interface Look {
  type?: string
  schema?: Record<string, unknown>
  [meta: string]: unknown
}

const STATUSES = [
  { value: "draft", text: "Draft", color: "#A2B5CD" },
  { value: "proposed", text: "Proposed", color: "#FFA439" },
  { value: "published", text: "Published", color: "#2ECDA7" },
  { value: "rejected", text: "Rejected", color: "#E35169" },
  { value: "archived", text: "Archived", color: "#6644FF" },
]

/** How the fields of a product look in the Studio; any other field follows its type. */
const PRODUCT: Record<string, Look> = {
  title: { required: true, width: "full", note: "The name of the product in the shop." },
  subtitle: { width: "full" },
  handle: {
    note: "The last part of the address in the shop. Two products of the shop cannot share one.",
    options: { slug: true, font: "monospace" },
    schema: { is_indexed: true },
  },
  status: {
    interface: "select-dropdown",
    display: "labels",
    options: { choices: STATUSES },
    display_options: {
      showAsDot: true,
      choices: STATUSES.map(({ value, text, color }) => ({ value, text, foreground: color, background: color })),
    },
    note: "Archived: deleted in Medusa, or taken out of the shop here (Medusa shows a draft).",
    schema: { default_value: "draft" },
    type: "string",
  },
  // Medusa's descriptions are plain text, which Directus's HTML editor (12.4) shows read-only and would turn into HTML.
  description: { interface: "input-multiline", width: "full" },
  thumbnail: { note: "The address (URL) of the main image.", options: { iconLeft: "image" }, width: "full" },
  discountable: { note: "May discounts be given on it?", schema: { default_value: true } },
  hs_code: { note: "Customs tariff number (Harmonized System)." },
  mid_code: { note: "Manufacturer identification code." },
  origin_country: { note: "Two letters, e.g. de." },
}

const BY_TYPE: Record<FieldDefinition["type"], { type: string; interface: string; special?: string[] }> = {
  text: { type: "text", interface: "input" },
  decimal: { type: "float", interface: "input" },
  integer: { type: "integer", interface: "input" },
  boolean: { type: "boolean", interface: "boolean", special: ["cast-boolean"] },
  date: { type: "timestamp", interface: "datetime" },
  json: { type: "json", interface: "input-code", special: ["cast-json"] },
  set: { type: "json", interface: "tags", special: ["cast-json"] },
}

/** The Studio's field for a mapped field. Texts have no limit: Medusa's have none. */
export function fieldInput(field: FieldDefinition, sort: number): FieldInput {
  const base = BY_TYPE[field.type]
  const { type, schema, ...meta } = PRODUCT[field.name] ?? {}
  return {
    field: field.directus,
    type: type ?? base.type,
    meta: {
      interface: base.interface,
      special: base.special ?? null,
      width: "half",
      sort,
      ...(field.owner === "medusa" ? { readonly: true, note: "Medusa owns this value." } : {}),
      ...meta,
    },
    schema: { is_nullable: true, ...schema },
  }
}

/** Shown once the product is linked. */
export const externalIdInput = (field: string, sort: number): FieldInput => ({
  field,
  type: "string",
  meta: {
    interface: "input",
    readonly: true,
    width: "half",
    sort,
    note: "The id of this product in Medusa.",
    options: { font: "monospace", iconLeft: "link" },
    conditions: [
      {
        name: "Not linked yet",
        rule: { _and: [{ [field]: { _null: true } }] },
        hidden: true,
        readonly: true,
        required: false,
      },
    ],
  },
  schema: { is_nullable: true, is_indexed: true },
})

/**
 * A UUID: it is known before the insert, so that even an untracked create is marked in its own transaction, and a deleted
 * product comes back under its old id without touching a sequence.
 */
const primaryKey: FieldInput = {
  field: "id",
  type: "uuid",
  meta: { hidden: true, readonly: true, interface: "input", special: ["uuid"], sort: 1 },
  schema: { is_primary_key: true, length: 36, has_auto_increment: false },
}

const dates = (sort: number): FieldInput[] =>
  (
    [
      ["date_created", "date-created"],
      ["date_updated", "date-updated"],
    ] as const
  ).map(([field, special], i) => ({
    field,
    type: "timestamp",
    meta: {
      interface: "datetime",
      display: "datetime",
      special: [special],
      readonly: true,
      hidden: true,
      width: "half",
      sort: sort + i,
    },
    schema: { is_nullable: true },
  }))

/** All fields of the collection that this extension makes for an entity. */
export function collectionFields(entity: EntityDefinition): FieldInput[] {
  const mapped = [...entity.fields.values()].map((field, i) => fieldInput(field, i + 2))
  const external = entity.externalId === null ? [] : [externalIdInput(entity.externalId, mapped.length + 2)]
  const taken = new Set([primaryKey.field, ...mapped.map(({ field }) => field), ...external.map(({ field }) => field)])
  return [primaryKey, ...mapped, ...external, ...dates(mapped.length + 3).filter(({ field }) => !taken.has(field))]
}

/** The collection's own settings. */
export function collectionMeta(entity: EntityDefinition): Record<string, unknown> {
  const title = entity.fields.get("title")?.directus
  const archive = entity.fields.get(entity.archive.field)?.directus
  // "Save as copy" makes a new product: it must not carry the old one's Medusa id, nor its handle.
  const copied = [...entity.fields.values()]
    .filter(({ name }) => !entity.matchKeys.includes(name))
    .map(({ directus }) => directus)
  return {
    icon: "shopping_bag",
    note: "Products of the shop, in sync with Medusa.",
    ...(title ? { display_template: `{{${title}}}` } : {}),
    ...(archive ? { archive_field: archive, archive_value: entity.archive.directus, unarchive_value: "draft" } : {}),
    item_duplication_fields: copied,
    accountability: "all",
  }
}
