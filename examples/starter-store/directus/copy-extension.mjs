// Directus loads what lies in extensions/. The installed package is copied there, so that the folder
// can be deployed as it is.
import { cpSync, existsSync, mkdirSync, rmSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"

const name = "directus-extension-medusa"
const source = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`))
const target = join(import.meta.dirname, "extensions", name)

if (!existsSync(join(source, "dist", "api.js"))) {
  console.error(`${name} is not built. Run: pnpm --filter ${name} build`)
  process.exit(1)
}
rmSync(target, { recursive: true, force: true })
mkdirSync(target, { recursive: true })
for (const part of ["package.json", "dist"]) cpSync(join(source, part), join(target, part), { recursive: true })
