import { setOf } from "../document/names.ts"
import type { Document } from "../document/value.ts"
import { uniqueValue } from "../record/taken.ts"
import type { DocumentWrite, TakenValue } from "../ports.ts"

/** A field of which only one row may have a value, among all rows or among those with one parent. */
export type UniqueField = Pick<TakenValue, "field" | "within">

export const uniqueFields = (unique: string | readonly UniqueField[] = []): readonly UniqueField[] =>
  typeof unique === "string" ? [{ field: unique }] : unique

/** Do these fields say what the row is to have there? */
export const namesUnique = (fields: Document, { field, within }: UniqueField): boolean =>
  Object.keys(fields).some((name) => setOf(name) === field || setOf(name) === within)

export const speaksOf = (write: DocumentWrite, unique: UniqueField): boolean =>
  write.kind !== "remove" && namesUnique(write.fields, unique)

/** The other row that has what this document wants, if there is one. */
export function holderOf(
  rows: ReadonlyMap<string, Document>,
  id: string | null,
  document: Document,
  unique: UniqueField,
): string | null {
  const value = uniqueValue(document, unique)
  if (value === null) return null
  for (const [other, row] of rows) if (other !== id && uniqueValue(row, unique) === value) return other
  return null
}
