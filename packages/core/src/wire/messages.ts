import { z } from "zod"
import type { CanonicalValue } from "../document/value.ts"
import { SyncError } from "../errors.ts"
import { parseJson } from "./parse-json.ts"

/** Bounds of a message, checked before anything else is done with it. */
export const LIMITS = {
  bodyBytes: 512 * 1024,
  sendBytes: 256 * 1024,
  records: 100,
  fields: 1000,
  depth: 8,
  idLength: 255,
  /** A link's local id: that of a record, or of the peer's behind the word that makes it a tombstone. */
  linkIdLength: 265,
  /** A kind's name, a field's, a collection's. */
  pathLength: 255,
  /** A field's name holds the member of a set or the key of a map. */
  nameLength: 1000,
  /** Why a record was not taken: an answer with a longer one would be none. */
  reasonLength: 1000,
  /** Conflicts of the peer that one answer shows, and the characters of each one's value. */
  inbox: 50,
  /** Of a preview: values that lose and are shown, records of which a question says what they would be, sales channels. */
  sample: 10,
  pairs: 2000,
  channels: 20,
  excerpt: 500,
} as const

const id = z.string().min(1).max(LIMITS.idLength)
const name = z.string().min(1).max(LIMITS.nameLength)
const counter = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
const value = z.json() as z.ZodType<CanonicalValue>

const recordSchema = z.strictObject({
  entity: name,
  id,
  peer: id.nullable(),
  key: z.strictObject({ field: name, value: z.string(), within: id.optional() }).nullable(),
  rev: counter,
  seen: counter,
  full: z.boolean(),
  hops: z.number().int().min(0).max(100),
  alive: z.boolean(),
  alive_rev: counter,
  /**
   * Of the field that shows the record, where it is told. `later`: it waits for a release, and one that is made is to stay out of
   * sight. `now`: somebody has put it on sale, and one that waits is to be shown.
   */
  release: z.enum(["later", "now"]).optional(),
  /** Value, rev, answers of automations, and the rev of the edit when it is told again; see `FieldState`. */
  fields: z.record(name, z.tuple([value, counter, z.number().int().min(0).max(100).optional(), counter.optional()])),
})

/** What one host's link to a record says, for comparison. */
const linkStateSchema = z.strictObject({ entity: name, id, peer: id, seen: counter, acked: counter })

const askSchema = z.discriminatedUnion("kind", [
  /** Sums of all links; answered by `buckets`. */
  z.strictObject({ kind: z.literal("digest") }),
  /** The links of these buckets. */
  z.strictObject({ kind: z.literal("links"), buckets: z.array(z.number().int().min(0).max(1023)).max(1024) }),
  /** The asker has lost changes of its own to these records, which it has given to the receiver: tell all of them again. */
  z.strictObject({
    kind: z.literal("retell"),
    records: z.array(z.strictObject({ entity: name, id, seen: counter })).max(1000),
  }),
  /** Which of these records has the receiver no link to at all? */
  z.strictObject({
    kind: z.literal("missing"),
    records: z.array(z.strictObject({ entity: name, id })).max(1000),
  }),
  /**
   * The asker has a new place for these fields, or sets of fields, of its records (`peer`): tell what the receiver has for
   * them in those that are their pairs (`id`).
   */
  z.strictObject({
    kind: z.literal("tell"),
    entity: name,
    places: z.array(name).max(1000),
    records: z.array(z.strictObject({ id, peer: id })).max(1000),
  }),
  /** What would the receiver do with these records? */
  z.strictObject({
    kind: z.literal("preview"),
    records: z.array(recordSchema).max(LIMITS.records),
    /** Records that those refer to and that would be linked by then: `peer` is the receiver's, or `null` when it would make one. */
    pairs: z
      .array(
        z.strictObject({
          entity: name,
          id,
          peer: id.nullable(),
          title: z.string().max(LIMITS.excerpt).nullable(),
        }),
      )
      .max(LIMITS.pairs)
      .optional(),
  }),
  /** What became of products that the asker has told of since then, by the receiver's clock? */
  z.strictObject({ kind: z.literal("brought"), since: z.iso.datetime() }),
  /** These conflicts were decided. */
  z.strictObject({ kind: z.literal("resolved"), ids: z.array(id).max(500) }),
  /** How are these records of the receiver, and what waits there for people? An older peer refuses the question. */
  z.strictObject({ kind: z.literal("states"), records: z.array(z.strictObject({ entity: name, id })).max(500) }),
  /** The newest conflicts that are open at the receiver. */
  z.strictObject({ kind: z.literal("inbox"), limit: z.number().int().min(1).max(LIMITS.inbox) }),
])

/** A pause as the peer is told of it. */
const toldPauseSchema = z.strictObject({
  code: name,
  since: z.iso.datetime(),
  by: z.string().max(LIMITS.idLength).optional(),
  both: z.boolean().optional(),
})

