import type { SchemaOverview } from "@directus/types"
import { SYSTEM, type HostContext } from "../host-context"
import type { PlannedCollection } from "./plan"

type Field = Parameters<InstanceType<HostContext["services"]["FieldsService"]>["updateField"]>[1]

/**
 * Lets the columns of archive marks be left out where something is made by GraphQL: an older version made them take no null.
 *
 * @returns whether one was changed.
 */
export async function loosenMarks(
  { services }: HostContext,
  schema: SchemaOverview,
  { collection, fields }: PlannedCollection,
): Promise<boolean> {
  const stored = schema.collections[collection]?.fields ?? {}
  const tight = fields.filter(
    ({ field, schema: column }) => column?.["default_value"] === false && stored[field]?.nullable === false,
  )
  const service = new services.FieldsService({ schema, accountability: SYSTEM })
  for (const { field, type } of tight)
    await service.updateField(collection, { field, type, schema: { is_nullable: true, default_value: false } } as Field)
  return tight.length > 0
}
