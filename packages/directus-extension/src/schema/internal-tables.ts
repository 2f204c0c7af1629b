import type { Knex } from "knex"
import { LIMITS } from "medusa-directus-core/host"
import { randomUUID } from "node:crypto"
import { inBatches } from "../database/batches"
import { addLinkColumns, addLinkIndexes, ANNOUNCED_FP, LINK_COLUMNS } from "../database/link-columns"
import { TABLES, CONTROL_ID } from "../database/tables"

/** Longer than an id: that of a tombstone has a word before it. */
const addLinkId = (table: Knex.CreateTableBuilder): Knex.ColumnBuilder =>
  table.string("local_id", LIMITS.linkIdLength).notNullable()

/** What tells a database that was set back to a backup. */
function addRestoreColumns(table: Knex.CreateTableBuilder): void {
  table.text("past").notNullable().defaultTo("[]")
  table.text("peer_past").notNullable().defaultTo("[]")
  table.bigInteger("beat").notNullable().defaultTo(0)
  table.bigInteger("peer_beat").notNullable().defaultTo(0)
  table.string("repair")
}

/** Where a backfill is. */
function addBackfillColumn(table: Knex.CreateTableBuilder): void {
  table.text("backfill")
}

/** Where what travels is kept here. */
function addPlacesColumn(table: Knex.CreateTableBuilder): void {
  table.text("places")
}

/** What tells a copy from the original. */
function addHomeColumn(table: Knex.CreateTableBuilder): void {
  table.text("home")
}

/** What people were told of, and when Medusa was last heard. */
function addHealthColumns(table: Knex.CreateTableBuilder): void {
  table.text("alerts").notNullable().defaultTo("[]")
  table.string("last_received_at")
}

/** Has somebody made the record, or said the field that puts it on sale? It stays until the mark is cleared. */
function addAskedColumn(table: Knex.CreateTableBuilder): void {
  table.boolean("asked").notNullable().defaultTo(false)
}

type Columns = (table: Knex.CreateTableBuilder) => void

