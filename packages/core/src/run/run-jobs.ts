import { readBackfill } from "../backfill/backfill.ts"
import { SyncError, whereFrom } from "../errors.ts"
import type { HostPorts } from "../ports.ts"
import { TIMERS } from "../timers.ts"
import type { HeldJob, Job, JobKind, JobKinds, JobRow, WalkKind } from "../operate/job.ts"
import { lastBackfill, shown, underWay } from "./tell-job.ts"
import { cursorAt } from "../repair/sweep.ts"
import { WALKS, type Among, type Position, type Walk } from "./walks.ts"

/** The jobs of one process. */
export interface Jobs {
  /**
   * Starts one, here and now.
   *
   * @param by - who asks, as people know them; `null` = a program.
   * @throws SyncError `already_running` when one of this kind is under way, `invalid_options` when a kind is not mapped.
   */
  start<Kind extends WalkKind>(
    kind: Kind,
    parameters: JobKinds[Kind]["parameters"],
    by: string | null,
  ): Promise<Job<Kind>>
  /** The last one of its kind; `null` when there has been none. */
  read<Kind extends JobKind>(kind: Kind): Promise<Job<Kind> | null>
  /** Ends it after the page that is under way; what it has found and done by then stays. @throws SyncError `not_found` */
  cancel<Kind extends WalkKind>(kind: Kind): Promise<Job<Kind>>
  /** Reads it when it has ended, or after so many milliseconds. */
  settled<Kind extends WalkKind>(kind: Kind, within: number): Promise<Job<Kind> | null>
  /**
   * For who waits for it in one request: starts it, behind the one that is under way, and reads it when it has ended, or after
   * so many milliseconds.
   */
  runNow<Kind extends WalkKind>(
    kind: Kind,
    parameters: JobKinds[Kind]["parameters"],
    by: string | null,
    within: number,
  ): Promise<Job<Kind> | null>
  /** From now on takes up what no process works on. */
  keepUp(): void
  /** Gives back what is under way, after its page. */
  stop(): Promise<void>
}

/** Between looks for jobs that nobody works on, in milliseconds. */
const LOOK = 5_000
/** Between two signs of life. */
const BEAT = 3_000
/** Without one for so long, a job is taken from whoever had it. */
const LEASE = 15_000
/** A job that does not get on is taken up so many times. */
const TRIES = 3
/** From an error to the next try. */
const AGAIN = 1_000
/** Between two pages. */
const LONGEST_REST = 2_000
/** Between looks at one that another process works on. */
const GLANCE = 250

/**
 * Works on jobs page by page, and writes down where it is behind each one. Whoever works on a job raises the version of its row;
 * no clock is compared, and one that has lost the job finds it out at its next write.
 *
 * @param found - called when there are new marks.
 */
