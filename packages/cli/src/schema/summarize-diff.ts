import type { SchemaChange, SchemaDiff } from "./schema-api.ts"

export interface SchemaSummary {
  made: string[]
  changed: string[]
  deleted: string[]
}

/** What a diff does, in names: `products`, `products.title`. */
export function summarizeDiff({ diff }: SchemaDiff): SchemaSummary {
  const summary: SchemaSummary = { made: [], changed: [], deleted: [] }
  const add = (name: string, change: SchemaChange): void => {
    const whole = change.diff.find(({ path }) => path === undefined)?.kind
    const list = whole === "N" ? summary.made : whole === "D" ? summary.deleted : summary.changed
    if (!list.includes(name)) list.push(name)
  }
  for (const change of diff.collections) add(change.collection, change)
  for (const change of [...diff.fields, ...diff.relations]) add(`${change.collection}.${change.field ?? "?"}`, change)
  return summary
}
