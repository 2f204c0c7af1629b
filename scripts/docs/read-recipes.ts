import { parseEnv } from "node:util"
import ts from "typescript"
import { readPage, sectionsOf, type Section } from "./read-page.ts"

export interface Recipe {
  /** The mapping of its JSON block; `null` when it has none. */
  mapping: Record<string, unknown> | null
  /** The TypeScript of its `ts` blocks. */
  code: string[]
  /** What its `bash` blocks set, one after the other. */
  env: Record<string, string | undefined>[]
}

const textsOf = ({ blocks }: Section, language: string): string[] =>
  blocks.filter((block) => block.language === language).map(({ text }) => text)

/** The recipes of docs/cookbook.md by their headings, without the numbers. */
export function readRecipes(): Map<string, Recipe> {
  const sections = sectionsOf(readPage("docs/cookbook.md")).filter(({ depth }) => depth === 2)
  return new Map(
    sections.map((section): [string, Recipe] => {
      const [json] = textsOf(section, "json")
      return [
        section.heading.replace(/^\d+\. /, ""),
        {
          mapping: json === undefined ? null : (JSON.parse(json) as Record<string, unknown>),
          code: textsOf(section, "ts"),
          env: textsOf(section, "bash").map((text) => parseEnv(text)),
        },
      ]
    }),
  )
}

/** A recipe's TypeScript as the module of JavaScript that Medusa would run. */
export const asJavaScript = (code: string, module: ts.ModuleKind): string =>
  ts.transpileModule(code, { compilerOptions: { target: ts.ScriptTarget.ES2022, module } }).outputText
