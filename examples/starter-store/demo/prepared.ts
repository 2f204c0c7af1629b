import { createHash } from "node:crypto"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { repositoryRoot } from "../../../scripts/stack/index.ts"
import { readData, writeData } from "./data-folder.ts"

type Host = "medusa" | "directus"
/** What made a host's tables and rows: the version of each program, and the text of each migration, seed and config. */
type Makers = Record<string, string>

const file = "prepared.json"
const migrations = join(repositoryRoot, "packages/medusa-plugin/.medusa/server/src/modules/directus-sync/migrations")
const seeds = join(repositoryRoot, "examples/starter-store/medusa/src/scripts")
/** Names the modules, each of which has migrations of its own. */
const config = join(repositoryRoot, "examples/starter-store/medusa/medusa-config.ts")

/**
 * `none`: the database is to be filled from the beginning. Also after a preparation that was interrupted, and when a
 * migration or seed that has run is another one now: two hosts that begin anew do so together.
 */
export type Preparation = "none" | "outdated" | "done"

export function preparationOf(host: Host): Preparation {
  const known = readData<Partial<Record<Host, Makers>>>(file)?.[host]
  const now = makersOf(host)
  if (!known || Object.keys({ ...now, ...known }).some((name) => isSeed(name) && known[name] !== now[name]))
    return "none"
  if (Object.keys(known).some((name) => name.startsWith("Migration") && known[name] !== now[name])) return "none"
  return JSON.stringify(known) === JSON.stringify(now) ? "done" : "outdated"
}

export function notePrepared(host: Host): void {
  writeData(file, { ...readData<object>(file), [host]: makersOf(host) })
}

function makersOf(host: Host): Makers {
  // The extension makes its tables itself, at each start.
  if (host === "directus") return { ...versionOf("directus"), ...textsIn(seeds, ".ts") }
  return {
    ...versionOf("@medusajs/medusa"),
    ...textsIn(migrations, ".js"),
    ...textsIn(seeds, ".ts"),
    modules: hashOf(config),
  }
}

const isSeed = (name: string): boolean => name.endsWith(".ts")

function textsIn(folder: string, ending: string): Makers {
  const names = readdirSync(folder).filter((name) => name.endsWith(ending))
  return Object.fromEntries(names.sort().map((name) => [name, hashOf(join(folder, name))]))
}

const hashOf = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex").slice(0, 16)

function versionOf(name: string): Makers {
  const text = readFileSync(join(repositoryRoot, "node_modules", name, "package.json"), "utf8")
  return { [name]: (JSON.parse(text) as { version: string }).version }
}
