import { existsSync, readFileSync } from "node:fs"
import { run } from "./child.mjs"
import { step } from "./report.mjs"

const debians = "/usr/bin/chromium"

/**
 * The browser that the end-to-end tests look through: the one that CHROMIUM names, or Debian's, which is installed where that
 * can be done. Where it cannot, the tests that need a browser are skipped, and that is said.
 *
 * @returns {Promise<NodeJS.ProcessEnv>} what the tests have to know of it
 */
export async function withBrowser(env, cwd) {
  const path = env.CHROMIUM ?? debians
  if (existsSync(path)) return { ...env, CHROMIUM: path }
  const why = env.CHROMIUM ? `CHROMIUM names ${path}, which is not there.` : await install(env, cwd)
  if (why === null) return { ...env, CHROMIUM: debians }
  step(`NO BROWSER: the tests of Medusa Admin and Directus's Studio are skipped. ${why}`)
  return { ...env, E2E_BROWSER: "none" }
}

/** @returns why there is none, and what to do; `null` when there is one now */
async function install(env, cwd) {
  const advice = "Install Chromium and set CHROMIUM to its path."
  const isDebian = existsSync("/etc/os-release") && /^ID=debian$/m.test(readFileSync("/etc/os-release", "utf8"))
  if (!isDebian || process.getuid?.() !== 0) return `Only root on Debian gets it by itself. ${advice}`
  step("apt-get install chromium")
  const quiet = { cwd, env: { ...env, DEBIAN_FRONTEND: "noninteractive" } }
  await run("apt-get", ["-qq", "update"], quiet)
  const code = await run("apt-get", ["-qq", "install", "-y", "--no-install-recommends", "chromium"], quiet)
  return code === 0 && existsSync(debians)
    ? null
    : `apt-get could not install it (exit code ${String(code)}). ${advice}`
}