const columns: Record<keyof typeof TABLES, Columns> = {
  link: (table) => {
    table.bigIncrements("id")
    table.string("entity").notNullable()
    addLinkId(table)
    addLinkColumns(table)
    table.unique(["entity", "local_id"])
    table.unique(["entity", "peer_id"])
    table.index(["entity", ANNOUNCED_FP])
    addLinkIndexes(table)
  },
  dirty: (table) => {
    table.bigIncrements("id")
    table.string("entity").notNullable()
    table.string("local_id").notNullable()
    table.bigInteger("n").notNullable()
    table.integer("priority").notNullable()
    /** When the first of the changes was made. */
    table.bigInteger("marked_at")
    /** Is a person's change among those that it stands for since it was last leased? And a Flow's or an extension's? */
    table.boolean("person").notNullable().defaultTo(false)
    table.boolean("automation").notNullable().defaultTo(false)
    addAskedColumn(table)
    /** Milliseconds since 1970, like the other times here; null waits for a person or a change. */
    table.bigInteger("run_at")
    table.string("lease_owner")
    table.bigInteger("lease_until")
    table.unique(["entity", "local_id"])
    table.index(["run_at"])
  },
  mark: (table) => {
    table.bigIncrements("seq")
    table.string("entity").notNullable()
    table.string("local_id").notNullable()
    table.bigInteger("due_at").notNullable()
    table.integer("priority").notNullable().defaultTo(0)
    table.boolean("person").notNullable().defaultTo(false)
    addAskedColumn(table)
  },
  snapshot: (table) => {
    table.bigIncrements("id")
    table.string("entity").notNullable()
    table.string("local_id").notNullable()
    table.text("fields").notNullable()
    table.bigInteger("at").notNullable()
    table.unique(["entity", "local_id"])
  },
  conflict: (table) => {
    table.string("id").primary()
    table.string("entity").notNullable()
    table.string("local_id").notNullable()
    table.string("peer_id").notNullable()
    /** Of up to 1,000 characters: a member's name holds an address or an option's value. */
    table.text("field").notNullable()
    table.string("kind").notNullable()
    table.string("losing_side").notNullable()
    table.text("losing_value").notNullable()
    table.string("winning_fingerprint").notNullable()
    table.string("at").notNullable()
    table.string("resolved_at")
    table.boolean("told").notNullable().defaultTo(false)
    table.index(["at"])
  },
  journal: (table) => {
    table.bigIncrements("id")
    table.string("at").notNullable()
    table.string("entity").notNullable()
    table.string("local_id").notNullable()
    table.string("direction").notNullable()
    table.string("event").notNullable()
    table.text("fields").notNullable()
    table.text("reason")
    table.string("sync_id").notNullable()
    table.index(["entity", "local_id"])
    table.index(["at"])
  },
  control: (table) => {
    table.integer("id").primary()
    table.integer("version").notNullable()
    table.string("epoch").notNullable()
    table.string("peer_epoch")
    table.text("breaker").notNullable()
    table.text("paused")
    table.string("last_success_at")
    /** Names of the collections that this extension made, as JSON. */
    table.text("made").notNullable()
    addRestoreColumns(table)
    addBackfillColumn(table)
    addHomeColumn(table)
    addPlacesColumn(table)
    addHealthColumns(table)
    table.bigInteger("clock_offset")
  },
  turn: (table) => {
    table.string("task").primary()
    table.bigInteger("taken_at").notNullable()
  },
  job: (table) => {
    table.string("kind").primary()
    table.bigInteger("version").notNullable()
    table.text("job").notNullable()
    table.text("result")
  },
  image: (table) => {
    table.bigIncrements("id")
    /** SHA-256: addresses are too long for a unique index. */
    table.string("address_key").notNullable().unique()
    table.text("address").notNullable()
    /** Chosen before the import, which then makes the same file again when it is repeated. */
    table.string("file").notNullable()
    table.string("sha256")
    table.string("state").notNullable()
    table.text("reason")
    table.integer("attempts").notNullable()
    table.bigInteger("run_at").notNullable()
    table.string("lease_owner")
    table.bigInteger("lease_until")
    table.index(["state", "run_at"])
    table.index(["sha256"])
  },
  imageUse: (table) => {
    table.bigIncrements("id")
    table.string("entity").notNullable()
    table.string("local_id").notNullable()
    /** The column of the address. */
    table.string("field").notNullable()
    table.string("address_key").notNullable()
    table.string("state").notNullable()
    /** The copy that was put beside the address. */
    table.string("file")
    table.text("reason")
    table.unique(["entity", "local_id", "field"])
    table.index(["address_key"])
    table.index(["state"])
  },
  draft: (table) => {
    table.string("id").primary()
    table.uuid("version").notNullable()
    table.string("entity").notNullable()
    table.string("local_id").notNullable()
    table.text("field").notNullable()
    table.string("fp").notNullable()
    table.string("told")
    table.index(["version"])
  },
}

/** Makes the tables that are missing and the database's epoch. Call it under the schema lock. */
export async function ensureInternalTables(database: Knex): Promise<void> {
  for (const name of Object.keys(TABLES) as (keyof typeof TABLES)[]) {
    if (await database.schema.hasTable(TABLES[name])) continue
    try {
      await database.schema.createTable(TABLES[name], columns[name])
    } catch (error) {
      // Another process on a database without advisory locks was quicker.
      if (!(await database.schema.hasTable(TABLES[name]))) throw error
    }
  }
  await completeTables(database)
  await database(TABLES.control)
    .insert({
      id: CONTROL_ID,
      version: 1,
      epoch: randomUUID(),
      breaker: JSON.stringify({ failures: 0, openUntil: null }),
      made: "[]",
    })
    .onConflict("id")
    .ignore()
}

/** What newer versions keep in tables of older ones: the first column of each addition, and how it is made. */
const ADDED: readonly [table: keyof typeof TABLES, column: string, add: Columns][] = [
  ["control", "beat", addRestoreColumns],
  ["control", "backfill", addBackfillColumn],
  ["control", "alerts", addHealthColumns],
  ["control", "clock_offset", (table) => table.bigInteger("clock_offset")],
  ["control", "home", addHomeColumn],
  ["control", "places", addPlacesColumn],
  ["conflict", "told", (table) => table.boolean("told").notNullable().defaultTo(false)],
  ["mark", "priority", (table) => table.integer("priority").notNullable().defaultTo(0)],
  ["mark", "person", (table) => table.boolean("person").notNullable().defaultTo(false)],
  ["dirty", "marked_at", (table) => table.bigInteger("marked_at")],
  ["dirty", "person", (table) => table.boolean("person").notNullable().defaultTo(false)],
  ["dirty", "automation", (table) => table.boolean("automation").notNullable().defaultTo(false)],
  ["mark", "asked", addAskedColumn],
  ["dirty", "asked", addAskedColumn],
]