export function runJobs(ports: HostPorts, among: Among, found: () => void): Jobs {
  const { timers = TIMERS, jobs: store } = ports
  const me = ports.newId()
  const mine = new Map<WalkKind, Promise<void>>()
  /** Those whose row is being written: nobody here takes them a second time meanwhile. */
  const taking = new Set<WalkKind>()
  /** Since when this process has seen the row as it is. */
  const seen = new Map<WalkKind, { version: number; since: number }>()
  let stopped = false
  let callOff = (): void => undefined

  const pause = (milliseconds: number): Promise<void> =>
    new Promise((wake) => {
      timers.after(milliseconds, wake)
    })
  const rowOf = async (kind: WalkKind): Promise<JobRow | null> =>
    (await store.list()).find(({ job }) => job.kind === kind) ?? null

  async function look(): Promise<void> {
    for (const row of await store.list()) {
      const { job, version } = row
      if (job.state !== "running" || mine.has(job.kind) || taking.has(job.kind) || stopped) continue
      const before = seen.get(job.kind)
      const since = before?.version === version ? before.since : timers.now()
      seen.set(job.kind, { version, since })
      const isFree = job.owner === null || job.owner === me || timers.now() - since >= LEASE
      if (isFree) await take(row)
    }
  }

  async function take({ job, version }: JobRow): Promise<void> {
    const attempts = job.attempts + 1
    const why = job.mapping !== ports.config.hash ? MAPPING : attempts > TRIES ? DIED : null
    const next = why === null ? { ...job, owner: me, attempts } : failed(job, interrupted(why))
    await reserving(job.kind, async () => {
      if (!(await store.save(next, undefined, version)) || why !== null) return
      hold({ job: next, version: version + 1 }, await store.result(job.kind))
    })
  }

  async function reserving<T>(kind: WalkKind, work: () => Promise<T>): Promise<T> {
    taking.add(kind)
    try {
      return await work()
    } finally {
      taking.delete(kind)
    }
  }

  const failed = (job: HeldJob, error: Job["error"]): HeldJob => ({
    ...job,
    state: "failed",
    error,
    cursor: null,
    owner: null,
    endedAt: ports.now().toISOString(),
  })

  function hold(row: JobRow, result: unknown): void {
    const { kind } = row.job
    const ended: Promise<void> = work(row, result as never).finally(() => {
      // After a cancel the next one may have begun beside the page that this one still had to do.
      if (mine.get(kind) === ended) mine.delete(kind)
    })
    mine.set(kind, ended)
  }

  async function work<Kind extends WalkKind>({ job, version }: JobRow, first: JobKinds[Kind]["result"]): Promise<void> {
    const { kind, parameters } = job
    const step = (WALKS[kind] as unknown as Walk<Kind>).begin(ports, among, parameters)
    const held = { version, isLost: false }
    let turn: Promise<unknown> = Promise.resolve()
    const write = (change: (version: number) => Promise<boolean>): Promise<boolean> => {
      const written = turn.then(async () => {
        if (held.isLost) return false
        if (await change(held.version)) held.version++
        else held.isLost = true
        return !held.isLost
      })
      turn = written.catch(() => undefined)
      return written
    }
    const save = (next: HeldJob, result?: unknown) => write((now) => store.save(next, result, now))
    let silence = (): void => undefined
    const beat = (): void => {
      if (held.isLost) return
      silence = timers.after(BEAT, () => {
        // One that cannot be written now can be later, or somebody else takes the job up.
        write((now) => store.beat(kind, now)).then(beat, beat)
      })
    }
    beat()
    try {
      let now = job
      let at: Position<JobKinds[Kind]["result"]> = { cursor: job.cursor, done: job.done, result: first }
      while (at.cursor !== null) {
        if (stopped) return void (await save({ ...now, owner: null, attempts: 0 }))
        const began = timers.now()
        try {
          at = await step({ ...at, cursor: at.cursor })
        } catch (error) {
          if (stopped) continue
          const end = tellFault(error, now)
          now = end ? failed(now, end) : { ...now, attempts: now.attempts + 1 }
          if (!(await save(now)) || end) return
          await pause(AGAIN)
          continue
        }
        const { cursor, done, result } = at
        now = { ...now, cursor, done, attempts: 0 }
        if (cursor === null) now = { ...now, state: "done", owner: null, endedAt: ports.now().toISOString() }
        if (!(await save(now, result))) return
        if (kind === "repair") found()
        // A person waits for it, so it rests only as long as it works.
        if (cursor !== null) await pause(Math.min(timers.now() - began, LONGEST_REST))
      }
    } catch (error) {
      ports.log.warn(`The job ${kind} could not be written down and is taken up again: ${whereFrom(error)}`)
    } finally {
      held.isLost = true
      silence()
    }
  }

  /** @returns why it ends; `null` = it is worth another try. */
  function tellFault(error: unknown, { kind, attempts }: HeldJob): Job["error"] {
    const isOurs = error instanceof SyncError
    if (attempts + 1 < TRIES && (!isOurs || error.retryable)) return null
    if (isOurs) return { code: error.code, message: error.message }
    ports.log.error(`The job ${kind} failed: ${whereFrom(error)}`)
    return { code: "internal", message: "It failed, and the log of this host says where. Start it again." }
  }

  const jobs: Jobs = {
    async start(kind, parameters, by) {
      const before = await rowOf(kind)
      if (before?.job.state === "running") {
        await look()
        throw underWay(before.job)
      }
      const walk: Walk<typeof kind> = WALKS[kind]
      const kinds = walk.kinds(ports, parameters)
      const total = await ports.transaction(async ({ documents }) => {
        let sum = 0
        for (const each of kinds) sum += await documents.count(each)
        return sum
      })
      const job: HeldJob = {
        id: ports.newId(),
        kind,
        parameters,
        state: "running",
        by,
        startedAt: ports.now().toISOString(),
        endedAt: null,
        done: 0,
        total,
        error: null,
        cursor: cursorAt(kinds[0]),
        owner: me,
        attempts: 0,
        mapping: ports.config.hash,
      }
      const isStarted = await reserving(kind, async () => {
        if (!(await store.save(job, walk.nothing, before?.version ?? null))) return false
        hold({ job, version: (before?.version ?? 0) + 1 }, walk.nothing)
        return true
      })
      if (isStarted) return shown(job, walk.nothing) as Job<typeof kind>
      const other = await rowOf(kind)
      throw underWay(other?.job ?? job)
    },
    async read<Kind extends JobKind>(kind: Kind) {
      if (kind === "backfill") return lastBackfill(await readBackfill(ports)) as Job<Kind> | null
      await look()
      const row = await rowOf(kind as WalkKind)
      return row && (shown(row.job, await store.result(row.job.kind)) as Job<Kind>)
    },
    async cancel(kind) {
      for (;;) {
        const row = await rowOf(kind)
        if (row?.job.state !== "running")
          throw new SyncError("not_found", `There is no ${kind} under way. The last one has ended, or there was none.`)
        const { job, version } = row
        const endedAt = ports.now().toISOString()
        const next: HeldJob = { ...job, state: "cancelled", endedAt, cursor: null, owner: null }
        if (await store.save(next, undefined, version)) return shown(next, await store.result(kind)) as Job<typeof kind>
      }
    },
    async settled(kind, within) {
      const until = timers.now() + within
      for (;;) {
        const job = await jobs.read(kind)
        const left = until - timers.now()
        if (job?.state !== "running" || left <= 0) return job
        await Promise.race([pause(Math.min(GLANCE, left)), ...(mine.has(kind) ? [mine.get(kind)] : [])])
      }
    },
    async runNow(kind, parameters, by, within) {
      const until = timers.now() + within
      for (;;) {
        try {
          await jobs.start(kind, parameters, by)
          return await jobs.settled(kind, until - timers.now())
        } catch (error) {
          if (!(error instanceof SyncError) || error.code !== "already_running") throw error
          const other = await jobs.settled(kind, until - timers.now())
          if (other?.state === "running") return other
        }
      }
    },
    keepUp() {
      const next = (): void => {
        if (stopped) return
        callOff = timers.after(LOOK, () => void again())
      }
      let isWell = true
      const again = async (): Promise<void> => {
        try {
          await look()
          isWell = true
        } catch (error) {
          if (isWell) ports.log.warn(`Jobs could not be looked at, which is tried again: ${whereFrom(error)}`)
          isWell = false
        }
        next()
      }
      void again()
    },
    async stop() {
      stopped = true
      callOff()
      await Promise.all(mine.values())
    },
  }
  return jobs
}

const MAPPING = "the mapping was changed meanwhile"
const DIED = `${String(TRIES)} processes in turn ended at the same place of it; the log of this host may say why`

const interrupted = (why: string): Job["error"] => ({
  code: "interrupted",
  message: `It was interrupted: ${why}. What it has done stays done. Start it again.`,
})
