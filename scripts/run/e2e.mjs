import { join } from "node:path"
import { run } from "./child.mjs"
import { withBrowser } from "./chromium.mjs"
import { step } from "./report.mjs"
import { root } from "./toolchain.mjs"
import { buildStorefront, present } from "./workspace.mjs"

/** The tests on both real servers; arguments go through to Vitest. */
export async function e2e(toolchain, args) {
  const { pnpm, env } = toolchain
  present(join(root, "e2e", "package.json"))
  await buildStorefront(toolchain)
  const browsing = await withBrowser(env, root)
  step("pnpm --filter e2e run e2e")
  const code = await run(pnpm, ["--filter", "e2e", "run", "e2e", ...args], { cwd: root, env: browsing })
  if (browsing.E2E_BROWSER === "none") step("The tests that need a browser were skipped; the first lines say why.")
  return code
}
