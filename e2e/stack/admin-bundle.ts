import { createHash } from "node:crypto"
import { cpSync, existsSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { buildMedusaAdmin } from "../../scripts/stack/index.ts"
import type { Packed } from "./pack.ts"
import { dataDir } from "./places.ts"
import { writeShop } from "./projects.ts"

const BUILT = "built-admin-"
/** Where a Medusa that was not built as a whole looks for its admin (2.21). */
const SERVED = join("public", "admin")

/**
 * Puts the admin into a shop: Medusa's dashboard with the packed plugin's part, as `medusa build` makes it. That takes a minute
 * or two, so what was built of the same plugin and the same dashboard is taken again.
 */
export async function addAdmin(appDir: string, packed: Packed): Promise<void> {
  const built = join(dataDir, BUILT + keyOf(packed))
  if (!existsSync(built)) await build(built, packed)
  rmSync(join(appDir, SERVED), { recursive: true, force: true })
  cpSync(built, join(appDir, SERVED), { recursive: true })
}

async function build(into: string, packed: Packed): Promise<void> {
  const dir = join(dataDir, "template-admin")
  rmSync(dir, { recursive: true, force: true })
  const options = { directusUrl: "http://localhost:1", secret: "template-secret-template", enabled: false }
  const appDir = writeShop(dir, packed, options, { admin: { disable: false } })
  // Medusa's builder reads it, whatever the app is written in.
  writeFileSync(join(dir, "tsconfig.json"), '{ "compilerOptions": { "allowJs": true }, "include": ["src"] }\n')
  const logFile = join(dataDir, "template-admin.log")
  rmSync(logFile, { force: true })
  const bundle = await buildMedusaAdmin({ appDir, env: {}, logFile })
  for (const old of readdirSync(dataDir)) if (old.startsWith(BUILT)) rmSync(join(dataDir, old), { recursive: true })
  renameSync(bundle, into)
}

function keyOf(packed: Packed): string {
  const hash = createHash("sha256")
  hash.update(readFileSync(join(packed.plugin.folder, ".medusa/server/src/admin/index.mjs")))
  const { version } = createRequire(import.meta.url)("@medusajs/dashboard/package.json") as { version: string }
  return hash.update(version).digest("hex").slice(0, 16)
}
