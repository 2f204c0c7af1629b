import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { linkModules, repositoryRoot } from "./workspace-links.ts"

export const builtExtension = join(repositoryRoot, "packages", "directus-extension")

/**
 * Writes a Directus project with the built extensions in it. @returns its folder
 * @param extensions folders of built extensions, copied as they are now
 */
export function writeTestDirectusProject({
  dir,
  extensions = [builtExtension],
}: {
  dir: string
  extensions?: string[]
}): string {
  mkdirSync(dir, { recursive: true })
  linkModules(dir)
  writeFileSync(
    join(dir, "package.json"),
    `${JSON.stringify({ name: "test-directus-project", private: true, type: "module" }, null, 2)}\n`,
  )
  for (const extension of extensions) copyExtension(extension, dir)
  return dir
}

/** Directus takes every folder in extensions/ that has a package.json. */
export function copyExtension(extension: string, projectDir: string): void {
  if (!existsSync(join(extension, "dist", "api.js")))
    throw new Error(`${extension} is not built. Run: node scripts/run.mjs setup`)
  const target = join(projectDir, "extensions", extensionFolder(extension))
  mkdirSync(target, { recursive: true })
  for (const part of ["package.json", "dist"]) cpSync(join(extension, part), join(target, part), { recursive: true })
}

// The package's name, which must differ from the names of the bundle's entries: Directus mixes them up otherwise.
function extensionFolder(extension: string): string {
  const { name } = JSON.parse(readFileSync(join(extension, "package.json"), "utf8")) as { name: string }
  return name.replace("/", "-")
}
