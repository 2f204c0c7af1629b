import knex, { type Knex } from "knex"
import { afterEach, beforeEach, expect, it } from "vitest"
import { adminUsers } from "../src/database/admin-users"

let database: Knex
beforeEach(async () => {
  database = knex({ client: "sqlite3", connection: ":memory:", useNullAsDefault: true, pool: { min: 1, max: 1 } })
  const table = (name: string, ...columns: string[]) =>
    database.schema.createTable(name, (made) => columns.forEach((column) => void made.string(column)))
  await table("directus_roles", "id", "parent")
  await table("directus_users", "id", "role", "status")
  await table("directus_access", "user", "role", "policy")
  await database.schema.createTable("directus_policies", (made) => {
    made.string("id")
    made.boolean("admin_access")
  })
  await database("directus_policies").insert([
    { id: "all", admin_access: true },
    { id: "some", admin_access: false },
  ])
})
afterEach(() => database.destroy())

it("administrators are those with the right by themselves, by their role, or by a role above it; only active ones", async () => {
  await database("directus_roles").insert([
    { id: "chiefs", parent: null },
    { id: "deputies", parent: "chiefs" },
    { id: "assistants", parent: "deputies" },
    { id: "editors", parent: null },
  ])
  await database("directus_access").insert([
    { user: null, role: "chiefs", policy: "all" },
    { user: "b", role: null, policy: "all" },
    { user: null, role: "editors", policy: "some" },
    { user: null, role: null, policy: "some" },
  ])
  await database("directus_users").insert([
    { id: "a", role: "chiefs", status: "active" },
    { id: "b", role: "editors", status: "active" },
    { id: "c", role: "assistants", status: "active" },
    { id: "d", role: "editors", status: "active" },
    { id: "e", role: "chiefs", status: "suspended" },
    { id: "f", role: null, status: "active" },
  ])
  expect(await adminUsers(database)).toEqual(["a", "b", "c"])
})

it("without any administrator there is nobody to tell", async () => {
  await database("directus_users").insert({ id: "a", role: null, status: "active" })
  expect(await adminUsers(database)).toEqual([])
})
