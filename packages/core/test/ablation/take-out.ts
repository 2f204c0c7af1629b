import { readFileSync } from "node:fs"
import type { Plugin } from "esbuild"
import type { Rule } from "./rule.ts"

/** Takes one rule out of the engine's source. */
export function takeOut({ file, find, replace }: Pick<Rule, "file" | "find" | "replace">): Plugin {
  return {
    name: "ablation",
    setup(bundler) {
      const filter = new RegExp(`${file.replaceAll("/", "[\\\\/]").replaceAll(".", "\\.")}$`)
      bundler.onLoad({ filter }, ({ path }) => {
        const parts = readFileSync(path, "utf8").split(find)
        if (parts.length !== 2)
          throw new Error(`The rule stands ${String(parts.length - 1)} times in ${file}, not once:\n${find}`)
        return { contents: parts.join(replace), loader: "ts" }
      })
    },
  }
}
