import type { Side } from "medusa-directus-core"
import * as z from "zod/mini"
import { Problem } from "../problem.ts"
import { NAMES, type Answer } from "./answer.ts"
import { explain } from "./explain.ts"
import type { Ask, Request } from "./request.ts"
import type { Backfill, Conflict, Drift, Health, Preview, Quarantined } from "./shapes.ts"

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
  { action: "start"; kinds?: string[]; perMinute?: number } | { action: "pause" | "resume" | "cancel" }

type Release = { action: "retry_all" } | { action: "retry" | "discard"; entity: string; id: string }

/** What both hosts offer, by the same names. Each method throws a Problem that says what to do. */
export interface Host {
  readonly side: Side
  readonly name: string
  readonly url: string
  readonly ask: Ask
  health(): Promise<Health>
  drift(limit: number): Promise<Paged<Drift>>
  /** Tells all drift, as the next sweep would. @returns how many records are told. */
  repairAll(): Promise<number>
  /** `null` when there has been none. */
  backfill(): Promise<Backfill | null>
  steer(steering: Steering): Promise<Backfill | null>
  preview(kinds?: string[]): Promise<Preview>
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
