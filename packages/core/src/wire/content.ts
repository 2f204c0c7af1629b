import { z } from "zod"
import { LIMITS } from "./messages.ts"

/** Among the words of `published`: whatever else Directus itself calls so. */
export const ANY_PUBLISHED = "*"

/** Records that one question may name. */
const CONTENT_IDS = 500

const id = z.string().min(1).max(LIMITS.idLength)

/** What Medusa asks for a page of its store. */
export const contentRequestSchema = z.strictObject({
  v: z.literal(1),
  /** The kind, and the records by their ids in Medusa. */
  entity: id,
  ids: z.array(id).max(CONTENT_IDS),
  /** Paths of Directus's fields that may be shown; `*` is each field that editors made themselves. */
  fields: z.array(z.string().min(1).max(200)).min(1).max(200),
  /**
   * Of the words that mean "shown to everybody" in a status field, those that the asker wants. Which do is said by Directus's
   * own configuration, and no other word counts.
   */
  published: z.array(z.string().min(1).max(100)).min(1).max(20),
  /** Medusa's locale, whose texts are laid over the record's own. */
  locale: z.string().min(1).max(40).nullable(),
})

const item = z.record(z.string(), z.unknown())

export const contentReplySchema = z.union([
  /** By the ids in Medusa; what is not published, or not there, is missing. */
  z.strictObject({ v: z.literal(1), items: z.record(z.string(), item) }),
  z.strictObject({ v: z.literal(1), error: z.strictObject({ code: z.string(), message: z.string() }) }),
])

export type ContentRequest = z.infer<typeof contentRequestSchema>
export type ContentItem = z.infer<typeof item>
