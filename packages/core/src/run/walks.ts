import { hostName, otherSide } from "../document/value.ts"
import { SyncError } from "../errors.ts"
import { kindsToWalk } from "../backfill/backfill.ts"
import { NOTHING_FORESEEN, PreviewWalk } from "../backfill/preview.ts"
import type { HostPorts, HostControl, HostSelf } from "../ports.ts"
import { addDrifts, bringBack, markPage, tellAllAgain } from "../repair/repair-records.ts"
import { cursorAt, lookAtPage, type SweepOptions } from "../repair/sweep.ts"
import type { Cursor, JobKinds, WalkKind } from "../operate/job.ts"

/** A job between two pages. */
export interface Position<Result> {
  /** `null` = it is at the end. */
  cursor: Cursor | null
  done: number
  result: Result
}

export type Among = Pick<SweepOptions, "newAmong">

export interface Walk<Kind extends WalkKind> {
  nothing: JobKinds[Kind]["result"]
  /** The kinds of records that it walks through. @throws SyncError `invalid_options` */
  kinds(ports: HostPorts, parameters: JobKinds[Kind]["parameters"]): string[]
  /** Whoever takes the job up begins, and goes on from where it is. */
  begin(ports: HostPorts, among: Among, parameters: JobKinds[Kind]["parameters"]): Step<JobKinds[Kind]["result"]>
}

/** Does one page, and may do it again after a crash. */
type Step<Result> = (at: Position<Result> & { cursor: Cursor }) => Promise<Position<Result>>

/** Of its kind. */
const isFirst = ({ look, after }: Cursor): boolean => look === "rows" && after === null

const allKinds = ({ config }: HostSelf): string[] => [...config.entities.keys()]

/** Why a preview has got no answer: the peer is away, or says none while one of both is paused. */
async function noAnswer(ports: HostSelf & HostControl): Promise<SyncError> {
  const peer = hostName(otherSide(ports.side))
  const { paused } = await ports.readControl()
  return new SyncError(
    "peer_unreachable",
    paused
      ? `A preview asks ${peer}, and nothing is asked while the sync is paused. ${paused.message}`
      : `${peer} does not answer. Its address and state are in the status.`,
  )
}

export const WALKS: { [Kind in WalkKind]: Walk<Kind> } = {
  drift: {
    nothing: { count: 0, drifts: [], waiting: 0 },
    kinds: allKinds,
    begin:
      (ports, among) =>
      async ({ cursor, done, result }) => {
        const { seen, next } = await lookAtPage(ports, among, cursor)
        return { cursor: next, done: done + seen.rows, result: addDrifts(result, seen) }
      },
  },
  repair: {
    nothing: { marked: 0 },
    kinds: allKinds,
    begin:
      (ports, among, { thisSideWins, leaveDeleted }) =>
      async ({ cursor, done, result: { marked } }) => {
        // Of those that come back, the ones that both sides have again are told with all others.
        const back = isFirst(cursor) && !leaveDeleted ? await bringBack(ports, cursor.kind) : 0
        if (thisSideWins) {
          const { told, links, next } = await tellAllAgain(ports, cursor)
          return { cursor: next, done: done + links, result: { marked: marked + told } }
        }
        const { seen, next } = await lookAtPage(ports, among, cursor)
        const told = await markPage(ports, seen)
        return { cursor: next, done: done + seen.rows, result: { marked: marked + back + told } }
      },
  },
  preview: {
    nothing: NOTHING_FORESEEN,
    kinds: (ports, { kinds }) => kindsToWalk(ports, kinds),
    begin(ports, _, { kinds, leaveDeleted }) {
      const walked = kindsToWalk(ports, kinds)
      let known: PreviewWalk | null = null
      return async ({ cursor, done }) => {
        const walk = known ?? new PreviewWalk(ports, leaveDeleted)
        // What was seen of the pages before is too much for a row, and a page that fails may be counted in part: another
        // process, and whoever goes on after a failure, begins again.
        const { kind, after, before } = known
          ? { ...cursor, before: done }
          : { kind: walked[0] ?? "", after: null, before: 0 }
        known = null
        const page = await walk.step(kind, after)
        if (!page) throw await noAnswer(ports)
        known = walk
        const next = page.next === null ? walked[walked.indexOf(kind) + 1] : kind
        const result = await walk.result(next === undefined)
        return { cursor: cursorAt(next, page.next), done: before + page.ids.length, result }
      }
    },
  },
}
