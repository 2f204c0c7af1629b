import { InvalidQueryError } from "@directus/errors"
import { z } from "zod"

export const pageSchema = z.object({
  page: z.coerce.number().int().min(1).max(1_000_000).default(1),
  limit: z.coerce.number().int().min(1).max(200).default(25),
})

/** @throws InvalidQueryError (400) naming the parameter. */
export function parseQuery<T>(schema: z.ZodType<T>, query: unknown): T {
  const parsed = schema.safeParse(query)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new InvalidQueryError({
    reason: `${issue?.path.map(String).join(".") || "query"}: ${issue?.message ?? "not valid"}`,
  })
}
