import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { run } from "./child.mjs"
import { e2e } from "./e2e.mjs"
import { Advice } from "./report.mjs"
import { printTable } from "./table.mjs"
import { root } from "./toolchain.mjs"

const core = join(root, "packages", "core")

/** Turns the changesets into versions and CHANGELOGs; what the engine says of itself follows. */
export async function releaseVersion({ env }, args) {
  const code = await run("changeset", ["version", ...args], { cwd: root, env })
  if (code !== 0) return code
  const { version } = JSON.parse(readFileSync(join(core, "package.json"), "utf8"))
  const file = join(core, "src", "version.ts")
  const text = readFileSync(file, "utf8")
  const next = text.replace(/(VERSION = )"[^"]*"/, `$1${JSON.stringify(version)}`)
  writeFileSync(file, next)
  return 0
}

/** For whoever wants a package before it is in the registry. */
export async function releasePack({ pnpm, env }) {
  const into = join(root, ".data", "packages")
  rmSync(into, { recursive: true, force: true })
  mkdirSync(into, { recursive: true })
  const args = ["--recursive", "--filter", "./packages/*", "pack", "--pack-destination", into]
  const code = await run(pnpm, args, { cwd: root, env })
  if (code === 0) for (const file of readdirSync(into)) console.log(relative(root, join(into, file)))
  return code
}

/**
 * What a stranger would get: the tarballs judged, then installed by npm into a plain Medusa and a plain Directus, and a product
 * sent both ways. Prints what the tarballs weigh.
 */
export async function releaseCheck(toolchain, args) {
  const report = join(root, ".data", "release", "sizes.json")
  rmSync(report, { force: true })
  const env = { ...toolchain.env, E2E_PLAIN: "1", RELEASE_REPORT: report }
  const code = await e2e({ ...toolchain, env }, ["packaging.test.ts", "plain-install.test.ts", ...args])
  if (existsSync(report)) printSizes(JSON.parse(readFileSync(report, "utf8")))
  return code
}

/** @param {{ name: string, packed: number, unpacked: number, files: number }[]} sizes in bytes */
function printSizes(sizes) {
  const kilobytes = (bytes) => `${(bytes / 1000).toFixed(0)} kB`
  const rows = sizes.map(({ name, packed, unpacked, files }) => [
    name,
    kilobytes(packed),
    kilobytes(unpacked),
    String(files),
  ])
  printTable([["package", "packed", "unpacked", "files"], ...rows])
}

/** Sends what is not in the registry yet. Nobody can type a one-time password here: npm needs a token that may publish. */
export async function publish({ env }, args) {
  const waiting = await run("git", ["diff", "--quiet", "HEAD"], { cwd: root, env })
  if (waiting !== 0) throw new Advice("Some files differ from the last commit.", "Commit or undo them first.")
  return run("changeset", ["publish", ...args], { cwd: root, env })
}
