// Directus loads dist/api.js alone, without a node_modules of its own, and the build only warns about an import that it
// could not resolve (extensions-sdk 18). Fails when the bundle needs anything but Node itself.
import { readFileSync, statSync } from "node:fs"
import { isBuiltin } from "node:module"
import { fileURLToPath } from "node:url"
import ts from "typescript"

const file = fileURLToPath(new URL("../dist/api.js", import.meta.url))
const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest)

/** What an import, an export or a call of `import` or `require` names. */
function namedBy(node) {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier
  const isCall = ts.isCallExpression(node)
  const loads = isCall && (node.expression.kind === ts.SyntaxKind.ImportKeyword || node.expression.text === "require")
  return loads ? node.arguments[0] : undefined
}

const imported = []
const open = [source]
for (let node = open.pop(); node; node = open.pop()) {
  const name = namedBy(node)
  if (name && ts.isStringLiteralLike(name)) imported.push(name.text)
  ts.forEachChild(node, (child) => void open.push(child))
}
const foreign = [...new Set(imported)].filter((name) => !isBuiltin(name))

if (foreign.length > 0) {
  console.error(
    `dist/api.js imports what is not in it: ${foreign.join(", ")}. Add it to devDependencies, so that the build bundles it.`,
  )
  process.exit(1)
}
console.log(
  `dist/api.js is complete: ${Math.round(statSync(file).size / 1024)} kB, ${imported.length} imports of Node's own modules`,
)
