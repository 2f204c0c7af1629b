import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join, relative } from "node:path"
import { pathToFileURL } from "node:url"
import { Script } from "node:vm"
import { build, type Plugin } from "esbuild"
import { Suite } from "./suite.ts"

/** Evaluates tests and engine anew: with the fresh state of a new process, in milliseconds. */
export type Load = () => Suite

/**
 * Bundles test files and the engine into one script.
 *
 * @param files - relative to `root`, in the order in which they are to run.
 * @param plugins - of esbuild: they may change what is bundled.
 */
export async function bundle(root: string, files: string[], plugins: Plugin[] = []): Promise<Load> {
  const { outputFiles } = await build({
    stdin: { contents: files.map((file) => `import "./${file}"`).join("\n"), resolveDir: root, loader: "ts" },
    bundle: true,
    write: false,
    platform: "node",
    format: "cjs",
    target: "node22",
    packages: "external",
    // The package says that its modules have no side effects, which declaring a test is.
    ignoreAnnotations: true,
    logLevel: "error",
    plugins: [
      ...plugins,
      {
        name: "place",
        setup(bundler) {
          bundler.onLoad({ filter: /[\\/]test[\\/].*\.ts$/ }, ({ path }) => {
            const file = relative(root, path).replaceAll("\\", "/")
            const open = file.endsWith(".test.ts") ? `require("suite").open(${JSON.stringify(file)});` : ""
            const source = readFileSync(path, "utf8").replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path)))
            return { contents: open + source, loader: "ts" }
          })
        },
      },
    ],
  })
  const script = new Script(`(function (require, module, exports) {${outputFiles[0]?.text ?? ""}\n})`, {
    filename: join(root, "tests.js"),
  })
  const resolve = createRequire(join(root, "package.json"))
  return () => {
    const suite = new Suite()
    const api = suite.api()
    const module = { exports: {} }
    const provide = (name: string): unknown => (name === "vitest" ? api : name === "suite" ? suite : resolve(name))
    const evaluate = script.runInThisContext() as (...args: unknown[]) => void
    evaluate(provide, module, module.exports)
    return suite
  }
}
