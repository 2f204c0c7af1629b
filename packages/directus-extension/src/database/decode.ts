import type { Type } from "@directus/types"
import type { Dialect } from "./dialect"

const two = (n: number): string => String(n).padStart(2, "0")

/** Databases give a day as midnight where the process is. */
const dayOf = (at: Date): string =>
  `${String(at.getFullYear()).padStart(4, "0")}-${two(at.getMonth() + 1)}-${two(at.getDate())}`

/** What a column of this type holds, past the way in which the database gives it. */
export function decode(type: Type, dialect: Dialect, value: unknown): unknown {
  if (type === "date" && (value instanceof Date || typeof value === "number")) return dayOf(new Date(value))
  if (typeof value !== "string") return value
  if (type === "csv") return value === "" ? [] : value.split(",")
  if (type !== "json" || dialect === "pg") return value
  try {
    return JSON.parse(value) as unknown
  } catch {
    return value
  }
}
