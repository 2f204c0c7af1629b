import type { Knex } from "knex"
import { randomUUID } from "node:crypto"
import { TABLES } from "../database/tables"
import { hasCome } from "../database/clock-step"
import { addJournal } from "../ports/history-store"
import { lockRows, type Dialect } from "../database/dialect"
import { FILES } from "../items/stored-collection"

/** An address whose picture is to be fetched now, by this process. */
export interface LeasedImage {
  id: string | number
  key: string
  address: string
  file: string
  /** Failures so far. */
  attempts: number
}

/** A use that can be settled: its picture is here, or cannot be had. */
export interface SettledUse {
  id: string | number
  entity: string
  local_id: string
  field: string
  address_key: string
  address: string
  file: string
  state: "here" | "refused"
  reason: string | null
  /** What the journal was told before. */
  told: string | null
}

/** How long a process may be silent about the picture that it has, in milliseconds. */
const LEASE = 20_000
/** Until a picture is tried again that cannot be fetched, with a margin, in milliseconds. */
const LONGEST_RETRY = 25 * 3_600_000
/** Any number that no other program uses. */
const CONTENT_LOCK = 6_338_720_252

const FREE = { lease_owner: null, lease_until: null }

/**
 * Takes a picture that an item still shows: the one that failed least often, then the one that has waited longest. A
 * server that never answers costs each try a minute, which what is new does not wait for. Call it in a transaction of
 * its own.
 */
export async function leaseImage(trx: Knex, dialect: Dialect, owner: string, now: number): Promise<LeasedImage | null> {
  const due = wanted(trx)
    .where(hasCome("run_at", now, LONGEST_RETRY))
    .where((free) => void free.whereNull("lease_until").orWhere(hasCome("lease_until", now)))
    .orderBy(["attempts", "run_at", "id"])
    .limit(1)
    .select<(Omit<LeasedImage, "key"> & { address_key: string })[]>("id", "address_key", "address", "file", "attempts")
  const [row] = await lockRows(due, dialect, { skipLocked: true })
  if (!row) return null
  await trx(TABLES.image)
    .where({ id: row.id })
    .update({ lease_owner: owner, lease_until: now + LEASE })
  const { address_key, ...image } = row
  return { ...image, key: address_key }
}

const wanted = (knex: Knex) =>
  knex(TABLES.image)
    .where({ state: "waiting" })
    .whereExists(
      knex(TABLES.imageUse)
        .whereRaw("??.address_key = ??.address_key", [TABLES.imageUse, TABLES.image])
        .where(`${TABLES.imageUse}.state`, "wanted")
        .select(knex.raw("1")),
    )

/** When the next picture is due; `null` when none waits. */
export async function nextImageDue(knex: Knex): Promise<number | null> {
  const row = await wanted(knex).first<{ at: string | number | null }>(
    knex.raw("min(case when lease_until is not null and lease_until > run_at then lease_until else run_at end) as at"),
  )
  return row?.at == null ? null : Number(row.at)
}

const held = (knex: Knex, { id }: LeasedImage, owner: string) =>
  knex(TABLES.image).where({ id, state: "waiting", lease_owner: owner })

/** The process is still at it. */
export const renewImage = (knex: Knex, owner: string, image: LeasedImage, now: number): Promise<number> =>
  held(knex, image, owner).update({ lease_until: now + LEASE })

/**
 * The picture is in the file: one file for each content. Call it in a transaction.
 *
 * @param drop - removes the file, which holds what another one holds.
 */
export async function keepImage(
  trx: Knex,
  dialect: Dialect,
  owner: string,
  image: LeasedImage,
  sha256: string,
  drop: () => Promise<void>,
): Promise<void> {
  if (dialect === "pg") await trx.raw("select pg_advisory_xact_lock(?)", [CONTENT_LOCK])
  // After an expired lease another process has it, and makes the same file.
  const [row] = await lockRows(held(trx, image, owner).select<{ id: string }[]>("id"), dialect)
  if (!row) return
  const known = await trx(TABLES.image)
    .where({ sha256, state: "here" })
    .whereNot({ file: image.file })
    .select<{ file: string }[]>("file")
  const there = await existingFiles(
    trx,
    known.map(({ file }) => file),
  )
  const first = known.find(({ file }) => there.has(file))
  if (first) await drop()
  await trx(TABLES.image)
    .where({ id: row.id })
    .update({ ...FREE, state: "here", file: first?.file ?? image.file, sha256, reason: null, attempts: 0 })
}

