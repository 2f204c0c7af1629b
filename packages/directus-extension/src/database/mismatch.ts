import type { Type } from "@directus/types"

/** The Directus types of a text. */
export const WORDS: readonly Type[] = ["string", "text", "uuid"]

/** A mapped field that the collection cannot hold. */
export interface Mismatch {
  field: string
  directus: string
  /** `null`: there is no such field. */
  is: string | null
  expected: readonly string[]
}
