import type { NodePath } from "@stryker-mutator/api/ignore"
import { declareValuePlugin, PluginKind } from "@stryker-mutator/api/plugin"

/** As much of a syntax tree as is looked at here. */
interface Place extends NodePath {
  key: string
  node: { type: string; value?: unknown; properties?: { key?: { name?: string } }[] }
  parent?: { type: string; operator?: string }
}

/** Why nothing is changed at a place; `undefined` = it is. */
function shouldIgnore(path: NodePath): string | undefined {
  const { node, parent, key } = path as Place
  const isDefault = parent?.type === "LogicalExpression" && parent.operator === "??" && key === "right"
  if (isDefault && node.type === "StringLiteral" && node.value === "")
    return "The type asks for a text where there always is one."
  const names = node.type === "ObjectExpression" ? node.properties?.map((property) => property.key?.name) : []
  if (names?.join() === "own")
    return "It counts only where rows are written, and there MemoryHost throws when it is wrong."
  return undefined
}

export const strykerPlugins = [declareValuePlugin(PluginKind.Ignore, "engine", { shouldIgnore })]