/** Which of these files Directus has. */
export async function existingFiles(knex: Knex, files: readonly string[]): Promise<Set<string>> {
  const rows = await knex(FILES)
    .whereIn("id", [...new Set(files)])
    .select<{ id: string }[]>("id")
  return new Set(rows.map(({ id }) => id))
}

export const retryImage = (knex: Knex, owner: string, image: LeasedImage, at: number): Promise<number> =>
  held(knex, image, owner).update({ ...FREE, attempts: image.attempts + 1, run_at: at })

export const refuseImage = (knex: Knex, owner: string, image: LeasedImage, reason: string): Promise<number> =>
  held(knex, image, owner).update({ ...FREE, state: "refused", reason })

/** The file is gone from the library, and somebody wants the picture again: another file. */
export const forgetFile = (knex: Knex, key: string, file: string, now: number): Promise<number> =>
  knex(TABLES.image)
    .where({ address_key: key, file, state: "here" })
    .update({ state: "waiting", file: randomUUID(), sha256: null, attempts: 0, run_at: now })

/** After a start what was refused gets another try: the settings may be others. */
export async function retryRefusedImages(knex: Knex, now: number): Promise<void> {
  await knex(TABLES.image).where({ state: "refused" }).update({ state: "waiting", attempts: 0, run_at: now })
  await knex(TABLES.imageUse).where({ state: "refused" }).update({ state: "wanted" })
}

/** @param after - the id of the last one that was seen. */
export const settledUses = (knex: Knex, after: string | number, limit: number): Promise<SettledUse[]> =>
  knex({ use: TABLES.imageUse })
    .join({ image: TABLES.image }, "image.address_key", "use.address_key")
    .where("use.state", "wanted")
    .whereIn("image.state", ["here", "refused"])
    .where("use.id", ">", after)
    .orderBy("use.id")
    .limit(limit)
    .select<SettledUse[]>({
      id: "use.id",
      entity: "use.entity",
      local_id: "use.local_id",
      field: "use.field",
      address_key: "use.address_key",
      address: "image.address",
      file: "image.file",
      state: "image.state",
      reason: "image.reason",
      told: "use.reason",
    })

const stillWanted = (trx: Knex, { id, address_key }: SettledUse) =>
  trx(TABLES.imageUse).where({ id, address_key, state: "wanted" })

/** Locks the use for this transaction. @returns false when it is settled or names another address by now. */
export async function holdUse(trx: Knex, dialect: Dialect, use: SettledUse): Promise<boolean> {
  const [row] = await lockRows(stillWanted(trx, use).select<{ id: string }[]>("id"), dialect)
  return row !== undefined
}

export const dropUse = (trx: Knex, use: SettledUse): Promise<number> => stillWanted(trx, use).delete()

export const markPlaced = (trx: Knex, use: SettledUse): Promise<number> =>
  stillWanted(trx, use).update({ state: "placed", file: use.file, reason: null })

/** The address stays; the item's journal says why there is no file, once. */
export async function refuseUse(
  trx: Knex,
  dialect: Dialect,
  use: SettledUse,
  reason: string,
  now: number,
): Promise<void> {
  const refused = await stillWanted(trx, use).update({ state: "refused", reason })
  if (refused === 0 || use.told === reason) return
  await addJournal(trx, dialect, [
    {
      at: new Date(now).toISOString(),
      entity: use.entity,
      localId: use.local_id,
      direction: "in",
      event: "image_refused",
      fields: [use.field],
      reason,
      syncId: "",
    },
  ])
}

/** How many pictures wait, and how many were refused. */
export async function countImages(knex: Knex): Promise<{ waiting: number; refused: number }> {
  const count = async (query: Knex.QueryBuilder) =>
    Number(((await query.count({ n: "*" })) as { n: string | number }[])[0]?.n ?? 0)
  return {
    waiting: await count(wanted(knex)),
    refused: await count(knex(TABLES.image).where({ state: "refused" })),
  }
}
