// Directus loads dist/api.js alone, without a node_modules of its own, and the build only warns about an import that it
// could not resolve (extensions-sdk 18). Fails when the bundle needs anything but Node itself.
import { readFileSync, statSync } from "node:fs"
import { isBuiltin } from "node:module"
import { fileURLToPath } from "node:url"
import ts from "typescript"

const file = fileURLToPath(new URL("../dist/api.js", import.meta.url))
const { importedFiles } = ts.preProcessFile(readFileSync(file, "utf8"), true, true)
const foreign = [...new Set(importedFiles.map(({ fileName }) => fileName))].filter((name) => !isBuiltin(name))

if (foreign.length > 0) {
  console.error(
    `dist/api.js imports what is not in it: ${foreign.join(", ")}. Add it to devDependencies, so that the build bundles it.`,
  )
  process.exit(1)
}
console.log(
  `dist/api.js is complete: ${Math.round(statSync(file).size / 1024)} kB, ${importedFiles.length} imports of Node's own modules`,
)
