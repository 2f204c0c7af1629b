import { mkdirSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest"
import {
  bootstrapDirectus,
  createMedusaUser,
  directusServer,
  findFreePort,
  medusaServer,
  migrateMedusa,
  repositoryRoot,
  runMedusaScript,
  startPostgres,
  type DirectusServer,
  type MedusaServer,
  type Postgres,
} from "../../scripts/stack/index.ts"
import { makeCms, type Cms } from "../clients/cms.ts"
import { makeShop, type Shop } from "../clients/shop.ts"
import { eventually } from "../eventually.ts"
import { statementsOf } from "../psql.ts"
import { directusDatabase, runSql } from "../stack/databases.ts"
import { admin, dataDir, directusToken } from "../stack/places.ts"
import { writeCms, writeShop } from "../stack/projects.ts"

const dir = join(dataDir, "database-roles")
const secret = "roles-shared-secret-8Kq2-mW61"
/** Nothing of it may get lost on its way through psql and a connection string. */
const passwords = { MEDUSA_DB_PASSWORD: 'it\'s \\ a "pass" $1 word', DIRECTUS_DB_PASSWORD: "another-Password-77" }

let postgres: Postgres
let medusaDb: string
let directusDb: string
let medusa: MedusaServer
let directus: DirectusServer
let shop: Shop
let cms: Cms

/** The connection string of a role. */
function urlOf(role: "medusa" | "directus", database: string = role): string {
  const url = new URL(postgres.url(database))
  url.username = role
  url.password = encodeURIComponent(role === "medusa" ? passwords.MEDUSA_DB_PASSWORD : passwords.DIRECTUS_DB_PASSWORD)
  return url.href
}

/** Both hosts from nothing, in the databases that the Docker example makes, each as the role that it is given there. */
beforeAll(async () => {
  rmSync(dir, { recursive: true, force: true })
  mkdirSync(dir, { recursive: true })
  // A server of its own: roles are of a whole server.
  postgres = await startPostgres({ dir, durable: false })
  const file = join(repositoryRoot, "examples", "docker", "databases.sql")
  for (const statement of statementsOf(readFileSync(file, "utf8"), passwords))
    await runSql(postgres.url("postgres"), statement)
  medusaDb = urlOf("medusa")
  directusDb = urlOf("directus")

  const { packed } = inject("e2e")
  const [medusaPort, directusPort] = [await findFreePort(), await findFreePort()]
  const keyFile = join(dir, "api-key.txt")
  const app = {
    appDir: writeShop(join(dir, "medusa"), packed, { directusUrl: `http://localhost:${String(directusPort)}`, secret }),
    env: { DATABASE_URL: medusaDb, E2E_KEY_FILE: keyFile },
    logFile: join(dir, "medusa.log"),
  }
  const project = {
    projectDir: writeCms(join(dir, "directus"), packed),
    env: {
      ...directusDatabase(directusDb),
      DB_PASSWORD: `string:${passwords.DIRECTUS_DB_PASSWORD}`,
      SECRET: secret,
      ADMIN_EMAIL: admin.email,
      ADMIN_PASSWORD: admin.password,
      ADMIN_TOKEN: directusToken,
      MEDUSA_URL: `http://localhost:${String(medusaPort)}`,
      MEDUSA_SYNC_SECRET: `string:${secret}`,
    },
    logFile: join(dir, "directus.log"),
  }
  await Promise.all([
    migrateMedusa(app)
      .then(() => createMedusaUser(app, admin))
      .then(() => runMedusaScript(app, "./src/make-api-key.js")),
    bootstrapDirectus(project),
  ])
  medusa = medusaServer({ ...app, port: medusaPort })
  directus = directusServer({ ...project, port: directusPort })
  await Promise.all([medusa.start(), directus.start()])
  shop = makeShop(medusa.url, readFileSync(keyFile, "utf8"))
  cms = makeCms(directus.url, directusToken)
}, 600_000)

afterAll(async () => {
  await Promise.all([medusa?.stop(), directus?.stop()])
  await postgres?.stop()
})

describe.each(["medusa", "directus"] as const)("the role of %s", (role) => {
  const other = role === "medusa" ? "directus" : "medusa"

  test("is no superuser, owns its database and no other, and makes neither roles nor databases", async () => {
    const [facts] = await runSql(
      urlOf(role),
      `select r.rolsuper, r.rolcreatedb, r.rolcreaterole, r.rolreplication, r.rolbypassrls,
              (select array_agg(d.datname::text) from pg_database d where d.datdba = r.oid) as owns,
              (select array_agg(m.roleid::regrole::text) from pg_auth_members m where m.member = r.oid) as member_of
       from pg_roles r where r.rolname = current_user`,
    )
    expect(facts).toEqual({
      ...{ rolsuper: false, rolcreatedb: false, rolcreaterole: false, rolreplication: false, rolbypassrls: false },
      ...{ owns: [role], member_of: null },
    })
    for (const statement of ["create role more login", "create database more", "alter role current_user superuser"])
      await expect(runSql(urlOf(role), statement), statement).rejects.toMatchObject({ code: "42501" })
    await expect(runSql(urlOf(role), "copy (select 1) to program 'true'")).rejects.toMatchObject({ code: "42501" })
  })

  test.each([other, "postgres", "template1"])("does not get into %s's data", async (database) => {
    await expect(runSql(urlOf(role, database), "select 1")).rejects.toMatchObject({ code: "42501" })
  })
})

test("with such roles both hosts make their tables, note what changes, and sync both ways", async () => {
  await eventually("each side has heard of the other", async () => {
    const [ours, theirs] = await Promise.all([shop.status(), cms.status()])
    if (!theirs.running) throw new Error(theirs.reason)
    return ours.peerEpoch !== null && theirs.peerEpoch !== null
  })
  const { paused, capture } = await shop.status()
  expect({ paused, capture }).toEqual({ paused: null, capture: "installed" })
  const id = await shop.create({ title: "Made by a plain role" })
  const item = await eventually("the product is in Directus", async () => {
    const [found] = await cms.find({ medusa_id: id })
    if (!found) throw new Error("there is no such item yet")
    return found
  })
  await cms.edit(item.id, { title: "Edited by another one" })
  await eventually("the edit is in Medusa", async () => (await shop.read(id)).title === "Edited by another one")
  // A change that no code of Medusa's has seen: a trigger notes it.
  await runSql(medusaDb, "update product set subtitle = 'By SQL' where id = $1", [id])
  await eventually(
    "what SQL has changed is in Directus",
    async () => (await cms.read(item.id))["subtitle"] === "By SQL",
  )
})
