import { SyncError, type EntityDefinition } from "medusa-directus-core"
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
        throw new SyncError(
          "rejected_by_host",
          `${name} holds a zero character, which Medusa's database cannot store. Remove it on the other side.`,
        )
}

const isBlank = (value: unknown): boolean => typeof value === "string" && value.trim() === ""

/**
 * Medusa's API takes a blank title or handle, and the shop then has a product without a name or an address.
 *
 * @throws SyncError `rejected_by_host`, naming the field.
 */
export function checkNeeded(needed: readonly string[], changes: Patch[]): void {
  for (const name of needed)
    if (changes.some((change) => isBlank(change[name])))
      throw new SyncError(
        "rejected_by_host",
        `${name} must not be empty in Medusa, and blanks are no text. Give it a value on the other side.`,
      )
}

/** A new record's blank texts are as good as none: Medusa, or the sync, makes one of what there is. */
export const withoutBlanks = (needed: readonly string[], record: Patch): Patch =>
  Object.fromEntries(Object.entries(record).filter(([name, value]) => !(needed.includes(name) && isBlank(value))))

/** @throws SyncError `rejected_by_host` when a part does not say what it is a part of. */
export function checkParents({ parent, fields }: EntityDefinition, records: Patch[]): void {
  const column = parent === null ? null : fields.get(parent)?.medusa
  if (column && records.some((record) => typeof record[column] !== "string"))
    throw new SyncError(
      "rejected_by_host",
      `${parent ?? column} must not be empty in Medusa. Give it a value on the other side.`,
    )
}
