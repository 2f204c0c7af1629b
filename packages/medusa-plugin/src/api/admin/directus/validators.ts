import { z } from "@medusajs/framework/zod"
import { createFindParams } from "@medusajs/medusa/api/utils/validators"
import { LIMITS, type JobKind } from "medusa-directus-core/host"

/** The name of a kind, or the id of one of its records; what a name is made of `possibleOnly` has looked at. */
const name = z.string().min(1).max(LIMITS.idLength)

/** Medusa's own take any number, and its database refuses a negative one. */
const page = (order?: string) =>
  createFindParams({ limit: 50, offset: 0, ...(order ? { order } : {}) }).extend({
    limit: z.coerce.number().int().min(0).default(50),
    offset: z.coerce.number().int().min(0).default(0),
  })

export const ResumeBody = z.strictObject({
  acceptPeerEpoch: z.boolean().optional(),
  acceptDeletes: z.boolean().optional(),
  database: z.literal("moved").optional(),
})
export type ResumeBody = z.infer<typeof ResumeBody>

export const PauseBody = z.strictObject({ both: z.boolean().optional() })
export type PauseBody = z.infer<typeof PauseBody>

const thisSideWins = z.boolean().optional()
const leaveDeleted = z.boolean().optional()

export const RepairBody = z.union([
  z.strictObject({ all: z.literal(true), thisSideWins, leaveDeleted }),
  z.strictObject({
    records: z
      .array(z.strictObject({ entity: name, id: name }))
      .min(1)
      .max(1000),
    thisSideWins,
  }),
])
export type RepairBody = z.infer<typeof RepairBody>

export const DriftQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(1000).default(200) })
export type DriftQuery = z.infer<typeof DriftQuery>

const record = { entity: name.optional(), local_id: name.optional() }

export const LinksQuery = page().extend({
  ...record,
  peer_id: name.optional(),
  state: z.enum(["active", "quarantined", "unlinked"]).optional(),
})

export const ConflictsQuery = page("-at").extend({
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

const kinds = z.array(name).min(1).optional()

const startBackfill = z.strictObject({
  action: z.literal("start"),
  kinds,
  perMinute: z.number().int().min(1).optional(),
  publish: z.boolean().optional(),
  leaveDeleted,
})
const steerBackfill = z.strictObject({ action: z.enum(["pause", "resume", "cancel"]) })

export const BackfillBody = z.discriminatedUnion("action", [
  startBackfill,
  z.strictObject({ action: z.literal("preview"), kinds }),
  steerBackfill,
])
export type BackfillBody = z.infer<typeof BackfillBody>

const walk = (parameters: z.ZodRawShape) =>
  z.discriminatedUnion("action", [
    z.strictObject({ action: z.literal("start"), ...parameters }),
    z.strictObject({ action: z.literal("cancel") }),
  ])

export const JobBodies: Record<JobKind, z.ZodType> = {
  backfill: z.discriminatedUnion("action", [startBackfill, steerBackfill]),
  preview: walk({ kinds, leaveDeleted }),
  drift: walk({}),
  repair: walk({ thisSideWins, leaveDeleted }),
}
/** What any of them may hold. */
export interface JobBody {
  action: "start" | "pause" | "resume" | "cancel"
  kinds?: string[] | undefined
  perMinute?: number | undefined
  thisSideWins?: boolean | undefined
  publish?: boolean | undefined
  leaveDeleted?: boolean | undefined
}

export const QuarantineQuery = z.object({
  entity: name.optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  offset: z.coerce.number().int().min(0).default(0),
})

const one = { entity: name, local_id: name }

export const QuarantineBody = z.union([
  z.strictObject({ action: z.literal("retry_all") }),
  z.strictObject({ action: z.enum(["retry", "discard"]), ...one }),
])
export type QuarantineBody = z.infer<typeof QuarantineBody>

export const JournalQuery = page("-at").extend({
  ...record,
  direction: z.enum(["in", "out"]).optional(),
  event: name.optional(),
  titles: z.literal("true").optional(),
})
