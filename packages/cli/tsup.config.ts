import { defineConfig } from "tsup"

export default defineConfig({
  entry: { main: "src/main.ts" },
  format: ["esm"],
  target: "node22",
  clean: true,
  // `npx` has two small packages to fetch: the few lines of the engine and of zod that are used come along.
  noExternal: ["medusa-directus-core", "zod"],
})