/** A newer version of the extension may keep more. */
async function completeTables(database: Knex): Promise<void> {
  const links = new Set(Object.keys(await database(TABLES.link).columnInfo()))
  const isComplete = Object.values(LINK_COLUMNS).every(([column]) => links.has(column))
  if (!isComplete) {
    await database.schema.alterTable(TABLES.link, (table) => {
      addLinkColumns(table, links)
      addLinkIndexes(table, links)
    })
  }
  for (const [name, column, add] of ADDED)
    if (!(await database.schema.hasColumn(TABLES[name], column)))
      await database.schema.alterTable(TABLES[name], (table) => void add(table))
  const { local_id } = await database(TABLES.link).columnInfo()
  // Only PostgreSQL holds a text to its length.
  if (local_id?.type === "character varying" && Number(local_id.maxLength) < LIMITS.linkIdLength)
    await database.schema.alterTable(TABLES.link, (table) => addLinkId(table).alter())
  const { field } = await database(TABLES.conflict).columnInfo()
  if (field?.type === "character varying")
    await database.schema.alterTable(TABLES.conflict, (table) => table.text("field").notNullable().alter())
}

/** How long what nobody asked for is kept. */
const SNAPSHOT_DAYS = 7
const DAY = 86_400_000

/**
 * Removes old journal lines and decided conflicts, and snapshots of records that the sync never heard of. Those of a part whose whole is gone
 * stay until its link has taken them over, which is when the whole comes back.
 */
export async function pruneInternalTables(database: Knex, now: Date, keepDays: number): Promise<void> {
  const before = new Date(now.getTime() - keepDays * DAY).toISOString()
  await database(TABLES.journal).where("at", "<", before).delete()
  await database(TABLES.conflict).where({ told: true }).where("resolved_at", "<", before).delete()
  const known = (table: string) =>
    database(table)
      .whereRaw("??.entity = ??.entity and ??.local_id = ??.local_id", [table, TABLES.snapshot, table, TABLES.snapshot])
      .select(database.raw("1"))
  const old = await database(TABLES.snapshot)
    .where("at", "<", now.getTime() - SNAPSHOT_DAYS * DAY)
    .whereNotExists(known(TABLES.dirty))
    .whereNotExists(known(TABLES.mark))
    .whereNotExists(known(TABLES.link).whereNotIn("standing", ["gone", "along"]))
    .select<{ id: string | number }[]>("id")
  for (const batch of inBatches(old.map(({ id }) => id))) await database(TABLES.snapshot).whereIn("id", batch).delete()
  await pruneImages(database, now.getTime())
  // Of a version that was deleted with its collection, or that nobody has told of.
  await database(TABLES.draft).whereNotIn("version", database("directus_versions").select("id")).delete()
}

/** Removes what no item shows any more. Where a copy lies is kept: another item may show the same picture one day. */
async function pruneImages(database: Knex, now: number): Promise<void> {
  const ofUse = database(TABLES.link)
    .whereRaw("??.entity = ??.entity and ??.local_id = ??.local_id", [
      TABLES.link,
      TABLES.imageUse,
      TABLES.link,
      TABLES.imageUse,
    ])
    .whereNotIn("standing", ["gone", "along"])
  await database(TABLES.imageUse)
    .whereNotExists(ofUse.select(database.raw("1")))
    .delete()
  const uses = database(TABLES.imageUse).whereRaw("??.address_key = ??.address_key", [TABLES.imageUse, TABLES.image])
  await database(TABLES.image)
    .whereNot({ state: "here" })
    .where((free) => void free.whereNull("lease_until").orWhere("lease_until", "<", now))
    .whereNotExists(uses.select(database.raw("1")))
    .delete()
}
