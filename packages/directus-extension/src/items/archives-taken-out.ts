import type { EntityDefinition } from "medusa-directus-core/host"

/** The Directus path and the value by which a part is shown as archived; `null` for what is no part, or has none. */
export function archiveOfPart({ parent, archive, fields }: EntityDefinition): { path: string; value: unknown } | null {
  const path = archive && fields.get(archive.field)?.directus
  const value = archive?.directus ?? null
  return parent === null || !path || value === null ? null : { path, value }
}

/**
 * Is a part that an editor takes out of the list of its whole archived? Where the shop keeps what Directus deletes: where it
 * deletes it too, taking one out is its end, as with a picture.
 */
export const archivesTakenOut = (entity: EntityDefinition): boolean =>
  archiveOfPart(entity) !== null && entity.deletes.medusa !== "propagate"
