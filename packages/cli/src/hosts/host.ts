import type { Side } from "medusa-directus-core/host"
import * as z from "zod/mini"
import { Problem } from "../problem.ts"
import { NAMES, type Answer } from "./answer.ts"
import { explain } from "./explain.ts"
import type { Ask, Request } from "./request.ts"
import {
  driftShape,
  jobShape,
  previewShape,
  type Backfill,
  type Conflict,
  type Drift,
  type Health,
  type Job,
  type Pause,
  type Preview,
  type Quarantined,
} from "./shapes.ts"

export interface Page {
  limit: number
  offset: number
}

interface Paged<Row> {
  total: number
  rows: Row[]
}

export type Decision = { decision: "keep" } | { decision: "take" } | { decision: "edit"; value: unknown }

export type Steering =
  | { action: "start"; kinds?: string[]; perMinute?: number; publish?: boolean; leaveDeleted?: boolean }
  | { action: "pause" | "resume" | "cancel" }

type Release = { action: "retry_all" } | { action: "retry" | "discard"; entity: string; id: string }

/** Work on a whole catalogue that is not a backfill. */
export interface JobResults {
  /** Changes that told nobody; up to 1,000 of them are listed. */
  drift: { count: number; drifts: Drift[]; waiting: number }
  /** How many records are told, as the next sweep would. */
  repair: { marked: number }
  preview: Preview
}
export interface JobParameters {
  drift: Record<never, never>
  repair: Record<never, never>
  preview: { kinds?: string[] }
}
export type WalkKind = keyof JobResults

/** How each result is read. */
const results: { [Kind in WalkKind]: z.ZodMiniType<JobResults[Kind]> } = {
  drift: z.object({ count: z.number(), drifts: z.array(driftShape), waiting: z._default(z.number(), 0) }),
  repair: z.object({ marked: z.number() }),
  preview: previewShape,
}

/**
 * Jobs of one host.
 *
 * @param ask - asks a path below the host's own, and reads what lies in its envelope.
 */
export function makeJobs(
  ask: <Shape extends z.ZodMiniType>(shape: Shape, path: string, request?: Request) => Promise<z.infer<Shape>>,
): Pick<Host, "startJob" | "job" | "cancelJob"> {
  const send = <Kind extends WalkKind>(kind: Kind, body: object) =>
    ask(jobShape(results[kind]), `/jobs/${kind}`, { method: "POST", body: JSON.stringify(body) }) as Promise<
      Job<JobResults[Kind]>
    >
  return {
    startJob: (kind, parameters) => send(kind, { action: "start", ...parameters }),
    cancelJob: (kind) => send(kind, { action: "cancel" }),
    job: (kind) => ask(z.nullable(jobShape(results[kind])), `/jobs/${kind}?limit=1000`) as Promise<never>,
  }
}

/** What both hosts offer, by the same names. Each method throws a Problem that says what to do. */
export interface Host {
  readonly side: Side
  readonly name: string
  readonly url: string
  readonly ask: Ask
  health(): Promise<Health>
  /** Nothing is sent until somebody resumes it; with `both`, nothing is taken either. @returns why it stands still, afterwards. */
  pause(both: boolean): Promise<Pause | null>
  /** The same of the end of a pause. */
  resume(): Promise<Pause | null>
  /** @throws Problem `conflict` when one of its kind is under way. */
  startJob<Kind extends WalkKind>(kind: Kind, parameters: JobParameters[Kind]): Promise<Job<JobResults[Kind]>>
  /** The last one of its kind; `null` when there has been none. */
  job<Kind extends WalkKind>(kind: Kind): Promise<Job<JobResults[Kind]> | null>
  cancelJob<Kind extends WalkKind>(kind: Kind): Promise<Job<JobResults[Kind]>>
  /** `null` when there has been none. */
  backfill(): Promise<Backfill | null>
  steer(steering: Steering): Promise<Backfill | null>
  conflicts(page: Page): Promise<Paged<Conflict>>
  decide(id: string, decision: Decision): Promise<Conflict>
  quarantine(page: Page): Promise<Paged<Quarantined>>
  release(release: Release): Promise<void>
}

/** Asks one host and reads what it answers. @throws Problem */
export function makeCall(side: Side, url: string, ask: Ask) {
  return async <Shape extends z.ZodMiniType>(
    shape: Shape,
    path: string,
    { accept = [], ...request }: Request & { accept?: number[] } = {},
  ): Promise<z.infer<Shape>> => {
    const answer = await ask(path, request)
    return readAnswer({ side, url }, path, shape, answer, accept)
  }
}

/** @param accept - statuses beside 2xx whose body is the answer. @throws Problem */
export function readAnswer<Shape extends z.ZodMiniType>(
  { side, url }: { side: Side; url: string },
  path: string,
  shape: Shape,
  answer: Answer,
  accept: number[] = [],
): z.infer<Shape> {
  if (answer.kind === "network") throw explain({ side, url }, path, answer)
  const parsed = z.safeParse(shape, answer.json)
  const isFine = answer.status >= 200 && answer.status < 300
  // A host that stands still answers its health with 503 and the reason.
  if (parsed.success && (isFine || accept.includes(answer.status))) return parsed.data
  if (!isFine) throw explain({ side, url }, path, answer)
  const at = parsed.error?.issues[0]?.path.map(String).join(".") ?? ""
  throw new Problem({
    code: "other_version",
    message: `${NAMES[side]} answered ${path} in another form than this version reads${at ? ` (at ${at})` : ""}.`,
    fix: "Use the same version of medusa-directus, medusa-plugin-directus and directus-extension-medusa.",
    detail: answer.text.slice(0, 500),
  })
}