/** How one record is at the answering side, by names that a later version may add to. */
const toldStateSchema = z.strictObject({
  state: name,
  conflicts: counter,
  /** Fields of which the asker's value lost there. */
  lost: z.array(name).max(20),
  /** How many of its parts are how. */
  parts: z.record(name, counter),
})

const sideSchema = z.enum(["medusa", "directus"])

/** New products of the shop that came from the other side. */
const broughtShape = {
  /** Visitors see them, and they were made or told of since then. */
  shown: counter,
  /** They wait for a release, whenever they were made. */
  unreleased: counter,
  /** Of both, those without a price. */
  withoutPrice: counter,
  channels: z.array(z.string().max(LIMITS.excerpt)).max(LIMITS.channels),
}

const toldConflictSchema = z.strictObject({
  id,
  entity: name,
  /** The record's id at the asker, and at the answering side. */
  peer: id,
  local: id,
  field: name,
  type: z.enum(["concurrent", "read_only", "loop"]),
  loser: sideSchema,
  at: z.iso.datetime(),
  title: z.string().max(LIMITS.excerpt).nullable(),
  part_of: z.string().max(LIMITS.excerpt).nullable(),
  /** The beginning of the value that lost, as text; `null` = it is empty. */
  value: z.string().max(LIMITS.excerpt).nullable(),
})

const answerSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("digest"), buckets: z.base64().max(20_000) }),
  /** `complete`: there are no more of them. */
  z.strictObject({ kind: z.literal("links"), links: z.array(linkStateSchema), complete: z.boolean() }),
  z.strictObject({ kind: z.literal("retell") }),
  z.strictObject({
    kind: z.literal("missing"),
    records: z.array(z.strictObject({ entity: name, id })).max(1000),
  }),
  /** With which rev each is told; 0 = there is nothing to tell, `null` = the receiver has no such pair that is alive. */
  z.strictObject({ kind: z.literal("tell"), revs: z.array(counter.nullable()).max(1000) }),
  z.strictObject({
    kind: z.literal("preview"),
    outcomes: z.array(
      z.strictObject({
        st: z.enum(["create", "match", "change", "same", "stopped"]),
        reason: z.string().max(LIMITS.reasonLength).optional(),
        /** The receiver's record that it would be linked with. */
        peer: id.optional(),
        /** Visitors of the shop would see a product that they do not see now. */
        shown: z.literal(true).optional(),
        /** Values that would lose, by the field without its members. */
        lost: z.array(z.strictObject({ field: name, side: sideSchema, count: counter })).optional(),
      }),
    ),
    /** Some of those values. */
    sample: z
      .array(
        z.strictObject({
          /** The record's place in the question. */
          record: counter,
          field: name,
          side: sideSchema,
          loses: z.string().max(LIMITS.excerpt).nullable(),
          wins: z.string().max(LIMITS.excerpt).nullable(),
        }),
      )
      .max(LIMITS.sample),
    /** Names of the sales channels that new products are put into. */
    channels: z.array(z.string().max(LIMITS.excerpt)).max(LIMITS.channels),
  }),
  z.strictObject({ kind: z.literal("brought"), ...broughtShape }),
  z.strictObject({ kind: z.literal("resolved") }),
  z.strictObject({
    kind: z.literal("states"),
    pause: toldPauseSchema.nullable(),
    /** Of all records: open conflicts, and stopped ones; counted when the question names no record. */
    totals: z.strictObject({ conflicts: counter, stopped: counter }).optional(),
    /** In the order of the question. */
    records: z.array(toldStateSchema).max(500),
  }),
  z.strictObject({
    kind: z.literal("inbox"),
    total: counter,
    conflicts: z.array(toldConflictSchema).max(LIMITS.inbox),
  }),
])

/** The last ones: a peer that knows none of them has not been heard for fifty restores, and is linked anew by a person. */
const pastSchema = z.array(z.uuid()).max(50)

export const messageSchema = z.strictObject({
  v: z.literal(1),
  /** The same in both journals. */
  id: z.uuid(),
  /** `medusa:<instance>` or `directus:<instance>`. */
  from: z.string().regex(/^(medusa|directus):.{0,100}$/),
  to: z.string().regex(/^(medusa|directus):.{0,100}$/),
  epoch: z.uuid(),
  peer_epoch: z.uuid().nullable(),
  /** In messages without records: the epochs that the sender's database had before it was restored. */
  past: pastSchema.optional(),
  /** Counts up once a minute in the sender's database; one that counts less than before was restored. */
  beat: counter,
  /** The highest beat of the receiver that the sender has heard. */
  peer_beat: counter,
  config: z.string().min(1).max(64),
  records: z.array(recordSchema).max(LIMITS.records),
  /** A question about the links of the receiver. */
  ask: askSchema.optional(),
})

