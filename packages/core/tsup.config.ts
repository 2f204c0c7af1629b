import { defineConfig } from "tsup"

export default defineConfig({
  // `sign` alone, for a program that only has to sign or to judge a secret, and `names` alone, for pages: nothing of the rest comes along.
  entry: {
    index: "src/index.ts",
    names: "src/document/names.ts",
    sign: "src/wire/sign.ts",
    testing: "src/testing/index.ts",
  },
  format: ["esm", "cjs"],
  target: "node20",
  dts: true,
  clean: true,
})
