import { z } from "@medusajs/framework/zod"
import { createFindParams } from "@medusajs/medusa/api/utils/validators"

export const ResumeBody = z.strictObject({
  acceptPeerEpoch: z.boolean().optional(),
  acceptDeletes: z.boolean().optional(),
})
export type ResumeBody = z.infer<typeof ResumeBody>

const record = { entity: z.string().optional(), local_id: z.string().optional() }

export const LinksQuery = createFindParams({ limit: 50, offset: 0 }).extend({
  ...record,
  peer_id: z.string().optional(),
  state: z.enum(["active", "quarantined", "unlinked"]).optional(),
})

export const ConflictsQuery = createFindParams({ limit: 50, offset: 0, order: "-at" }).extend(record)

export const JournalQuery = createFindParams({ limit: 50, offset: 0, order: "-at" }).extend({
  ...record,
  direction: z.enum(["in", "out"]).optional(),
})
