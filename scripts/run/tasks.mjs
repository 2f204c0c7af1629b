import { join } from "node:path"
import { bench } from "./bench.mjs"
import { run } from "./child.mjs"
import { e2e } from "./e2e.mjs"
import { publish, releaseCheck, releasePack, releaseVersion } from "./release.mjs"
import { step } from "./report.mjs"
import { soak } from "./soak.mjs"
import { root } from "./toolchain.mjs"
import { buildStorefront, present } from "./workspace.mjs"

const demoFile = join(root, "examples", "starter-store", "demo", "demo.ts")

/** The end-to-end tests that take pictures. */
const SCREENSHOTS = ["studio", "admin.test", "storefront.test"]

/** What each task needs first: 'toolchain' (Node 22, pnpm), 'workspace' (dependencies) or 'build' (the packages' dist). */
export const tasks = {
  setup: {
    summary: "bring Node 22 and pnpm, install and build",
    needs: "build",
    run: async () => 0,
  },
  demo: {
    summary: "start Medusa and Directus with the demo catalogue, connected, and a storefront",
    needs: "build",
    run: async (toolchain, args) => {
      const { node, env } = toolchain
      present(demoFile)
      await buildStorefront(toolchain)
      return run(node, [demoFile, ...args], { cwd: root, env })
    },
  },
  check: {
    summary: "lint, types, unit tests, the pages of docs/ and a short simulation",
    needs: "workspace",
    run: (toolchain, args) => check(toolchain, args),
  },
  sim: {
    summary: "the simulation; arguments go through (--histories, --seed, --mix)",
    needs: "workspace",
    run: ({ pnpm, env }, args) =>
      run(pnpm, ["--filter", "medusa-directus-core", "run", "sim", ...args], { cwd: root, env }),
  },
  mutate: {
    summary: "mutation testing of the engine; arguments go through (-m 'src/record/**/*.ts', --force)",
    needs: "workspace",
    run: ({ pnpm, env }, args) =>
      run(pnpm, ["--filter", "medusa-directus-core", "run", "mutate", ...args], { cwd: root, env }),
  },
  e2e: {
    summary: "the tests against both real servers; arguments go through",
    needs: "build",
    run: e2e,
  },
  screenshots: {
    summary: "take the pictures of docs/screenshots anew, from both real servers in a browser",
    needs: "build",
    run: (toolchain) => e2e({ ...toolchain, env: { ...toolchain.env, SCREENSHOTS: "1" } }, SCREENSHOTS),
  },
  bench: {
    summary: "measure on both real servers and print the figures; with the name of one bench that one alone",
    needs: "build",
    run: bench,
  },
  soak: {
    summary: "the long forms of the fault tests, all or one: kill, answers, editors, handles, network, redis, mixed",
    needs: "build",
    run: soak,
  },
  "release-version": {
    summary: "make the versions and CHANGELOGs of the changesets in .changeset/",
    needs: "workspace",
    run: releaseVersion,
  },
  "release-pack": {
    summary: "put the packages' tarballs into .data/packages",
    needs: "build",
    run: releasePack,
  },
  "release-check": {
    summary: "judge the tarballs, install them by npm into a plain Medusa and a plain Directus, and sync",
    needs: "build",
    run: releaseCheck,
  },
  release: {
    summary: "check, release-check, then publish what the registry has not got",
    needs: "build",
    run: async (toolchain, args) =>
      (await check(toolchain)) || (await releaseCheck(toolchain, [])) || publish(toolchain, args),
  },
  test: {
    summary: "check, then e2e",
    needs: "build",
    run: async (toolchain, args) => (await check(toolchain, [])) || e2e(toolchain, args),
  },
  pnpm: {
    summary: "the project's own pnpm under its own Node, for example: pnpm install",
    needs: "toolchain",
    run: ({ pnpm, env }, args) => run(pnpm, args, { cwd: root, env }),
  },
}

const sources = ["core", "medusa-plugin", "directus-extension", "cli"].map((name) => `packages/${name}/src`)

async function check({ pnpm, env }) {
  const inOrder = async (commands) => {
    for (const [command, args] of commands) {
      step(`${command === pnpm ? "pnpm" : command} ${args.join(" ")}`)
      const code = await run(command, args, { cwd: root, env })
      if (code !== 0) return code
    }
    return 0
  }
  const tests = await inOrder([["turbo", ["run", "types", "test", "--output-logs=new-only", "--concurrency=2"]]])
  if (tests !== 0) return tests
  // Each of these keeps one core busy.
  const codes = await Promise.all([
    inOrder([
      ["eslint", [".", "--max-warnings=0"]],
      ["depcruise", ["--config", "scripts/rooms.config.mjs", ...sources]],
    ]),
    inOrder([
      ["tsc", ["-p", "scripts"]],
      ["tsc", ["-p", "examples/custom-fields"]],
      ["tsc", ["-p", "examples/starter-store/demo"]],
      ["vitest", ["run", "--root", "scripts/docs"]],
    ]),
  ])
  const failed = codes.find((code) => code !== 0)
  if (failed !== undefined) return failed
  return inOrder([[pnpm, ["--filter", "medusa-directus-core", "run", "sim", "--histories", "16000", "--seed", "1"]]])
}
