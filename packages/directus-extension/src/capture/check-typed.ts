import { createError } from "@directus/errors"
import type { EventContext } from "@directus/types"
import type { FieldDefinition } from "medusa-directus-core/host"
import { localIdOf } from "../items/item-ids"
import type { StoredKind } from "../items/stored-kinds"
import { isOwnWrite } from "../own-write"
import { lookOf } from "../schema/looks/look-of"
import type { Captured, CapturedIn } from "./captured"
import { faultText } from "./fault-text"
import { typedValue, type Fault } from "./typed-values"

type Meta = Record<string, unknown>
type Item = Record<string, unknown>

const isItem = (value: unknown): value is Item => typeof value === "object" && value !== null && !Array.isArray(value)

/**
 * Before an item is saved: values that the shop could never take are refused, in the words of whoever typed them. What the
 * sync itself writes is the shop's own, and stays as it is.
 */
export const checkTyped =
  (capturedIn: CapturedIn, action: "create" | "update") =>
  async (payload: unknown, meta: Meta, context: EventContext): Promise<unknown> => {
    const captured = capturedIn(context.schema)
    const kind = captured?.kinds.heldBy(String(meta["collection"]))
    if (!captured || !kind || !isItem(payload) || isOwn(captured, kind, action, payload, meta, context)) return payload
    const item = { ...payload }
    for (const field of kind.entity.fields.values()) {
      const path = field.directus
      if (path === null || !Object.hasOwn(payload, path)) continue
      const typed = typedValue(kind.entity, field, payload[path], action === "create")
      if ("fault" in typed) throw await refusal(kind, field, typed.fault, context)
      item[path] = typed.value
    }
    return item
  }

function isOwn(
  { dialect }: Captured,
  { stored }: StoredKind,
  action: "create" | "update",
  payload: Item,
  meta: Meta,
  { database }: EventContext,
): boolean {
  const keys = action === "create" ? [payload[stored.primaryKey]] : Array.isArray(meta["keys"]) ? meta["keys"] : []
  return keys.every((key: unknown) =>
    isOwnWrite(database, stored.name, key == null ? null : localIdOf(stored.keyType, dialect, key), action),
  )
}

async function refusal(
  { entity }: StoredKind,
  field: FieldDefinition,
  fault: Fault,
  context: EventContext,
): Promise<Error> {
  const name = field.directus ?? field.name
  const text = faultText(fault, lookOf(entity).fields[field.name]?.names ?? [name, name], await languageOf(context))
  const Refused = createError("INVALID_PAYLOAD", text, 400)
  return new Refused()
}

/** The reader's, or else the project's. */
async function languageOf({ accountability, database }: EventContext): Promise<string> {
  const user = accountability?.user
  const own: unknown = user == null ? undefined : await database("directus_users").where({ id: user }).first("language")
  const settings: unknown = await database("directus_settings").first("default_language")
  const { language } = (own ?? {}) as { language?: string | null }
  return language ?? (settings as { default_language?: string | null } | undefined)?.default_language ?? "en-US"
}
