import { InvalidPayloadError } from "@directus/errors"
import type { z } from "zod"

/** @throws InvalidPayloadError (400) that says what may be sent. */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown, reason: string): T {
  const parsed = schema.safeParse(body ?? {})
  if (parsed.success) return parsed.data
  throw new InvalidPayloadError({ reason })
}
