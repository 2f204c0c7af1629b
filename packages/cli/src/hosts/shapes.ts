import * as z from "zod/mini"

/** What the hosts answer, as far as this program reads it. Unknown members are left alone: a host may be newer. */

const text = z.string()
const maybe = <T extends z.ZodMiniType>(of: T) => z.nullable(of)
const problem = z.object({ code: text, message: text, fix: z.optional(text), since: maybe(text) })
const pause = z.object({ code: text, message: text, since: text, both: z.optional(z.boolean()) })

export const healthShape = z.object({
  state: z.enum(["ok", "degraded", "stopped"]),
  problems: z.array(problem),
  versions: z.object({ host: maybe(text), sync: text, protocol: z.number() }),
  details: maybe(
    z.object({
      records: z.object({
        active: z.number(),
        quarantined: z.number(),
        unlinked: z.number(),
        pending: z.number(),
        stopped: z.number(),
        openConflicts: z.number(),
      }),
      oldestPendingSeconds: maybe(z.number()),
      lastSuccessAt: z.object({ sent: maybe(text), received: maybe(text) }),
      clockOffset: maybe(z.number()),
    }),
  ),
})

export const medusaStatusShape = z.object({
  state: z.enum(["running", "paused", "off"]),
  reason: maybe(text),
  epoch: text,
  peerEpoch: maybe(text),
  paused: maybe(pause),
  clockOffsetMs: maybe(z.number()),
  capture: z.enum(["installed", "missing", "not_migrated"]),
  translations: maybe(z.looseObject({ unsupported: z.optional(z.array(text)), unmapped: z.optional(z.array(text)) })),
  directus: maybe(text),
  config: maybe(text),
})

export const directusStatusShape = z.discriminatedUnion("running", [
  z.object({ running: z.literal(false), reason: text }),
  z.object({
    running: z.literal(true),
    medusa: text,
    epoch: text,
    peerEpoch: maybe(text),
    paused: maybe(pause),
    clockOffsetMs: maybe(z.number()),
    config: text,
    collections: z.array(text),
    leftOut: z.array(z.looseObject({ directus: text })),
    translations: z.object({ unmapped: z.array(text) }),
    images: z.object({ waiting: z.number(), refused: z.number() }),
  }),
])

export const licenceShape = z.object({
  name: z.optional(maybe(text)),
  status: text,
  entitlements: z.looseObject({
    collections: z.optional(
      z.object({ limit: z.number(), overage: z.nullish(z.number()), addon: z.nullish(z.number()) }),
    ),
  }),
  usage: z.object({ collections: z.number() }),
})

export const driftShape = z.object({ entity: text, localId: text, kind: text, fields: z.array(text) })

const side = z.enum(["medusa", "directus"])

export const backfillShape = z.object({
  state: z.enum(["running", "paused", "done", "cancelled"]),
  kinds: z.array(text),
  taken: z.number(),
  total: z.number(),
  /** Absent: an older host does not say. */
  back: z.optional(z.number()),
  done: z.number(),
  waiting: z.number(),
  quarantined: z.number(),
  perSecond: z.number(),
  secondsLeft: maybe(z.number()),
  startedAt: text,
  endedAt: maybe(text),
  publish: z.optional(z.boolean()),
  shop: z.optional(
    z.object({ shown: z.number(), unreleased: z.number(), withoutPrice: z.number(), channels: z.array(text) }),
  ),
})

export const previewShape = z.object({
  create: z.number(),
  back: z.optional(z.number()),
  match: z.number(),
  change: z.number(),
  same: z.number(),
  stopped: z.number(),
  /** An older host names them by their ids alone. */
  problems: z.array(
    z.object({
      entity: text,
      localId: text,
      reason: text,
      title: z.optional(maybe(text)),
      parentTitle: z.optional(maybe(text)),
    }),
  ),
  losses: z.object({
    count: z.number(),
    fields: z.array(z.object({ entity: text, field: text, side, count: z.number() })),
    sample: z.array(
      z.object({
        entity: text,
        localId: text,
        title: maybe(text),
        parentTitle: maybe(text),
        field: text,
        side,
        loses: maybe(text),
        wins: maybe(text),
      }),
    ),
  }),
  showing: maybe(
    z.object({
      published: z.number(),
      withoutPrice: z.number(),
      turned: z.number(),
      variants: z.optional(z.number()),
      channels: z.array(text),
    }),
  ),
})

export const jobShape = <Result extends z.ZodMiniType>(result: Result) =>
  z.object({
    kind: text,
    parameters: z.looseObject({}),
    state: z.enum(["running", "done", "cancelled", "failed"]),
    by: maybe(text),
    startedAt: text,
    endedAt: maybe(text),
    done: z.number(),
    total: z.number(),
    error: maybe(z.object({ code: text, message: text })),
    result,
  })

export const conflictShape = z.object({
  id: text,
  entity: text,
  localId: text,
  field: text,
  kind: text,
  losingSide: side,
  losingValue: z.unknown(),
  value: z.unknown(),
  title: maybe(text),
  parentTitle: maybe(text),
  /** How the field's values are written; absent of a host that is older, `null` when it is not mapped any more. */
  type: z.optional(maybe(text)),
  at: text,
  resolvedAt: maybe(text),
})

export const quarantinedShape = z.object({
  entity: text,
  localId: text,
  title: maybe(text),
  parentTitle: maybe(text),
  reason: text,
  candidates: z.array(text),
})

/** Medusa's rows have the names of its columns: `local_id` for `localId`. */
const camelCased = z.transform((row: unknown): unknown =>
  typeof row !== "object" || row === null
    ? row
    : Object.fromEntries(
        Object.entries(row).map(([name, value]) => [
          name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
          value as unknown,
        ]),
      ),
)

export const conflictRowShape = z.pipe(camelCased, conflictShape)
export const quarantinedRowShape = z.pipe(camelCased, quarantinedShape)

export type Pause = z.infer<typeof pause>
export type Health = z.infer<typeof healthShape>
export type MedusaStatus = z.infer<typeof medusaStatusShape>
export type DirectusStatus = z.infer<typeof directusStatusShape>
export type Licence = z.infer<typeof licenceShape>
export type Drift = z.infer<typeof driftShape>
export type Backfill = z.infer<typeof backfillShape>
export type Job<Result> = Omit<z.infer<ReturnType<typeof jobShape>>, "result"> & { result: Result }
export type Preview = z.infer<typeof previewShape>
export type Conflict = z.infer<typeof conflictShape>
export type Quarantined = z.infer<typeof quarantinedShape>
