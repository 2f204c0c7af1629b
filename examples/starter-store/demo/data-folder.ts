import { randomBytes } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"
import { fileURLToPath } from "node:url"

export const dataFolder = fileURLToPath(new URL("../.data/", import.meta.url))

export const logs = {
  medusa: join(dataFolder, "medusa.log"),
  directus: join(dataFolder, "directus.log"),
  storefront: join(dataFolder, "storefront.log"),
}

export type Secrets = {
  /** The one that both hosts sign their messages with. */
  sync: string
  /** Signs the sessions and tokens of either host. */
  sessions: string
  admin: { email: string; password: string }
}

/** Generated once: a second run must open what the first one closed. */
export function readSecrets(): Secrets {
  return readOrMake("secrets.json", () => ({
    sync: randomBytes(32).toString("hex"),
    sessions: randomBytes(32).toString("hex"),
    admin: { email: "admin@example.com", password: `demo-${randomBytes(6).toString("hex")}` },
  }))
}

/** Empties the folder; what the databases of somebody else hold stays. */
export function resetData(): void {
  // As root in a folder that nobody else may enter, PostgreSQL's data is elsewhere.
  const note = join(dataFolder, "postgres-is-at")
  const outside = existsSync(note) ? readFileSync(note, "utf8").trim() : ""
  if (basename(outside).startsWith("medusa-directus-postgres-")) rmSync(outside, { recursive: true, force: true })
  rmSync(dataFolder, { recursive: true, force: true })
}

/** Each run begins its logs anew. */
export function forgetLogs(): void {
  for (const file of Object.values(logs)) rmSync(file, { force: true })
}

export function readData<T>(name: string): T | undefined {
  const file = join(dataFolder, name)
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as T) : undefined
}

export function writeData(name: string, value: unknown): void {
  mkdirSync(dataFolder, { recursive: true })
  writeFileSync(join(dataFolder, name), `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 })
}

export function removeData(name: string): void {
  rmSync(join(dataFolder, name), { force: true })
}

function readOrMake<T>(name: string, make: () => T): T {
  const known = readData<T>(name)
  if (known) return known
  const made = make()
  writeData(name, made)
  return made
}
