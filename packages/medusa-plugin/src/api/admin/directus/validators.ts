import { z } from "@medusajs/framework/zod"
import { createFindParams } from "@medusajs/medusa/api/utils/validators"

export const ResumeBody = z.strictObject({
  acceptPeerEpoch: z.boolean().optional(),
  acceptDeletes: z.boolean().optional(),
  database: z.literal("moved").optional(),
})
export type ResumeBody = z.infer<typeof ResumeBody>

export const PauseBody = z.strictObject({ both: z.boolean().optional() })
export type PauseBody = z.infer<typeof PauseBody>

const thisSideWins = z.boolean().optional()

export const RepairBody = z.union([
  z.strictObject({ all: z.literal(true), thisSideWins }),
  z.strictObject({
    records: z
      .array(z.strictObject({ entity: z.string().max(255), id: z.string().min(1).max(255) }))
      .min(1)
      .max(1000),
    thisSideWins,
  }),
])
export type RepairBody = z.infer<typeof RepairBody>

export const DriftQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(1000).default(200) })
export type DriftQuery = z.infer<typeof DriftQuery>

const record = { entity: z.string().optional(), local_id: z.string().optional() }

export const LinksQuery = createFindParams({ limit: 50, offset: 0 }).extend({
  ...record,
  peer_id: z.string().optional(),
  state: z.enum(["active", "quarantined", "unlinked"]).optional(),
})

export const ConflictsQuery = createFindParams({ limit: 50, offset: 0, order: "-at" }).extend({
  ...record,
  resolved: z.enum(["true", "false"]).optional(),
  kind: z.enum(["concurrent", "read_only", "loop"]).optional(),
})

export const DecisionBody = z.discriminatedUnion("decision", [
  z.strictObject({ decision: z.literal("keep") }),
  z.strictObject({ decision: z.literal("take") }),
  z.strictObject({ decision: z.literal("edit"), value: z.json() }),
])
export type DecisionBody = z.infer<typeof DecisionBody>

const kinds = z.array(z.string()).min(1).optional()

export const BackfillBody = z.discriminatedUnion("action", [
  z.strictObject({ action: z.literal("start"), kinds, perMinute: z.number().int().min(1).optional() }),
  z.strictObject({ action: z.literal("preview"), kinds }),
  z.strictObject({ action: z.enum(["pause", "resume", "cancel"]) }),
])
export type BackfillBody = z.infer<typeof BackfillBody>

export const QuarantineQuery = z.object({
  entity: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  offset: z.coerce.number().int().min(0).default(0),
})

const one = { entity: z.string(), local_id: z.string() }

export const QuarantineBody = z.union([
  z.strictObject({ action: z.literal("retry_all") }),
  z.strictObject({ action: z.enum(["retry", "discard"]), ...one }),
])
export type QuarantineBody = z.infer<typeof QuarantineBody>

export const JournalQuery = createFindParams({ limit: 50, offset: 0, order: "-at" }).extend({
  ...record,
  direction: z.enum(["in", "out"]).optional(),
  event: z.string().optional(),
  titles: z.literal("true").optional(),
})
