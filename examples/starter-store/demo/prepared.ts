import { createHash } from "node:crypto"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { repositoryRoot } from "../../../scripts/stack/index.ts"
import { readData, writeData } from "./data-folder.ts"

type Host = "medusa" | "directus"
/** What made a host's tables: the version of each program, and the text of each migration of the plugin. */
type Makers = Record<string, string>

const file = "prepared.json"
const migrations = join(repositoryRoot, "packages/medusa-plugin/.medusa/server/src/modules/directus-sync/migrations")

/**
 * `none`: the database is to be filled from the beginning. Also after a preparation that was interrupted, and when a
 * migration that has run is another one now.
 */
export type Preparation = "none" | "outdated" | "done"

export function preparationOf(host: Host): Preparation {
  const known = readData<Partial<Record<Host, Makers>>>(file)?.[host]
  const now = makersOf(host)
  if (!known || Object.keys(known).some((name) => name.startsWith("Migration") && known[name] !== now[name]))
    return "none"
  return JSON.stringify(known) === JSON.stringify(now) ? "done" : "outdated"
}

export function notePrepared(host: Host): void {
  writeData(file, { ...readData<object>(file), [host]: makersOf(host) })
}

function makersOf(host: Host): Makers {
  // The extension makes its tables itself, at each start.
  if (host === "directus") return versionOf("directus")
  const texts = readdirSync(migrations)
    .filter((name) => name.endsWith(".js"))
    .sort()
    .map((name) => [
      name,
      createHash("sha256")
        .update(readFileSync(join(migrations, name)))
        .digest("hex")
        .slice(0, 16),
    ])
  return { ...versionOf("@medusajs/medusa"), ...(Object.fromEntries(texts) as Makers) }
}

function versionOf(name: string): Makers {
  const text = readFileSync(join(repositoryRoot, "node_modules", name, "package.json"), "utf8")
  return { [name]: (JSON.parse(text) as { version: string }).version }
}