const resultSchema = z.strictObject({
  st: z.enum(["ok", "created", "stale", "need_full", "need_parent", "await", "quarantined", "failed"]),
  /** Highest rev of the sender that is incorporated now. */
  ack: counter,
  /** The receiver's id of the record; with `await`, of the one that has the same key. */
  peer: id.nullable(),
  /** The receiver's own rev. */
  rev: counter,
  /** Why, for `quarantined` and `failed`: a code and a sentence that holds no value. */
  code: name.optional(),
  reason: z.string().max(LIMITS.reasonLength).optional(),
})

export const replySchema = z.union([
  z.strictObject({
    v: z.literal(1),
    epoch: z.uuid(),
    past: pastSchema.optional(),
    results: z.array(resultSchema),
    answer: answerSchema.optional(),
  }),
  z.strictObject({
    v: z.literal(1),
    error: z.strictObject({
      code: name,
      message: z.string(),
      /** The sender's highest beat that the receiver has heard, with `old_beat`. */
      beat: counter.optional(),
      /** What the receiver syncs, with `config_mismatch`. */
      mapping: value.optional(),
    }),
  }),
])

/** One record of a message. */
export type WireRecord = z.infer<typeof recordSchema>
export type Message = z.infer<typeof messageSchema>
export type RecordResult = z.infer<typeof resultSchema>
export type LinkState = z.infer<typeof linkStateSchema>
export type Ask = z.infer<typeof askSchema>
export type Answer = z.infer<typeof answerSchema>
export type ToldPause = z.infer<typeof toldPauseSchema>
export type ToldState = z.infer<typeof toldStateSchema>
export type ToldConflict = z.infer<typeof toldConflictSchema>
export type ReplyBody = z.infer<typeof replySchema>

/** Questions of people who look at a page: nothing waits for their answers. */
export const isLook = ({ ask }: Message): boolean => ask?.kind === "states" || ask?.kind === "inbox"

const FORBIDDEN = ["__proto__", "constructor", "prototype"]

function checkShape(value: unknown, depth: number): void {
  if (typeof value !== "object" || value === null) return
  if (depth > LIMITS.depth)
    throw new SyncError("invalid_message", `The message is nested deeper than ${String(LIMITS.depth)} levels.`)
  for (const key of Object.getOwnPropertyNames(value)) {
    if (FORBIDDEN.includes(key)) throw new SyncError("invalid_message", "The message has a forbidden key.")
    checkShape((value as Record<string, unknown>)[key], depth + 1)
  }
}

/** Up to `fields`: what comes behind it holds members of sets and keys of maps, which are values. */
function placeOf(path: PropertyKey[]): string {
  const end = path.indexOf("fields")
  return (end === -1 ? path : path.slice(0, end + 1)).map(String).join(".") || "its top"
}

/**
 * Reads a message whose signature was verified already.
 *
 * @throws SyncError `too_large` or `invalid_message`; the text holds no value of the message.
 */
export function parseMessage(body: string | Buffer): Message {
  if (Buffer.byteLength(body) > LIMITS.bodyBytes) {
    throw new SyncError(
      "too_large",
      `The body is larger than ${String(LIMITS.bodyBytes)} bytes. Send fewer records at once.`,
    )
  }
  const raw = parseJson(body.toString(), "The body")
  // Envelope, records, fields, [value, rev]: four levels before a value begins.
  checkShape(raw, -4)
  const parsed = messageSchema.safeParse(raw)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new SyncError(
      "invalid_message",
      `The message is not valid at ${placeOf(issue?.path ?? [])}: ${issue?.code ?? "unknown"}.`,
    )
  }
  const seen = new Set<string>()
  for (const record of parsed.data.records) {
    const key = `${record.entity}\n${record.id}`
    if (seen.has(key)) throw new SyncError("invalid_message", "A record stands in the message twice.")
    seen.add(key)
    if (Object.keys(record.fields).length > LIMITS.fields)
      throw new SyncError("invalid_message", `A record has more than ${String(LIMITS.fields)} fields.`)
  }
  return parsed.data
}

/** The same result. A reason that names ids of any length, or that a host gives, must not cost the whole message its answer. */
export const fitting = <Result extends { reason?: string | undefined }>(result: Result): Result =>
  result.reason === undefined || result.reason.length <= LIMITS.reasonLength
    ? result
    : { ...result, reason: `${result.reason.slice(0, LIMITS.reasonLength - 1)}…` }

/** The sender's rev of a field beyond the record's own rev would never be acknowledged: refused. */
export const isConsistent = (record: WireRecord): boolean =>
  record.alive_rev <= record.rev && Object.values(record.fields).every(([, r, , e = 0]) => e <= r && r <= record.rev)
