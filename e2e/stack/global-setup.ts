import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import type { TestProject } from "vitest/node"
import {
  bootstrapDirectus,
  createMedusaUser,
  migrateMedusa,
  runMedusaScript,
  startPostgres,
  stopAll,
  type Postgres,
} from "../../scripts/stack/index.ts"
import { directusDatabase, hasDatabase } from "./databases.ts"
import { packAll, type Packed } from "./pack.ts"
import { admin, dataDir, directusToken, templates } from "./places.ts"
import { writeCms, writeShop } from "./projects.ts"

const keyFile = join(dataDir, "templates.json")

/** Packs what is tested, starts PostgreSQL and makes one migrated database per host, which each test file copies. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  mkdirSync(dataDir, { recursive: true })
  const packed = packAll(join(dataDir, "packed"))
  const postgres = await startPostgres({
    dir: join(dataDir, "postgres"),
    durable: false,
    ...(process.env["DATABASE_URL"] ? { databaseUrl: process.env["DATABASE_URL"] } : {}),
  })
  try {
    const apiKey = await makeTemplates(postgres, packed)
    project.provide("e2e", { postgresUrl: postgres.url("postgres"), packed, apiKey })
  } catch (error) {
    await stopAll()
    throw error
  }
  return async () => {
    await stopAll()
    await postgres.stop()
  }
}

/** @returns a secret API key that the Medusa template knows */
async function makeTemplates(postgres: Postgres, packed: Packed): Promise<string> {
  const key = templateKey(packed)
  const known = existsSync(keyFile)
    ? (JSON.parse(readFileSync(keyFile, "utf8")) as { key: string; apiKey: string })
    : null
  const server = postgres.url("postgres")
  const there = (await hasDatabase(server, templates.medusa)) && (await hasDatabase(server, templates.directus))
  if (known?.key === key && there) return known.apiKey

  for (const name of Object.values(templates)) await postgres.dropDatabase(name)
  const [apiKey] = await Promise.all([makeMedusaTemplate(postgres, packed), makeDirectusTemplate(postgres, packed)])
  writeFileSync(keyFile, JSON.stringify({ key, apiKey }), { mode: 0o600 })
  return apiKey
}

async function makeMedusaTemplate(postgres: Postgres, packed: Packed): Promise<string> {
  const dir = join(dataDir, "template-medusa")
  const keyPath = join(dir, "api-key.txt")
  const app = {
    appDir: writeShop(dir, packed, {
      directusUrl: "http://localhost:1",
      secret: "template-secret-template",
      enabled: false,
    }),
    env: { DATABASE_URL: await postgres.createDatabase(templates.medusa), E2E_KEY_FILE: keyPath },
    logFile: join(dataDir, "template-medusa.log"),
  }
  rmSync(app.logFile, { force: true })
  await migrateMedusa(app)
  await createMedusaUser(app, admin)
  await runMedusaScript(app, "./src/make-api-key.js")
  return readFileSync(keyPath, "utf8")
}

async function makeDirectusTemplate(postgres: Postgres, packed: Packed): Promise<void> {
  const logFile = join(dataDir, "template-directus", "bootstrap.log")
  rmSync(logFile, { force: true })
  await bootstrapDirectus({
    projectDir: writeCms(join(dataDir, "template-directus"), packed, { withExtension: false }),
    env: {
      ...directusDatabase(await postgres.createDatabase(templates.directus)),
      SECRET: "e2e-directus-secret",
      ADMIN_EMAIL: admin.email,
      ADMIN_PASSWORD: admin.password,
      ADMIN_TOKEN: directusToken,
    },
    logFile,
  })
}

/** A new migration or another version of a host asks for new templates. */
function templateKey(packed: Packed): string {
  const hash = createHash("sha256")
  const migrations = join(packed.plugin.folder, ".medusa/server/src/modules/directus-sync/migrations")
  for (const file of readdirSync(migrations).sort()) hash.update(file).update(readFileSync(join(migrations, file)))
  const require = createRequire(import.meta.url)
  for (const host of ["@medusajs/medusa", "directus"])
    hash.update((require(`${host}/package.json`) as { version: string }).version)
  return hash.update("1").digest("hex")
}
