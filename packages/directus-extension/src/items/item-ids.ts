import type { Type } from "@directus/types"
import type { Dialect } from "../database/dialect"

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** A primary key as Directus hands it around ("1", 1, an upper-case UUID of a URL) → the one id of that row. */
export function localIdOf(keyType: Type, dialect: Dialect, key: unknown): string {
  const text = String(key)
  if ((keyType === "integer" || keyType === "bigInteger") && /^\s*[+-]?\d+(\.0*)?\s*$/.test(text))
    return BigInt(text.trim().replace(/\.0*$/, "")).toString()
  // PostgreSQL compares UUIDs as numbers, SQLite as text.
  return keyType === "uuid" && dialect === "pg" ? text.toLowerCase() : text
}

/** The primary key of a local id, `undefined` when no row can have it: a tombstone's id, or one that never was ours. */
export function keyOf(keyType: Type, localId: string): string | number | undefined {
  if (keyType === "integer")
    return /^-?\d{1,10}$/.test(localId) && Math.abs(Number(localId)) <= 2_147_483_647 ? Number(localId) : undefined
  if (keyType === "bigInteger") return /^-?\d{1,18}$/.test(localId) ? localId : undefined
  if (keyType === "uuid") return UUID.test(localId) ? localId : undefined
  return localId
}

export const keysOf = (keyType: Type, localIds: readonly string[]): (string | number)[] =>
  localIds.flatMap((localId) => keyOf(keyType, localId) ?? [])
