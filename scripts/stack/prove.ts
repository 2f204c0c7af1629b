// Starts the real servers with the starter store, logs in on both and stops everything.
// Run by: node scripts/stack/prove.ts
import { execFileSync } from "node:child_process"
import { rmSync } from "node:fs"
import { join } from "node:path"
import {
  bootstrapDirectus,
  copyExtension,
  builtExtension,
  createMedusaUser,
  findFreePort,
  migrateMedusa,
  repositoryRoot,
  runMedusaScript,
  startDirectus,
  startMedusa,
  startPostgres,
  stopAll,
  stopAllOnSignal,
} from "./index.ts"

const dir = join(repositoryRoot, ".data", "prove")
const starter = join(repositoryRoot, "examples", "starter-store")
const admin = { email: "admin@example.com", password: "supersecret-1" }
const secret = "a-secret-of-more-than-32-characters-x"

rmSync(dir, { recursive: true, force: true })
stopAllOnSignal()
try {
  const postgres = await timed("PostgreSQL: initialise and start", () => startPostgres({ dir, durable: false }))
  const [medusaPort, directusPort] = [await findFreePort(), await findFreePort()]
  const medusa = {
    appDir: join(starter, "medusa"),
    env: {
      DATABASE_URL: await postgres.createDatabase("medusa"),
      DISABLE_MEDUSA_ADMIN: "true",
      JWT_SECRET: secret,
      COOKIE_SECRET: secret,
      STORE_CORS: "*",
      ADMIN_CORS: "*",
      AUTH_CORS: "*",
      DIRECTUS_URL: `http://localhost:${directusPort}`,
      MEDUSA_SYNC_SECRET: secret,
    },
    logFile: join(dir, "medusa.log"),
  }
  const database = new URL(await postgres.createDatabase("directus"))
  const directus = {
    projectDir: join(starter, "directus"),
    env: {
      DB_CLIENT: "pg",
      DB_HOST: database.hostname,
      DB_PORT: database.port,
      DB_DATABASE: database.pathname.slice(1),
      DB_USER: database.username,
      DB_PASSWORD: `string:${database.password}`,
      KEY: "prove",
      SECRET: secret,
      ADMIN_EMAIL: admin.email,
      ADMIN_PASSWORD: admin.password,
      MEDUSA_URL: `http://localhost:${medusaPort}`,
      MEDUSA_SYNC_SECRET: secret,
      MEDUSA_SYNC_MAPPING: join(starter, "medusa", "sync-mapping.json"),
    },
    logFile: join(dir, "directus.log"),
  }
  copyExtension(builtExtension, directus.projectDir)

  await timed("Medusa: db:migrate", () => migrateMedusa(medusa))
  await timed("Medusa: seed", () => runMedusaScript(medusa, "./src/scripts/seed.ts"))
  await timed("Medusa: user", () => createMedusaUser(medusa, admin))
  await timed("Directus: bootstrap", () => bootstrapDirectus(directus))
  const store = await timed("Medusa: start", () => startMedusa({ ...medusa, port: medusaPort }))
  const cms = await timed("Directus: start", () => startDirectus({ ...directus, port: directusPort }))

  const medusaLogin = await post(`${store.url}/auth/user/emailpass`, admin)
  const products = await get(`${store.url}/admin/products?fields=title,*variants`, medusaLogin.token)
  console.log(
    `Medusa has ${products.count} products: ${products.products.map((p: { title: string; variants: unknown[] }) => `${p.title} (${p.variants.length})`).join(", ")}`,
  )
  const directusLogin = await post(`${cms.url}/auth/login`, admin)
  const extensions = await get(`${cms.url}/extensions`, directusLogin.data.access_token)
  console.log(`Directus has ${extensions.data.map((e: { schema?: { name: string } }) => e.schema?.name).join(", ")}`)

  const groups = [postgres.process?.pid, store.pid, cms.pid]
  await timed("Medusa: SIGKILL", () => store.kill("SIGKILL"))
  await timed("Medusa: start again", () => store.start())
  await timed("Directus: restart", () => cms.restart())
  groups.push(store.pid, cms.pid)
  await timed("everything: stop", () => stopAll().then(() => postgres.stop()))

  const left = execFileSync("ps", ["-eo", "pgid,args"], { encoding: "utf8" })
    .split("\n")
    .filter((line) => groups.includes(Number.parseInt(line)))
  console.log(left.length === 0 ? "No process is left." : `Left:\n${left.join("\n")}`)
  process.exitCode = left.length === 0 ? 0 : 1
} finally {
  await stopAll()
}

async function timed<T>(what: string, run: () => Promise<T>): Promise<T> {
  const began = Date.now()
  const result = await run()
  console.log(`${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s  ${what}`)
  return result
}

async function post(url: string, body: unknown) {
  return answer(
    await fetch(url, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  )
}

async function get(url: string, token: string) {
  return answer(await fetch(url, { headers: { authorization: `Bearer ${token}` } }))
}

async function answer(response: Response) {
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${await response.text()}`)
  return JSON.parse(await response.text())
}
