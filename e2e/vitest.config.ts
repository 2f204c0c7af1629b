import { defineConfig } from "vitest/config"
import { LongestFirst } from "./longest-first.ts"

/** `npm run e2e` has found no browser, could not install one, and has said so. */
const withoutBrowser = process.env["E2E_BROWSER"] === "none"

/** `npm run release:check` has npm install both hosts, which takes ten minutes the first time. */
const withPlainHosts = process.env["E2E_PLAIN"] === "1"

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    exclude: [
      ...(withoutBrowser ? ["tests/admin.test.ts", "tests/studio*.test.ts", "tests/storefront.test.ts"] : []),
      ...(withPlainHosts ? [] : ["tests/plain-install.test.ts"]),
    ],
    globalSetup: "./stack/global-setup.ts",
    pool: "threads",
    // Each file has hosts and databases of its own, and most of its time it waits.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    testTimeout: 120_000,
    hookTimeout: 300_000,
    reporters: ["verbose"],
  },
})
