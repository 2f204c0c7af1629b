import knex, { type Knex } from "knex"
import { copyFileSync, mkdtempSync, renameSync, rmSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, it } from "vitest"
import { databaseHome } from "../src/ports/database-home"

let dir: string
let open: Knex[] = []
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "home-"))
  await at("data.db").schema.createTable("t", (table) => table.increments())
})
afterEach(async () => {
  for (const database of open) await database.destroy()
  open = []
  rmSync(dir, { recursive: true })
})

function at(name: string): Knex {
  const database = knex({ client: "sqlite3", connection: { filename: join(dir, name) }, useNullAsDefault: true })
  open.push(database)
  return database
}

const home = (name: string) => databaseHome(at(name), "sqlite3")

it("a file of SQLite is at home at each start, by whichever path", async () => {
  symlinkSync(join(dir, "data.db"), join(dir, "link.db"))
  expect(await home("data.db")).toBe(await home("data.db"))
  expect(await home("link.db")).toBe(await home("data.db"))
})

it("a copy of it is not: elsewhere, or in the same place", async () => {
  const before = await home("data.db")
  copyFileSync(join(dir, "data.db"), join(dir, "copy.db"))
  expect(await home("copy.db")).not.toBe(before)
  renameSync(join(dir, "copy.db"), join(dir, "data.db"))
  expect(await home("data.db")).not.toBe(before)
})
