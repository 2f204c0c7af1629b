import { fingerprint, LIMITS, resolveConfig } from "medusa-directus-core/host"
import { createHash, randomUUID } from "node:crypto"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { readControl } from "../src/ports/control-store"
import { readCounts } from "../src/ports/observe"
import { makeLinkStore } from "../src/ports/link-store"
import { saveSnapshots } from "../src/items/snapshot-store"
import { ensureInternalTables, pruneInternalTables } from "../src/schema/internal-tables"
import { TABLES } from "../src/database/tables"
import { fakeDirectus, type FakeDirectus } from "./fake-directus"

const { entities } = resolveConfig({})
let directus: FakeDirectus
beforeEach(async () => {
  directus = await fakeDirectus(entities)
})
afterEach(() => directus.close())

const insertLink = (localId: string, more: Record<string, unknown> = {}) =>
  directus
    .database(TABLES.link)
    .insert({ entity: "variant", local_id: localId, fields: "{}", standing: "alive", state: "active", ...more })

const ID = "x".repeat(LIMITS.idLength)
const NAME = "x".repeat(LIMITS.pathLength)
const AT = new Date(0).toISOString()
const FP = fingerprint("x")
const SHA256 = createHash("sha256").update("x").digest("hex")
const UUID = randomUUID()

/** The longest text that each column with a limit may get. */
const LONGEST: Record<string, Record<string, string>> = {
  link: {
    entity: NAME,
    local_id: `tombstone:${ID}`,
    peer_id: ID,
    parent_id: ID,
    awaiting: ID,
    promised: ID,
    standing: "archived",
    state: "quarantined",
    last_synced_at: AT,
    sync_source: "directus",
    sync_id: UUID,
    announced_fp: FP,
    withdrawn_fp: FP,
  },
  dirty: { entity: NAME, local_id: ID, lease_owner: UUID },
  mark: { entity: NAME, local_id: ID },
  snapshot: { entity: NAME, local_id: ID },
  conflict: {
    ...{ id: ID, entity: NAME, local_id: ID, peer_id: ID },
    ...{ kind: "concurrent", losing_side: "directus", winning_fingerprint: FP, at: AT, resolved_at: AT },
  },
  journal: {
    ...{ at: AT, entity: NAME, local_id: ID, direction: "out" },
    ...{ event: "left_alone_by_person", sync_id: UUID },
  },
  control: {
    ...{ epoch: UUID, peer_epoch: UUID, last_success_at: AT, last_received_at: AT },
    repair: "both_restored",
  },
  turn: { task: "places" },
  job: { kind: "preview" },
  image: { address_key: SHA256, file: UUID, sha256: SHA256, state: "waiting", lease_owner: UUID },
  imageUse: { entity: NAME, local_id: ID, field: NAME, address_key: SHA256, state: "waiting", file: UUID },
  draft: { id: FP, version: UUID, entity: NAME, local_id: ID, fp: FP, told: FP },
}

describe("the sync's own tables", () => {
  it.each(Object.entries(TABLES))("hold in each column the longest text that it may get: %s", async (name, table) => {
    const columns = Object.entries(await directus.database(table).columnInfo()).filter(([, { maxLength }]) => maxLength)
    const longest = LONGEST[name] ?? {}
    expect(Object.keys(longest).sort()).toEqual(columns.map(([column]) => column).sort())
    const tooShort = columns.filter(
      ([column, { maxLength }]) => Number(maxLength) < (longest[column]?.length ?? Infinity),
    )
    expect(tooShort.map(([column]) => column)).toEqual([])
  })

  it("hold the names of fields whole: a member's name is as long as an address", async () => {
    const columns = await directus.database(TABLES.conflict).columnInfo()
    expect(columns["field"]).toMatchObject({ type: "text", nullable: false })
  })

  it("of an earlier version get what is new, and keep what they hold", async () => {
    const { database } = directus
    await insertLink("1", { peer_id: "variant_1" })
    await database.schema.alterTable(TABLES.link, (table) => {
      table.dropIndex(["entity", "parent_id"])
      table.dropIndex(["entity", "held_back"])
    })
    await database.schema.alterTable(TABLES.link, (table) => table.dropColumns("parent_id", "held_back"))
    await database.schema.alterTable(TABLES.control, (table) =>
      table.dropColumns(
        ...["past", "peer_past", "beat", "peer_beat", "repair", "backfill", "home", "alerts", "last_received_at"],
      ),
    )
    await database.schema.alterTable(TABLES.dirty, (table) => table.dropColumns("marked_at", "automation", "asked"))
    await database.schema.alterTable(TABLES.mark, (table) => table.dropColumn("asked"))
    await ensureInternalTables(database)
    await ensureInternalTables(database)
    const links = makeLinkStore(database, "sqlite3")
    expect(await links.find("variant", ["1"])).toMatchObject([{ peerId: "variant_1", parentId: null, heldBack: false }])
    expect(await links.findByParent("variant", ["p"])).toEqual([])
    expect(await readControl(database)).toMatchObject({ repair: null, home: null, alerts: [], lastReceivedAt: null })
    expect(await readCounts(database)).toMatchObject({ active: 1, pending: 0, oldestAt: null })
    await database(TABLES.dirty).insert({ entity: "variant", local_id: "1", n: 1, priority: 0 })
    expect(await database(TABLES.dirty).first()).toMatchObject({ person: 0, automation: 0, asked: 0, marked_at: null })
  })

  it("of a version that knew restores and no backfill get that too", async () => {
    const { database } = directus
    await database.schema.alterTable(TABLES.control, (table) => table.dropColumn("backfill"))
    await ensureInternalTables(database)
    expect(await readControl(database)).toMatchObject({ repair: null, backfill: null })
  })

  it("the parts of a record are found by it, and what is held back by that", async () => {
    await insertLink("1", { parent_id: "p" })
    await insertLink("2", { parent_id: "q", held_back: true })
    const links = makeLinkStore(directus.database, "sqlite3")
    expect((await links.findByParent("variant", ["p"])).map(({ localId }) => localId)).toEqual(["1"])
    expect(await links.findHeldBack("variant")).toEqual(["2"])
  })

  it("last values stay until a link has taken them over, however long that takes", async () => {
    const { database } = directus
    await insertLink("alive")
    await insertLink("gone", { standing: "gone" })
    const documents = new Map(["alive", "gone", "stranger"].map((id) => [id, { title: id }]))
    await saveSnapshots(database, "variant", documents, 0)
    await pruneInternalTables(database, new Date(365 * 86_400_000), 30)
    expect(await database(TABLES.snapshot).pluck("local_id")).toEqual(["alive"])
  })
})
