import { setTimeout as sleep } from "node:timers/promises"
import { addressFields, isImportable, wantMissingImages, type AddressField } from "../items/image-uses"
import { localIdOf } from "../items/item-ids"
import { makeLinkStore } from "../ports/link-store"
import type { Reader } from "../items/read-rows"
import type { StoredKind } from "../items/stored-kinds"

const PAGE = 500

type Row = Record<string, unknown>

/**
 * Notes the addresses of Medusa's that came before pictures were imported. One that an editor typed is left alone: who may
 * edit an item may not for that reason import files.
 */
export async function findImages(
  reader: () => Promise<Reader>,
  isStopped: () => boolean,
  now: () => number,
): Promise<void> {
  for (const { entity } of (await reader()).kinds.all()) {
    const kind = (await reader()).kinds.find(entity.name)
    for (const field of kind ? addressFields(kind) : []) {
      let after: unknown = null
      do {
        if (isStopped() || !kind) return
        const startedAt = now()
        after = await findPage(await reader(), kind, field, after, now())
        await sleep(now() - startedAt, undefined, { ref: false })
      } while (after !== null)
    }
  }
}

/** @returns where the next page begins; `null` after the last. */
async function findPage(
  { knex, dialect, assets }: Reader,
  { entity, stored }: StoredKind,
  { name, text, file }: AddressField,
  after: unknown,
  now: number,
): Promise<unknown> {
  const { primaryKey, keyType } = stored
  const query = knex(stored.name)
    .whereNotNull(text)
    .whereNull(file)
    .orderBy(primaryKey)
    .limit(PAGE)
    .select<Row[]>(primaryKey, text)
  const rows = await (after === null ? query : query.where(primaryKey, ">", after as string | number))
  const addresses = new Map(rows.map((row) => [localIdOf(keyType, dialect, row[primaryKey]), row[text]]))
  const links = await makeLinkStore(knex, dialect).find(entity.name, [...addresses.keys()])
  const uses = links.flatMap(({ localId, state, fields }) => {
    const address = addresses.get(localId)
    const isMedusas = state !== "unlinked" && fields[name]?.r === 0
    return isMedusas && isImportable(address, assets) ? [{ entity: entity.name, localId, column: text, address }] : []
  })
  await wantMissingImages(knex, uses, now)
  return rows.length < PAGE ? null : (rows.at(-1)?.[primaryKey] ?? null)
}
