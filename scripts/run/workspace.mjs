import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { runQuietly } from "./child.mjs"
import { Advice, step } from "./report.mjs"
import { root } from "./toolchain.mjs"

const stampFile = join(root, "node_modules", ".installed-for")
const addons = ["isolated-vm", "argon2", "sqlite3"]
const memberFolders = [
  ["packages", 1],
  ["examples", 2],
  ["e2e", 0],
  ["bench", 0],
]

/** Installs what the lockfile says, unless the last installation was for the same files and the same Node. */
export async function installWorkspace(toolchain) {
  const wanted = stampOf(toolchain)
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === wanted) return

  step("installing the workspace (the first time takes about three minutes: isolated-vm and sqlite3 are compiled)")
  const missing = missingCompilers(toolchain)
  if (missing.length > 0 && unloadable(toolchain).length > 0)
    console.warn(`Not found: ${missing.join(", ")}. ${compilerAdvice()}`)

  await pnpm(toolchain, ["install", "--frozen-lockfile"], missing)
  // An installation made by hand under another Node leaves addons that this one cannot load.
  const broken = unloadable(toolchain)
  if (broken.length > 0) {
    step(`compiling ${broken.join(", ")} again, for Node ${nodeVersion(toolchain)}`)
    await pnpm(toolchain, ["rebuild", ...broken], missing)
    const still = unloadable(toolchain)
    if (still.length > 0)
      throw new Advice(
        `Node ${nodeVersion(toolchain)} cannot load ${still.join(", ")}.`,
        `Delete node_modules and run this again. ${compilerAdvice()}`,
      )
  }
  writeFileSync(stampFile, wanted)
}

export async function buildPackages(toolchain) {
  step("building the packages (unchanged ones are skipped)")
  await build(toolchain, "A package", "build-packages", ["--filter=./packages/*", "--concurrency=2"])
}

export async function buildStorefront(toolchain) {
  step("building the storefront (skipped when it is unchanged)")
  await build(toolchain, "The storefront", "build-storefront", ["--filter=example-storefront"])
}

async function build({ env }, what, name, args) {
  const log = logOf(name)
  const code = await runQuietly("turbo", ["run", "build", "--output-logs=new-only", ...args], { cwd: root, env, log })
  if (code !== 0)
    throw new Advice(`${what} does not build.`, `The reason is above, and whole in ${relative(root, log)}.`, code)
}

/** Where the output of one step is kept. */
const logOf = (name) => join(root, ".data", "logs", `${name}.log`)

async function pnpm(toolchain, args, missing) {
  const log = logOf(args[0])
  const code = await runQuietly(toolchain.pnpm, args, { cwd: root, env: { ...toolchain.env, CI: "true" }, log })
  if (code === 0) return
  throw new Advice(
    `pnpm ${args.join(" ")} failed (exit code ${code}).`,
    missing.length > 0
      ? `Not found: ${missing.join(", ")}. ${compilerAdvice()}`
      : "The reason is above, and whole in .data/logs. If it is an outdated lockfile, run `node scripts/run.mjs pnpm install` and commit pnpm-lock.yaml.",
    code,
  )
}

function stampOf(toolchain) {
  const hash = createHash("sha256").update(`${nodeVersion(toolchain)} ${process.platform} ${process.arch}`)
  const manifests = memberFolders
    .flatMap(([folder, depth]) => foldersAt(join(root, folder), depth))
    .map((at) => join(at, "package.json"))
  for (const file of [
    join(root, "pnpm-lock.yaml"),
    join(root, "pnpm-workspace.yaml"),
    join(root, "package.json"),
    ...manifests,
  ]) {
    if (existsSync(file)) hash.update(`\n${file.slice(root.length)}\n`).update(readFileSync(file))
  }
  return hash.digest("hex")
}

function foldersAt(folder, depth) {
  if (depth === 0) return [folder]
  if (!existsSync(folder)) return []
  const inside = readdirSync(folder, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && entry.name !== "node_modules",
  )
  return inside.flatMap((entry) => foldersAt(join(folder, entry.name), depth - 1)).sort()
}

function unloadable(toolchain) {
  return addons.filter(
    (name) => spawnSync(toolchain.node, ["-e", `require(${JSON.stringify(name)})`], { cwd: root }).status !== 0,
  )
}

function nodeVersion(toolchain) {
  return spawnSync(toolchain.node, ["-p", "process.versions.node"], { encoding: "utf8" }).stdout.trim()
}

function missingCompilers(toolchain) {
  if (process.platform === "win32") return []
  return ["c++", "make", "python3"].filter(
    (tool) => spawnSync(tool, ["--version"], { env: toolchain.env }).error?.code === "ENOENT",
  )
}

function compilerAdvice() {
  if (process.platform === "darwin") return "Native addons need a C++ compiler: xcode-select --install"
  return "Native addons need a C++ compiler, make and Python 3. On Debian or Ubuntu: apt-get install -y build-essential python3"
}

export function present(file) {
  if (!existsSync(file))
    throw new Advice(
      `${relative(root, file)} is not there.`,
      "This checkout does not contain that part of the project.",
    )
}
