import { join } from "node:path"
import ts from "typescript"
import { repository } from "./read-page.ts"

const source = (name: string): string[] => [join(repository, "packages", "medusa-plugin", "src", name)]

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  strict: true,
  noEmit: true,
  types: [],
  paths: {
    "medusa-plugin-directus/options": source("options/records.ts"),
    "medusa-plugin-directus/content-types": source("content-types.ts"),
  },
}

/** What TypeScript has against these modules, which import types of the plugin. */
export function checkTypes(modules: string[]): string[] {
  const files = new Map(modules.map((text, i) => [join(repository, `recipe-${String(i)}.ts`), text]))
  const host = ts.createCompilerHost(options)
  const { getSourceFile, fileExists, readFile } = host
  host.fileExists = (name) => files.has(name) || fileExists(name)
  host.readFile = (name) => files.get(name) ?? readFile(name)
  host.getSourceFile = (name, target, ...rest) => {
    const text = files.get(name)
    return text === undefined ? getSourceFile(name, target, ...rest) : ts.createSourceFile(name, text, target)
  }
  const program = ts.createProgram([...files.keys()], options, host)
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"))
}
