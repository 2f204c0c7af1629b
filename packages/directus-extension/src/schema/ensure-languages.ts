import type { SchemaOverview } from "@directus/types"
import { SyncError, type EntityDefinition, type Logger } from "medusa-directus-core/host"
import { makeLanguages } from "../items/languages"
import type { Mismatch } from "../database/mismatch"
import { storedKinds } from "../items/stored-kinds"
import { unmappedLanguages } from "../items/unmapped-languages"
import type { HostContext } from "../host-context"

/**
 * Makes the languages that the mapping names, and tells which others have texts.
 *
 * @returns the collections of languages of somebody else's that want more than a code and a name.
 */
export async function ensureLanguages(
  { database, services }: HostContext,
  schema: SchemaOverview,
  entities: ReadonlyMap<string, EntityDefinition>,
  log: Logger,
): Promise<Mismatch[]> {
  const kinds = storedKinds(schema, entities)
  const wanted = new Map<string, Set<string>>()
  for (const { stored } of kinds.all()) {
    for (const field of stored.fields.values())
      if (field.kind === "translations")
        wanted.set(field.collection, new Set([...(wanted.get(field.collection) ?? []), ...field.locales.keys()]))
  }
  const mismatches: Mismatch[] = []
  for (const [languages, codes] of wanted) {
    try {
      await makeLanguages({ knex: database, schema, services }, languages, codes)
    } catch (error) {
      if (!(error instanceof SyncError)) throw error
      log.warn(`${error.message} Texts in it cannot be written until then.`)
      mismatches.push({ field: "translations", directus: languages, is: null, expected: [...codes] })
    }
  }
  const unmapped = await unmappedLanguages(database, kinds)
  if (unmapped.length > 0)
    log.info(
      `Translations in ${unmapped.join(", ")} stay in Directus: the mapping has no locale for them (mapping.translations.locales).`,
    )
  return mismatches
}
