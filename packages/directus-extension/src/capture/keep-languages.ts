import { InvalidPayloadError } from "@directus/errors"
import type { EventContext } from "@directus/types"
import type { CapturedIn } from "./captured"

/** Where the database would refuse it, and Directus call that an unexpected error. */
const REFUSED: ReadonlySet<string | null | undefined> = new Set([null, undefined, "NO ACTION", "RESTRICT"])

/** Before languages are deleted: says why one that has texts cannot be. */
export const keepLanguages =
  (capturedIn: CapturedIn) =>
  async (payload: unknown, meta: Record<string, unknown>, { schema, database }: EventContext): Promise<unknown> => {
    const captured = capturedIn(schema)
    if (!captured || !Array.isArray(payload)) return payload
    for (const { stored } of captured.kinds.all()) {
      for (const field of stored.fields.values()) {
        if (field.kind !== "translations" || field.collection !== meta["collection"]) continue
        const { name, there } = field.junction
        const relation = schema?.relations.find((each) => each.collection === name && each.field === there)
        if (!relation?.schema || !REFUSED.has(relation.schema.on_delete)) continue
        const row = (await database(name)
          .whereIn(there, payload as string[])
          .first(there)) as Record<string, unknown> | undefined
        if (row)
          throw new InvalidPayloadError({
            reason: `There are texts in the language ${String(row[there])}, in ${name} at least. Delete those first`,
          })
      }
    }
    return payload
  }
