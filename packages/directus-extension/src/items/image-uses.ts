import type { Knex } from "knex"
import { createHash, randomUUID } from "node:crypto"
import { TABLES } from "../database/tables"
import type { Assets } from "./asset-address"
import { inBatches } from "../database/batches"
import type { StoredField } from "./stored-collection"
import type { StoredKind } from "./stored-kinds"

/** An address of Medusa's in a column with a file field beside it. */
export interface ImageUse {
  entity: string
  localId: string
  column: string
  /** `null`: nothing there that could be imported. */
  address: string | null
}

export interface AddressField {
  /** The name of the field in the mapping. */
  name: string
  text: string
  file: string
}

/**
 * The fields of a kind that hold an address and can show a file. Where there is no column for the address, nothing is copied.
 *
 * @param written - only those of its columns.
 */
export function addressFields(kind: StoredKind, written?: Record<string, unknown>): AddressField[] {
  return [...kind.entity.fields.values()].flatMap(({ name, directus, file }) => {
    if (directus === null || file === undefined || (written && !(directus in written))) return []
    const field: StoredField | undefined = kind.stored.fields.get(directus)
    return field?.kind === "file" && field.text !== null ? [{ name, text: field.text, file: field.file }] : []
  })
}

export const addressKey = (address: string): string => createHash("sha256").update(address).digest("hex")

/** Only what another web server holds: the files of this Directus need no copy. */
export const isImportable = (value: unknown, assets: Assets): value is string =>
  typeof value === "string" && /^https?:\/\//i.test(value) && URL.canParse(value) && assets.fileAt(value) === null

/** What the columns that were written to an item mean for the import. */
export const usesIn = (
  kind: StoredKind,
  assets: Assets,
  localId: string,
  columns: Record<string, unknown>,
): ImageUse[] =>
  addressFields(kind, columns).map(({ text }) => {
    const value = columns[text]
    return { entity: kind.entity.name, localId, column: text, address: isImportable(value, assets) ? value : null }
  })

type Import = ImageUse & { address: string }

const isImport = (use: ImageUse): use is Import => use.address !== null

/** Notes what Medusa's addresses are shown by, in the transaction that writes them: they are imported after its commit. */
export async function wantImages(trx: Knex, uses: readonly ImageUse[], now: number): Promise<void> {
  const none = uses.flatMap((use) => (isImport(use) ? [] : [[use.entity, use.localId, use.column]]))
  for (const batch of inBatches(none))
    await trx(TABLES.imageUse).whereIn(["entity", "local_id", "field"], batch).delete()
  await insertUses(trx, uses.filter(isImport), now, (query) =>
    query.onConflict(["entity", "local_id", "field"]).merge(["address_key", "state", "file", "reason"]),
  )
}

/** The same for addresses that were there before; those that are noted stay as they are. */
export const wantMissingImages = (knex: Knex, uses: readonly ImageUse[], now: number): Promise<void> =>
  insertUses(knex, uses.filter(isImport), now, (query) => query.onConflict(["entity", "local_id", "field"]).ignore())

async function insertUses(
  knex: Knex,
  uses: readonly Import[],
  now: number,
  orElse: (query: Knex.QueryBuilder) => Knex.QueryBuilder,
): Promise<void> {
  const addresses = new Map(uses.map(({ address }) => [addressKey(address), address]))
  // In one order, so that two applies do not wait for each other.
  const images = [...addresses]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, address]) => ({
      address_key: key,
      address,
      file: randomUUID(),
      state: "waiting",
      attempts: 0,
      run_at: now,
    }))
  for (const batch of inBatches(images)) await knex(TABLES.image).insert(batch).onConflict("address_key").ignore()
  const rows = uses.map(({ entity, localId, column, address }) => ({
    entity,
    local_id: localId,
    field: column,
    address_key: addressKey(address),
    state: "wanted",
    file: null,
    reason: null,
  }))
  for (const batch of inBatches(rows)) await orElse(knex(TABLES.imageUse).insert(batch))
}

/** Local id and column of an address → the copy that the sync put beside it. */
export async function readCopies(
  knex: Knex,
  entity: string,
  localIds: readonly string[],
): Promise<(localId: string, column: string) => string | null> {
  const copies = new Map<string, string>()
  for (const batch of inBatches(localIds)) {
    const rows = await knex(TABLES.imageUse)
      .where({ entity, state: "placed" })
      .whereIn("local_id", batch)
      .select<{ local_id: string; field: string; file: string }[]>("local_id", "field", "file")
    for (const { local_id, field, file } of rows) copies.set(`${local_id}\n${field}`, file)
  }
  return (localId, column) => copies.get(`${localId}\n${column}`) ?? null
}
