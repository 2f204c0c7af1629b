import { hash } from "node:crypto"
import { z } from "zod"
import { canonicalJson, type CanonicalValue, type Document } from "../document/value.ts"
import { SyncError } from "../errors.ts"
import { defineEntity, type EntityDefinition, type EntityInput, type FieldInput } from "./entity.ts"
import { category } from "./kinds/category.ts"
import { collection } from "./kinds/collection.ts"
import { archived } from "./kinds/fields.ts"
import { image } from "./kinds/image.ts"
import { tag, type } from "./kinds/labels.ts"
import { product } from "./kinds/product.ts"
import { variant } from "./kinds/variant.ts"
import { translationsOf, translationsSchema } from "./translations.ts"

const side = z.enum(["medusa", "directus"])
const owner = z.enum(["two-way", "medusa", "directus"])
const words = z.record(z.string(), z.string())
const perSide = z.partialRecord(side, words)
const plainType = z.enum(["text", "decimal", "integer", "boolean", "date", "json", "set", "map"])

const fieldOverride = z.strictObject({
  directus: z.string().optional(),
  owner: owner.optional(),
  wins: side.optional(),
  values: perSide.optional(),
  writes: perSide.optional(),
})

const addedField = z.strictObject({
  directus: z.string().optional(),
  type: plainType.default("text"),
  owner: owner.optional(),
  wins: side.optional(),
})

const deletePolicy = z.enum(["propagate", "archive", "unlink", "ignore"])
const archiveValue = z.union([z.string(), z.boolean(), z.number()])
const matchKey = z.union([z.string(), z.strictObject({ field: z.string(), within: z.string() })])

const entityOverride = z.strictObject({
  /** The Directus collection, when it is not the default one. */
  collection: z.string().optional(),
  externalId: z.string().nullable().optional(),
  /** `false` leaves a field out, a string names its Directus field, an object sets more. */
  fields: z.record(z.string(), z.union([z.literal(false), z.string(), fieldOverride])).optional(),
  /** Keys of Medusa's `metadata` that travel as fields of their own. */
  metadata: z.record(z.string(), z.union([z.string(), addedField])).optional(),
  /** Fields that a function of the plugin's option `compute` makes of a Medusa record. */
  computed: z.record(z.string(), z.union([z.string(), addedField.omit({ owner: true, wins: true })])).optional(),
  matchKeys: z.array(matchKey).min(1).optional(),
  archive: z.strictObject({ field: z.string(), medusa: archiveValue, directus: archiveValue }).partial().optional(),
  deletes: z.partialRecord(side, deletePolicy).optional(),
})

const ownField = z.strictObject({
  type: z.enum([...plainType.options, "reference"]).default("text"),
  to: z.string().optional(),
  medusa: z.string().optional(),
  directus: z.string().optional(),
  owner: owner.optional(),
  wins: side.optional(),
  values: perSide.optional(),
  writes: perSide.optional(),
})

/** A kind of the shop's own: an entity of a Medusa module and a Directus collection. */
const ownKind = z.strictObject({
  /** The module's key and the name of the model in its service: `brand` and `Brand` for `createBrands`. */
  medusa: z.strictObject({ module: z.string(), model: z.string(), table: z.string().optional() }),
  collection: z.string(),
  externalId: z.string().nullable().default("medusa_id"),
  fields: z.record(z.string(), z.union([z.string(), ownField])),
  matchKeys: z.array(matchKey).default([]),
  parent: z.string().nullable().default(null),
  deletes: z.partialRecord(side, deletePolicy).default({}),
})

const kind = z.union([z.boolean(), entityOverride]).optional()

/**
 * What a user writes as `mapping`: changes to the defaults, per kind; `false` leaves a kind out. The same object must be
 * given on both sides.
 */
const mappingSchema = z.strictObject({
  product: entityOverride.optional(),
  variant: kind,
  image: kind,
  category: kind,
  collection: kind,
  type: kind,
  tag: kind,
  /** Texts in other languages; left out, they do not travel. */
  translations: translationsSchema.optional(),
  /** Kinds of the shop's own, by name. */
  kinds: z.record(z.string(), ownKind).optional(),
})
export type Mapping = z.input<typeof mappingSchema>
type EntityOverride = z.output<typeof entityOverride>
type OwnKind = z.output<typeof ownKind>
type Translations = z.output<typeof translationsSchema>

