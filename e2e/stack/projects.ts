import { cpSync, mkdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { copyExtension, writeTestDirectusProject, writeTestMedusaApp } from "../../scripts/stack/index.ts"
import type { Packed } from "./pack.ts"

const witnesses = fileURLToPath(new URL("../witness/", import.meta.url))

/** A shop that has installed the packed plugin and core; everything else comes from the workspace. */
export function writeShop(dir: string, packed: Packed, options: Record<string, unknown>): string {
  for (const { name, folder } of [packed.core, packed.plugin]) {
    const target = join(dir, "node_modules", name)
    rmSync(target, { recursive: true, force: true })
    mkdirSync(join(dir, "node_modules"), { recursive: true })
    cpSync(folder, target, { recursive: true })
  }
  cpSync(join(witnesses, "medusa"), join(dir, "src"), { recursive: true })
  return writeTestMedusaApp({ dir, plugins: [{ resolve: packed.plugin.name, options }] })
}

/** A Directus project with the packed extension in extensions/. */
export function writeCms(dir: string, packed: Packed, { withExtension = true } = {}): string {
  rmSync(join(dir, "extensions"), { recursive: true, force: true })
  writeTestDirectusProject({ dir, extensions: [] })
  if (!withExtension) return dir
  copyExtension(packed.extension.folder, dir)
  cpSync(join(witnesses, "directus"), join(dir, "extensions", "e2e-witness"), { recursive: true })
  return dir
}
