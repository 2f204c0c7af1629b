import { refusedValue, type EntityDefinition } from "medusa-directus-core/host"
import type { Patch } from "./record-kind"

const holdsZero = (value: unknown): boolean => {
  if (typeof value === "string") return value.includes("\0")
  if (typeof value !== "object" || value === null) return false
  return Object.entries(value).some(([key, of]) => holdsZero(key) || holdsZero(of))
}

/**
 * PostgreSQL stores no zero character, and says so in as many ways as there are ways to send one.
 *
 * @throws SyncError `rejected_by_host`, naming the field.
 */
export function checkValues(patches: Patch[]): void {
  for (const patch of patches)
    for (const [name, value] of Object.entries(patch))
      if (holdsZero(value))
        throw refusedValue(name, "It holds a zero character, which Medusa's database cannot store. Remove it.")
}

/** @throws SyncError `rejected_by_host` when a part does not say what it is a part of. */
export function checkParents({ parent, fields }: EntityDefinition, records: Patch[]): void {
  const column = parent === null ? null : fields.get(parent)?.medusa
  if (column && records.some((record) => typeof record[column] !== "string"))
    throw refusedValue(column, "It must not be empty in Medusa. Give it a value.")
}
