import type { EntityDefinition } from "medusa-directus-core/host"
import type { Change } from "./record-kind"
import { query, type Sql } from "../database/sql"

type Json = Record<string, unknown>

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value)

const copyOf = (value: unknown): Json => (isObject(value) ? (JSON.parse(JSON.stringify(value)) as Json) : {})

/** Paths below a JSON column, for example `["metadata", "care"]`. */
function nestedPaths({ fields }: EntityDefinition): string[][] {
  const paths = [...fields.values()].map(({ medusa }) => medusa?.split(".") ?? [])
  return paths.filter(([head, ...rest]) => rest.length > 0 && head !== "computed")
}

/** Sets what `patch` has at `path` in `target`. */
function carry(target: Json, patch: Json, [key, ...rest]: string[]): void {
  if (key === undefined || !Object.hasOwn(patch, key)) return
  const value = patch[key]
  if (rest.length === 0) target[key] = value
  else if (isObject(value)) {
    const next = Object.hasOwn(target, key) && isObject(target[key]) ? target[key] : {}
    target[key] = next
    carry(next, value, rest)
  }
}

/**
 * Fills up JSON columns of which a mapping knows some keys only, with what they hold. Not every service of Medusa merges
 * `metadata` (categories: 2.21.2), and none merges below its keys.
 */
export async function withWholeColumns(
  sql: Sql,
  entity: EntityDefinition,
  table: string,
  changes: Change[],
): Promise<Change[]> {
  const paths = nestedPaths(entity)
  const heads = [...new Set(paths.flatMap(([head]) => head ?? []))].filter((head) =>
    changes.some((change) => isObject(change[head])),
  )
  if (heads.length === 0) return changes
  const stored = await query<Change>(
    sql,
    `select id, ${heads.map((head) => `"${head}"`).join(", ")} from "${table}" where id = any(?)`,
    [changes.map(({ id }) => id)],
  )
  const rowOf = new Map(stored.map((row) => [row.id, row]))
  return changes.map((change) => {
    const whole = { ...change }
    for (const head of heads) {
      if (!isObject(change[head])) continue
      const column = copyOf(rowOf.get(change.id)?.[head])
      const patch = change[head]
      for (const [at, ...rest] of paths) if (at === head) carry(column, patch, rest)
      whole[head] = column
    }
    return whole
  })
}
