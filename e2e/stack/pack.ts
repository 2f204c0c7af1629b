import { execFileSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs"
import { join } from "node:path"
import { repositoryRoot } from "../../scripts/stack/index.ts"

export type Artefact = { name: string; tarball: string; folder: string; files: string[] }
export type Packed = { core: Artefact; plugin: Artefact; extension: Artefact; cli: Artefact }

const packages = {
  core: { name: "medusa-directus-core", dir: "core", built: "dist/index.cjs" },
  plugin: {
    name: "medusa-plugin-directus",
    dir: "medusa-plugin",
    built: ".medusa/server/src/modules/directus-sync/index.js",
  },
  extension: { name: "directus-extension-medusa", dir: "directus-extension", built: "dist/api.js" },
  cli: { name: "medusa-directus", dir: "cli", built: "dist/main.js" },
} as const

/** What a user would get from the registry: the packages, packed by `pnpm pack` and unpacked below `dir`. */
export function packAll(dir: string): Packed {
  rmSync(dir, { recursive: true, force: true })
  const artefacts = Object.entries(packages).map(([key, one]) => [key, pack(dir, one)])
  return Object.fromEntries(artefacts) as Packed
}

function pack(dir: string, { name, dir: source, built }: (typeof packages)[keyof typeof packages]): Artefact {
  const from = join(repositoryRoot, "packages", source)
  if (!existsSync(join(from, built))) throw new Error(`${name} is not built. Run: node scripts/run.mjs setup`)
  const into = join(dir, source)
  mkdirSync(into, { recursive: true })
  execFileSync("pnpm", ["pack", "--pack-destination", into], { cwd: from, stdio: "pipe" })
  const tarball = readdirSync(into).find((file) => file.endsWith(".tgz"))
  if (!tarball) throw new Error(`pnpm pack made no tarball of ${name} in ${into}.`)
  execFileSync("tar", ["-xzf", tarball], { cwd: into })
  const folder = join(into, name)
  renameSync(join(into, "package"), folder)
  const files = execFileSync("tar", ["-tzf", tarball], { cwd: into, encoding: "utf8" }).trim().split("\n")
  return { name, tarball: join(into, tarball), folder, files: files.map((file) => file.replace(/^package\//, "")) }
}