/** Parents and what is referred to first: in this order records are sent. */
const KINDS = { type, tag, collection, category, product, image, variant } as const
const OPTIONAL: ReadonlySet<string> = new Set(["type", "tag"])

/** All kinds in the order in which they are sent, and the hash that both sides must agree on. */
export interface SyncConfig {
  entities: ReadonlyMap<string, EntityDefinition>
  /** Kind → what is synced of it and how, for a person who compares the two sides. */
  description: Document
  /** 22 characters over the description; it travels in every message. */
  hash: string
}

const inputOf = (field: FieldInput): FieldInput => ({
  type: field.type,
  medusa: field.medusa,
  directus: field.directus,
  ...(field.to ? { to: field.to } : {}),
  ...(field.file ? { file: field.file } : {}),
  ...(field.list ? { list: field.list } : {}),
  ...(field.needed ? { needed: field.needed } : {}),
  ...(field.translates ? { translates: field.translates } : {}),
  ...(field.owner ? { owner: field.owner } : {}),
  ...(field.wins ? { wins: field.wins } : {}),
  ...(field.values ? { values: field.values } : {}),
  ...(field.writes ? { writes: field.writes } : {}),
})

const given = <T extends object>(value: T): Partial<T> =>
  Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as Partial<T>

const invalid = (text: string): SyncError => new SyncError("invalid_mapping", text)

function override(
  base: EntityDefinition,
  change: EntityOverride,
  translations: Translations | undefined,
): EntityDefinition {
  const where = `mapping.${base.name}`
  const fields: Record<string, FieldInput> = Object.fromEntries(
    [...base.fields].map(([name, field]) => [
      name,
      { ...inputOf(field), ...(field.required ? { required: true } : {}) },
    ]),
  )
  const left = new Set(Object.keys(fields).filter((name) => change.fields?.[name] !== false))
  const translated = translations && translationsOf(base.name, left, translations)
  if (translated) fields["translations"] = translated
  for (const [name, set] of Object.entries(change.fields ?? {})) {
    const known = fields[name]
    if (!known)
      throw invalid(
        `${where}.fields.${name}: there is no such field. Known: ${Object.keys(fields).join(", ")}. A key of metadata goes into ${where}.metadata.`,
      )
    if (set === false) delete fields[name]
    else fields[name] = { ...known, ...(typeof set === "string" ? { directus: set } : given(set)) } as FieldInput
  }
  const add = (origin: "metadata" | "computed", more: Partial<FieldInput>): void => {
    for (const [key, set] of Object.entries(change[origin] ?? {})) {
      const field = typeof set === "string" ? { directus: set, type: "text" as const } : set
      fields[`${origin}_${key}`] = { directus: key, ...given(field), ...more, medusa: `${origin}.${key}` } as FieldInput
    }
  }
  add("metadata", {})
  add("computed", { owner: "medusa" })
  const matchKeys = change.matchKeys ?? base.matchKeys.filter(({ field }) => fields[field])
  for (const key of matchKeys) {
    const { field, within } = typeof key === "string" ? { field: key, within: null } : key
    for (const name of [field, within])
      if (name !== null && !fields[name])
        throw invalid(
          `${where}.matchKeys: "${name}" is not a mapped field. Use one of: ${Object.keys(fields).join(", ")}.`,
        )
  }
  const archive = archiveOf(base, change, fields)
  return defineEntity({
    name: base.name,
    collection: change.collection ?? base.collection,
    externalId: change.externalId === undefined ? base.externalId : change.externalId,
    fields,
    matchKeys: matchKeys.map((key) =>
      typeof key === "string" ? key : key.within === null ? key.field : { field: key.field, within: key.within },
    ),
    parent: base.parent,
    archive,
    ...(base.placeholder ? { placeholder: base.placeholder } : {}),
    deletes: { ...(archive ? base.deletes : withoutArchive(base.deletes)), ...given(change.deletes ?? {}) },
  } satisfies EntityInput<string, string>)
}

/** Who leaves out the field that shows an archived record keeps deleted ones as they are. */
const withoutArchive = ({ medusa, directus }: EntityDefinition["deletes"]): EntityDefinition["deletes"] => ({
  medusa: medusa === "archive" ? "ignore" : medusa,
  directus: directus === "archive" ? "ignore" : directus,
})

