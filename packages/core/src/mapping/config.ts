import { hash } from "node:crypto"
import { z } from "zod"
import { canonicalJson, type CanonicalValue } from "../document/value.ts"
import { SyncError } from "../errors.ts"
import { defineEntity, type EntityDefinition, type EntityInput, type FieldInput } from "./entity.ts"
import { product } from "./product.ts"

const side = z.enum(["medusa", "directus"])
const words = z.record(z.string(), z.string())
const perSide = z.partialRecord(side, words)

const fieldOverride = z.strictObject({
  directus: z.string().optional(),
  owner: z.enum(["two-way", "medusa", "directus"]).optional(),
  wins: side.optional(),
  values: perSide.optional(),
  writes: perSide.optional(),
})

const metadataField = z.strictObject({
  directus: z.string().optional(),
  type: z.enum(["text", "decimal", "integer", "boolean", "date", "json"]).default("text"),
  owner: z.enum(["two-way", "medusa", "directus"]).optional(),
  wins: side.optional(),
})

const deletePolicy = z.enum(["propagate", "archive", "unlink", "ignore"])

const entityOverride = z.strictObject({
  /** The Directus collection, when it is not the default one. */
  collection: z.string().optional(),
  externalId: z.string().nullable().optional(),
  /** `false` leaves a field out, a string names its Directus field, an object sets more. */
  fields: z.record(z.string(), z.union([z.literal(false), z.string(), fieldOverride])).optional(),
  /** Keys of Medusa's `metadata` that travel as fields of their own. */
  metadata: z.record(z.string(), z.union([z.string(), metadataField])).optional(),
  matchKeys: z.array(z.string()).min(1).optional(),
  archive: z.strictObject({ field: z.string(), medusa: z.string(), directus: z.string() }).partial().optional(),
  deletes: z.partialRecord(side, deletePolicy).optional(),
})

/** What a user writes as `mapping`: changes to the defaults, per kind. The same object must be given on both sides. */
export const mappingSchema = z.strictObject({ product: entityOverride.optional() })
export type Mapping = z.input<typeof mappingSchema>
type EntityOverride = z.output<typeof entityOverride>

/** All kinds in the order in which they are sent (parents first), and the hash that both sides must agree on. */
export interface SyncConfig {
  entities: ReadonlyMap<string, EntityDefinition>
  /** 22 characters over mapping and policy; it travels in every message. */
  hash: string
}

const inputOf = (field: FieldInput): FieldInput => ({
  type: field.type,
  medusa: field.medusa,
  directus: field.directus,
  ...(field.owner ? { owner: field.owner } : {}),
  ...(field.wins ? { wins: field.wins } : {}),
  ...(field.values ? { values: field.values } : {}),
  ...(field.writes ? { writes: field.writes } : {}),
})

const given = <T extends object>(value: T): Partial<T> =>
  Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as Partial<T>

function override(base: EntityDefinition, change: EntityOverride): EntityDefinition {
  const fields: Record<string, FieldInput> = Object.fromEntries(
    [...base.fields].map(([name, field]) => [name, inputOf(field)]),
  )
  for (const [name, set] of Object.entries(change.fields ?? {})) {
    const known = fields[name]
    if (!known) {
      throw new SyncError(
        "invalid_mapping",
        `mapping.${base.name}.fields.${name}: there is no such field. Known: ${Object.keys(fields).join(", ")}. A key of metadata goes into mapping.${base.name}.metadata.`,
      )
    }
    if (set === false) delete fields[name]
    else fields[name] = { ...known, ...(typeof set === "string" ? { directus: set } : given(set)) } as FieldInput
  }
  for (const [key, set] of Object.entries(change.metadata ?? {})) {
    const field = typeof set === "string" ? { directus: set, type: "text" as const } : set
    fields[`metadata_${key}`] = { directus: key, ...given(field), medusa: `metadata.${key}` } as FieldInput
  }
  const archive = { ...base.archive, ...given(change.archive ?? {}) }
  const matchKeys = change.matchKeys ?? base.matchKeys.filter((key) => fields[key])
  for (const key of matchKeys) {
    if (!fields[key])
      throw new SyncError(
        "invalid_mapping",
        `mapping.${base.name}.matchKeys: "${key}" is not a mapped field. Use one of: ${Object.keys(fields).join(", ")}.`,
      )
  }
  return defineEntity({
    name: base.name,
    collection: change.collection ?? base.collection,
    externalId: change.externalId === undefined ? base.externalId : change.externalId,
    fields,
    matchKeys: [...matchKeys],
    archive,
    deletes: { ...base.deletes, ...given(change.deletes ?? {}) },
  } satisfies EntityInput<string, string>)
}

function describe(entity: EntityDefinition): CanonicalValue {
  const fields = [...entity.fields.values()].map((field) => ({
    name: field.name,
    ...inputOf(field),
    owner: field.owner,
    wins: field.wins,
  }))
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
    throw new SyncError(
      "invalid_mapping",
      `${path}: ${issue?.message ?? "is not valid"}. Example: { product: { collection: "products", fields: { title: "name" } } }`,
    )
  }
  return makeConfig([override(product, parsed.data.product ?? {})])
}

/** A configuration of kinds that are declared already. */
export function makeConfig(entities: EntityDefinition[]): SyncConfig {
  const text = canonicalJson(entities.map(describe))
  return {
    entities: new Map(entities.map((entity) => [entity.name, entity])),
    hash: hash("sha256", text, "buffer").subarray(0, 16).toString("base64url"),
  }
}
