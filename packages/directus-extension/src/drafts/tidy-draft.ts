import type { Relation } from "@directus/types"
import { keyOf, keysOf, localIdOf } from "../items/item-ids"
import type { Item } from "../items/item-values"
import type { StoredKind } from "../items/stored-kinds"
import type { StoredTranslations } from "../items/stored-translations"
import { readTranslationRows } from "../items/translation-rows"
import { changesIn, isItem, keyNamed, withoutEntry, type Changes, type DraftReader } from "./drafted"

/**
 * Makes the mapped relations of a draft say what its author has done, and no more: a list of all rows would take away those
 * that are made later, and a text in a language that has a row by now would be a second row of it.
 *
 * @param isSaved - is the draft being saved? Else it is being published: Directus has looked at its lists already.
 */
export async function tidyDraft(
  reader: DraftReader,
  kind: StoredKind,
  localId: string,
  change: Item,
  isSaved: boolean,
): Promise<void> {
  const { stored } = kind
  for (const relation of reader.schema.relations) {
    const alias = relation.meta?.one_field
    if (relation.related_collection !== stored.name || !alias || change[alias] == null) continue
    const part = reader.kinds.heldBy(relation.collection)
    const field = stored.fields.get(alias)
    if (!part && field?.kind !== "references" && field?.kind !== "translations") continue
    if (isSaved) change[alias] = await inDetail(reader, relation, keyOf(stored.keyType, localId), change[alias])
    const changes = change[alias]
    if (field?.kind === "translations") await toRowsThatAreThere(reader, kind, localId, field, changes)
    if (!part) continue
    for (const row of changesIn(changes).update) {
      const key = isItem(row) ? row[part.stored.primaryKey] : undefined
      if (key != null && isItem(row))
        await tidyDraft(reader, part, localIdOf(part.stored.keyType, reader.dialect, key), row, isSaved)
    }
  }
}

/**
 * All three lists, and who has made them: Directus 12 looks for both by the place of a row, so that a row could not go from
 * one list to another else.
 */
async function inDetail(
  { knex, schema, dialect }: DraftReader,
  { collection, field }: Relation,
  whole: string | number | undefined,
  given: unknown,
): Promise<Changes & Item> {
  const info = schema.collections[collection]
  const primary = info?.primary ?? "id"
  const { _user = null, _date = new Date().toISOString() } = isItem(given) ? given : {}
  const by = { _user, _date }
  if (!Array.isArray(given)) return { ...(isItem(given) ? given : {}), ...by, ...changesIn(given) }
  const idOf = (key: unknown): string => localIdOf(info?.fields[primary]?.type ?? "string", dialect, key)
  const keyIn = (row: unknown): unknown => (isItem(row) ? row[primary] : row)
  const there = (
    whole === undefined
      ? []
      : await knex(collection)
          .where({ [field]: whole })
          .pluck(primary)
  ) as unknown[]
  const stays = new Set(there.map(idOf))
  const listed = given as unknown[]
  const known = listed.filter((row) => keyIn(row) != null)
  const names = new Set(known.map((row) => idOf(keyIn(row))))
  return {
    ...by,
    create: listed.filter((row) => keyIn(row) == null),
    // A key alone changes nothing of a row that is there.
    update: known
      .filter((row) => isItem(row) || !stays.has(idOf(row)))
      .map((row) => (isItem(row) ? row : { [primary]: row })),
    delete: there.filter((key) => !names.has(idOf(key))),
  }
}

async function toRowsThatAreThere(
  { knex, dialect, schema }: DraftReader,
  { stored }: StoredKind,
  localId: string,
  field: StoredTranslations,
  given: unknown,
): Promise<void> {
  const update = isItem(given) ? given["update"] : null
  const { create } = changesIn(given)
  if (create.length === 0 || !Array.isArray(update)) return
  const { junction, collection, locales } = field
  const there = await readTranslationRows(knex, dialect, stored, field, keysOf(stored.keyType, [localId]))
  for (const row of [...create]) {
    if (!isItem(row)) continue
    const locale = locales.get(String(keyNamed(schema, collection, row[junction.there])))
    const known = locale === undefined ? undefined : there.find((each) => each.locale === locale)
    const [lowest] = known?.rows ?? []
    if (!lowest) continue
    withoutEntry(create, row)
    const { [junction.there]: _, ...texts } = row
    update.push({ ...texts, [junction.primaryKey]: lowest.key })
  }
}
