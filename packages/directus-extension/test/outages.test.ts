import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import knex, { type Knex } from "knex"
import { DatabaseError } from "pg"
import { SyncError } from "medusa-directus-core/host"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { cleanError } from "../src/database/database-error"
import { readRefusal } from "../src/items/host-refusal"

const folder = mkdtempSync(join(tmpdir(), "outage-"))
const filename = join(folder, "directus.sqlite")
const open = (more: Knex.Config = {}): Knex =>
  knex({ client: "sqlite3", useNullAsDefault: true, connection: { filename }, ...more })
let database: Knex
beforeAll(async () => {
  database = open()
  await database.schema.createTable("products", (table) => {
    table.increments("id")
    table.string("title").notNullable()
  })
})
afterAll(async () => {
  await database.destroy()
  rmSync(folder, { recursive: true })
})

/** What the adapters make of it, by the way of a write. */
async function madeOf(work: Promise<unknown>): Promise<Error> {
  const error: unknown = await work.then(
    () => null,
    (failed: unknown) => failed,
  )
  expect(error).toBeInstanceOf(Error)
  return cleanError(readRefusal("products", error)?.error ?? error)
}

describe("what a database says that no record is to blame for", () => {
  it("SQLite that takes no writes", async () => {
    await database.raw("pragma query_only = on")
    const error = await madeOf(database("products").insert({ title: "hidden" }))
    await database.raw("pragma query_only = off")
    expect(error).toMatchObject({ code: "internal", scope: "message", retryable: true })
    expect(error.message).toMatch(/^Directus's database cannot be used for this now: SQLITE_READONLY/)
    expect(error.message).not.toContain("hidden")
  })

  it("SQLite without a table, or without a column", async () => {
    for (const work of [database("gone").insert({ title: "hidden" }), database("products").insert({ gone: "hidden" })])
      expect(await madeOf(work)).toMatchObject({ code: "internal", scope: "kind", retryable: true })
  })

  it("SQLite that is full", async () => {
    await database.raw("pragma max_page_count = 1")
    const error = await madeOf(database("products").insert({ title: "x".repeat(100_000) }))
    await database.raw("pragma max_page_count = 1000000")
    expect(error).toMatchObject({ scope: "message" })
  })

  it("a value that SQLite refuses is that record's", async () => {
    expect(await madeOf(database("products").insert({ title: null }))).toMatchObject({
      code: "rejected_by_host",
      scope: "record",
    })
  })

  it("a pool without a free connection", async () => {
    const small = open({ pool: { max: 1 }, acquireConnectionTimeout: 20 })
    const held = await small.transaction()
    const error = await madeOf(small("products").select("id"))
    await held.rollback()
    await small.destroy()
    expect(error).toMatchObject({ scope: "message", retryable: true })
  })

  it.each([
    ["57P01", "message"],
    ["53100", "message"],
    ["25006", "message"],
    ["42P01", "kind"],
    ["42501", "kind"],
    ["22001", "record"],
    ["54000", "record"],
  ])("PostgreSQL's own error %s reaches the %s", (code, scope) => {
    const error = Object.assign(new DatabaseError("insert … values ('hidden') - refused", 0, "error"), { code })
    const made = cleanError(readRefusal("products", error)?.error ?? error)
    expect(made).toBeInstanceOf(SyncError)
    expect(made).toMatchObject({ scope })
    expect(made.message).not.toContain("hidden")
  })
})
