import { execFileSync } from "node:child_process"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { delimiter, dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { run } from "./child.mjs"
import { Advice, step } from "./report.mjs"

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

const nodeVersion = "22.23.3"
const pnpmVersion = "12.21.0"
const home = join(root, ".toolchain")
const modules = join(home, "node_modules")
const nodeFolder = join(modules, `node-${process.platform}-${process.arch}`)
const completeMark = join(home, "complete")
const isWindows = process.platform === "win32"

// `.npmrc` files may point nodedir at another Node's headers, and each tool asks for its own opt-out.
const quiet = {
  DO_NOT_TRACK: "1",
  MEDUSA_DISABLE_TELEMETRY: "true",
  NEXT_TELEMETRY_DISABLED: "1",
  TELEMETRY: "false",
  TURBO_TELEMETRY_DISABLED: "1",
  TURBO_NO_UPDATE_NOTIFIER: "1",
  NO_UPDATE_NOTIFIER: "1",
}

/** Node 22 and pnpm, from the machine or from the registry into `.toolchain`, and the environment to use them. */
export async function bringToolchain() {
  const ownNode = runsDirectus(process.versions.node) && hasHeaders(headersOf(process.execPath))
  const packages = [`pnpm@${pnpmVersion}`]
  if (!ownNode) packages.unshift(`node-${process.platform}-${process.arch}@${nodeVersion}`)
  if (!isComplete(packages)) await bring(packages, ownNode)

  const node = ownNode ? process.execPath : nodeBinary()
  const path = [dirname(node), join(modules, ".bin"), join(root, "node_modules", ".bin"), process.env.PATH]
  const env = {
    // Both servers compile 10,000 files at each start; the tests start them 150 times.
    NODE_COMPILE_CACHE: join(root, ".data", "compile-cache"),
    ...process.env,
    ...quiet,
    npm_config_nodedir: headersOf(node),
    PATH: path.join(delimiter),
  }
  return { node, pnpm: pnpmBinary(), env }
}

/** Native addons are compiled against these headers; without them node-gyp downloads a set. */
function headersOf(node) {
  return dirname(dirname(node))
}

function hasHeaders(folder) {
  return existsSync(join(folder, "include", "node", "node.h"))
}

/** Directus wants Node 22 and isolated-vm is proven on 22 only; 22.18 is the first to run TypeScript by itself. */
function runsDirectus(version) {
  const [major, minor] = version.split(".").map(Number)
  return major === 22 && minor >= 18
}

async function bring(packages, ownNode) {
  step(`bringing ${packages.join(" and ")} into .toolchain (once)`)
  // Without scripts, because some npm settings forbid them; the one that matters is run below.
  const args = ["install", "--prefix", home, "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
  const code = await run(isWindows ? "npm.cmd" : "npm", [...args, ...packages], { cwd: root, env: process.env }).catch(
    (error) => {
      throw error.code === "ENOENT"
        ? new Advice(
            "npm is not on the PATH.",
            "Install npm, or Node 22 (22.18 or later) with npm, and run this again.",
          )
        : error
    },
  )
  if (code !== 0) {
    throw new Advice(
      `npm could not bring ${packages.join(" and ")} (exit code ${code}).`,
      'Check that the npm registry can be reached (npm ping). On a platform without a "node-<platform>-<arch>" package, install Node 22 yourself.',
      code,
    )
  }
  // Puts the native binary in the place of a shell placeholder, which turbo cannot start.
  execFileSync(process.execPath, [join(modules, "pnpm", "install.js")], {
    cwd: join(modules, "pnpm"),
    stdio: "inherit",
  })

  const nodeIsThere = ownNode || (versionOf(nodeBinary()) === `v${nodeVersion}` && hasHeaders(nodeFolder))
  if (!nodeIsThere || versionOf(pnpmBinary()) !== pnpmVersion) {
    throw new Advice(
      ".toolchain is incomplete after the installation.",
      "Delete the folder .toolchain and run this again.",
    )
  }
  writeFileSync(completeMark, [...new Set([...brought(), ...packages])].join("\n"))
}

function isComplete(packages) {
  const there = brought()
  return packages.every((name) => there.includes(name))
}

function brought() {
  return existsSync(completeMark) ? readFileSync(completeMark, "utf8").split("\n") : []
}

function nodeBinary() {
  return join(nodeFolder, isWindows ? "bin/node.exe" : "bin/node")
}

function pnpmBinary() {
  return join(modules, ".bin", isWindows ? "pnpm.cmd" : "pnpm")
}

function versionOf(binary) {
  try {
    return execFileSync(binary, ["--version"], {
      cwd: home,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim()
  } catch {
    return undefined
  }
}
