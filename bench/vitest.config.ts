import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["*.bench.ts"],
    globalSetup: "../e2e/stack/global-setup.ts",
    pool: "threads",
    // One at a time: what is measured shares the machine with nothing.
    maxWorkers: 1,
    testTimeout: 600_000,
    hookTimeout: 600_000,
    reporters: ["verbose"],
  },
})
