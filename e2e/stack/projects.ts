import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseEnv } from "node:util"
import {
  copyExtension,
  repositoryRoot,
  writeTestDirectusProject,
  writeTestMedusaApp,
} from "../../scripts/stack/index.ts"
import type { Packed } from "./pack.ts"

const witnesses = fileURLToPath(new URL("../witness/", import.meta.url))
const examples = fileURLToPath(new URL("../../examples/", import.meta.url))

/** What medusa-config says for Medusa's Translation Module. */
export const TRANSLATIONS = {
  featureFlags: { translation: true },
  modules: [{ resolve: "@medusajs/medusa/translation" }],
}

/**
 * A shop that has installed the packed plugin and core; everything else comes from the workspace.
 *
 * @param options of the plugin
 * @param config the rest of medusa-config
 */
export function writeShop(
  dir: string,
  packed: Packed,
  options: Record<string, unknown>,
  config: Record<string, unknown> = {},
): string {
  for (const { name, folder } of [packed.core, packed.plugin]) {
    const target = join(dir, "node_modules", name)
    rmSync(target, { recursive: true, force: true })
    mkdirSync(join(dir, "node_modules"), { recursive: true })
    cpSync(folder, target, { recursive: true })
  }
  // npm would give core the version that it asks for; the workspace's own is newer, and deaf to an SDK of this one.
  const api = join("node_modules", "@opentelemetry", "api")
  cpSync(join(repositoryRoot, "packages", "core", api), join(dir, "node_modules", packed.core.name, api), {
    recursive: true,
    dereference: true,
  })
  cpSync(join(witnesses, "medusa"), join(dir, "src"), { recursive: true })
  return writeTestMedusaApp({ dir, plugins: [{ resolve: packed.plugin.name, options }], config })
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

/** What an example's `.env.example` sets in Directus. */
export const directusEnvOf = (example: string): Record<string, string | undefined> =>
  parseEnv(readFileSync(join(examples, example, "directus", ".env.example"), "utf8")) as Record<string, string>

/**
 * Lays an example over the projects of a stack, as its README tells a reader to do over the starter store.
 *
 * @param env - what the reader writes into Medusa's `.env`
 */
export function layExample(example: string, dir: string, env: Record<string, string>): void {
  for (const host of ["medusa", "directus"]) cpSync(join(examples, example, host), join(dir, host), { recursive: true })
  cpSync(join(examples, "starter-store", "medusa", "tsconfig.json"), join(dir, "medusa", "tsconfig.json"))
  rmSync(join(dir, "medusa", "medusa-config.js"))
  const lines = Object.entries(env).map(([name, value]) => `${name}=${value}\n`)
  writeFileSync(join(dir, "medusa", ".env"), lines.join(""), { mode: 0o600 })
}
