import { defineConfig } from "tsup"

export default defineConfig({
  // `sign` alone, for a program that only has to sign or to judge a secret, `names` and `operate` alone, for pages: nothing of the rest comes along.
  entry: {
    index: "src/index.ts",
    host: "src/host.ts",
    names: "src/names.ts",
    operate: "src/operate/index.ts",
    sign: "src/wire/sign.ts",
    testing: "src/testing/index.ts",
  },
  format: ["esm", "cjs"],
  // One class of error in all entries.
  splitting: true,
  target: "node20",
  dts: true,
  clean: true,
})
