import { resolveConfig } from "medusa-directus-core"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { readControl } from "../src/adapters/control-store"
import { readCounts } from "../src/adapters/counts"
import { makeLinkStore } from "../src/adapters/link-store"
import { saveSnapshots } from "../src/adapters/snapshot-store"
import { TABLES, ensureInternalTables, pruneInternalTables } from "../src/schema/internal-tables"
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

describe("the sync's own tables", () => {
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
    await database.schema.alterTable(TABLES.dirty, (table) => table.dropColumns("marked_at", "automation"))
    await ensureInternalTables(database)
    await ensureInternalTables(database)
    const links = makeLinkStore(database, "sqlite3")
    expect(await links.find("variant", ["1"])).toMatchObject([{ peerId: "variant_1", parentId: null, heldBack: false }])
    expect(await links.findByParent("variant", ["p"])).toEqual([])
    expect(await readControl(database)).toMatchObject({ repair: null, home: null, alerts: [], lastReceivedAt: null })
    expect(await readCounts(database)).toMatchObject({ active: 1, pending: 0, oldestAt: null })
    await database(TABLES.dirty).insert({ entity: "variant", local_id: "1", n: 1, priority: 0 })
    expect(await database(TABLES.dirty).first()).toMatchObject({ person: 0, automation: 0, marked_at: null })
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
