import type { Type } from "@directus/types"
import type { Dialect } from "./dialect"

/** What a column of this type holds, past the way in which the database gives it. */
export function decode(type: Type, dialect: Dialect, value: unknown): unknown {
  if (typeof value !== "string") return value
  if (type === "csv") return value === "" ? [] : value.split(",")
  if (type !== "json" || dialect === "pg") return value
  try {
    return JSON.parse(value) as unknown
  } catch {
    return value
  }
}