function archiveOf(
  base: EntityDefinition,
  change: EntityOverride,
  fields: Record<string, FieldInput>,
): EntityDefinition["archive"] {
  const archive = { ...base.archive, ...given(change.archive ?? {}) }
  const { field } = archive
  if (field === undefined || (!fields[field] && change.archive?.field === undefined)) return null
  if (!fields[field])
    throw invalid(
      `mapping.${base.name}.archive.field: "${field}" is not a mapped field. Use one of: ${Object.keys(fields).join(", ")}.`,
    )
  return { ...archive, field }
}

function ownEntity(name: string, input: OwnKind): EntityDefinition {
  if (name in KINDS) throw invalid(`mapping.kinds.${name}: this kind exists. Change it in mapping.${name}.`)
  const fields = Object.fromEntries(
    Object.entries(input.fields).map(([key, set]): [string, FieldInput] => {
      const field = typeof set === "string" ? { directus: set, type: "text" as const } : set
      return [key, { medusa: key, directus: key, ...given(field) } as FieldInput]
    }),
  )
  return {
    ...defineEntity({
      name,
      collection: input.collection,
      externalId: input.externalId,
      fields: { ...fields, archived } as Record<string, FieldInput>,
      matchKeys: input.matchKeys,
      parent: input.parent,
      archive: { field: "archived", directus: true },
      deletes: { medusa: "ignore", directus: "archive", ...given(input.deletes) },
    } satisfies EntityInput<string, string>),
    source: input.medusa,
  }
}

/** Leaves out references to kinds that are not synced, and parts whose parent is not. */
function connected(entities: EntityDefinition[]): EntityDefinition[] {
  const names = new Set(entities.map(({ name }) => name))
  const isThere = (to: string | undefined): boolean => to === undefined || names.has(to)
  const whole = entities.filter(({ parent, fields }) => parent === null || isThere(fields.get(parent)?.to))
  if (whole.length < entities.length) return connected(whole)
  return whole.map((entity) => ({
    ...entity,
    fields: new Map([...entity.fields].filter(([, { to }]) => isThere(to))),
  }))
}

function describe(entity: EntityDefinition): CanonicalValue {
  const fields = Object.fromEntries(
    [...entity.fields.values()].map((field) => [
      field.name,
      { ...inputOf(field), owner: field.owner, wins: field.wins },
    ]),
  )
  return JSON.parse(JSON.stringify({ ...entity, fields })) as CanonicalValue
}

/**
 * Checks a user's mapping and lays it over the defaults.
 *
 * @param mapping - what stands under `mapping` in the plugin's options, or in the file that Directus reads; unchecked.
 * @throws SyncError `invalid_mapping`, naming the path that is wrong.
 */
export function resolveConfig(mapping: unknown = {}): SyncConfig {
  const parsed = mappingSchema.safeParse(mapping)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    const path = ["mapping", ...(issue?.path ?? [])].map(String).join(".")
    throw invalid(
      `${path}: ${issue?.message ?? "is not valid"}. Example: { product: { collection: "products", fields: { title: "name" } } }`,
    )
  }
  const wanted = Object.entries(KINDS).flatMap(([name, base]) => {
    const change = parsed.data[name as keyof typeof KINDS] ?? !OPTIONAL.has(name)
    if (change === false) return []
    return [override(base, change === true ? {} : change, parsed.data.translations)]
  })
  const own = Object.entries(parsed.data.kinds ?? {}).map(([name, input]) => ownEntity(name, input))
  const entities = connected([
    ...own.filter(({ parent }) => parent === null),
    ...wanted,
    ...own.filter(({ parent }) => parent !== null),
  ])
  checkCollections(entities)
  return makeConfig(entities)
}

function checkCollections(entities: EntityDefinition[]): void {
  const taken = new Map<string, string>()
  for (const { name, collection: collectionName } of entities) {
    const other = taken.get(collectionName)
    if (other !== undefined)
      throw invalid(
        `mapping.${name}.collection: "${collectionName}" holds the kind "${other}" already. Give each kind its own.`,
      )
    taken.set(collectionName, name)
  }
}

/** A configuration of kinds that are declared already. */
export function makeConfig(entities: EntityDefinition[]): SyncConfig {
  const description = Object.fromEntries(entities.map((entity) => [entity.name, describe(entity)]))
  return {
    entities: new Map(entities.map((entity) => [entity.name, entity])),
    description,
    hash: hash("sha256", canonicalJson(description), "buffer").subarray(0, 16).toString("base64url"),
  }
}
