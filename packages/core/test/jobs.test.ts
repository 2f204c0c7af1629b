import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { changeControl } from "../src/change-control.ts"
import { runJobs, type Jobs } from "../src/run/run-jobs.ts"
import { resultOf } from "../src/run/tell-job.ts"
import type { Job, WalkKind } from "../src/operate/job.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { startBackfill } from "../src/backfill/backfill.ts"
import { withSizes } from "../src/sizes.ts"
import { TIMERS } from "../src/timers.ts"
import { Pair } from "./pair.ts"
import { previewBackfill, repairAll, reportDrift } from "./walked.ts"

const AMONG = { newAmong: (_: string, ids: string[]) => Promise.resolve(ids) }
const WALKS = ["drift", "repair", "preview"] as const
/** More than a dead process is waited for, in milliseconds. */
const LONG = 25_000

let setBack: () => void
const running: { jobs: Jobs; open: () => void }[] = []
beforeEach(() => {
  vi.useFakeTimers()
  setBack = withSizes({ page: 2, walk: 2 })
})
afterEach(async () => {
  const ended = Promise.all(
    running.splice(0).map(({ jobs, open }) => {
      open()
      return jobs.stop()
    }),
  )
  await pass(LONG)
  await ended
  setBack()
  vi.useRealTimers()
})

const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds)

/** Medusa with ten products that nobody has told of, and some processes of it. */
function catalogue() {
  const pair = new Pair(resolveConfig())
  for (let n = 0; n < 10; n++)
    pair.medusa.create("product", { title: `Shirt ${String(n)}`, handle: `shirt-${String(n)}` }, false)
  const { ports } = pair.medusa
  /** Its pages stand still while `gate` is closed; a process that died does nothing any more. */
  const start = () => {
    const gate = { isOpen: true, isDead: false, pages: 0, wake: () => undefined as void }
    const found = vi.fn()
    const transaction: typeof ports.transaction = async (work) => {
      gate.pages++
      while (!gate.isOpen) await new Promise<void>((wake) => (gate.wake = wake))
      if (gate.isDead) await new Promise(() => undefined)
      return ports.transaction(work)
    }
    const alive = {
      now: () => performance.now(),
      after: (milliseconds: number, work: () => void) => TIMERS.after(milliseconds, () => void (gate.isDead || work())),
    }
    const jobs = runJobs({ ...ports, transaction, timers: alive }, AMONG, found)
    const open = () => {
      gate.isOpen = true
      gate.wake()
    }
    const process = {
      jobs,
      found,
      gate,
      close: () => void (gate.isOpen = false),
      open,
      die: () => {
        gate.isDead = true
        open()
        running.splice(running.indexOf(process), 1)
      },
    }
    running.push(process)
    return process
  }
  return { pair, ports, start }
}

async function ended<Kind extends WalkKind>(jobs: Jobs, kind: Kind): Promise<Job<Kind> | null> {
  const settled = jobs.settled(kind, LONG)
  await pass(LONG)
  return settled
}

/** Stops it in the middle: some pages are done, and some are not. */
async function begun(process: ReturnType<ReturnType<typeof catalogue>["start"]>, kind: WalkKind): Promise<void> {
  await process.jobs.start(kind, {}, "Ada")
  // A repair looks first at what of each kind comes back.
  const half = kind === "repair" ? 14 : 8
  for (let i = 0; i < 100 && process.gate.pages < half; i++) await pass(1)
  process.close()
  await pass(10)
}

/** What the same work finds in one go, as it was before there were jobs. */
const inOneGo = {
  drift: ({ ports }: ReturnType<typeof catalogue>) => reportDrift(ports, AMONG),
  repair: async ({ ports }: ReturnType<typeof catalogue>) => ({
    marked: await repairAll(ports, AMONG),
  }),
  preview: ({ ports }: ReturnType<typeof catalogue>) => previewBackfill(ports),
}

async function resultInOneGo(kind: WalkKind): Promise<unknown> {
  const result = inOneGo[kind](catalogue())
  await pass(LONG)
  return JSON.parse(JSON.stringify(await result))
}

const shown = (result: unknown): unknown =>
  JSON.parse(JSON.stringify(result), (key, value: unknown) => (key === "localId" ? "id" : value))

describe.each(WALKS)("the job %s", (kind) => {
  it("finds what the same work finds in one go, and is read later", async () => {
    const { start } = catalogue()
    const { jobs } = start()
    const job = await jobs.start(kind, {}, "Ada")
    expect(job).toMatchObject({ kind, state: "running", by: "Ada", done: 0, total: 10, endedAt: null, error: null })
    expect(await ended(jobs, kind)).toMatchObject({ id: job.id, state: "done", done: 10, total: 10 })
    const later = await start().jobs.read(kind)
    expect(later?.endedAt).not.toBeNull()
    expect(shown(later?.result)).toEqual(shown(await resultInOneGo(kind)))
  })

  it("shows how far it is", async () => {
    const process = catalogue().start()
    await begun(process, kind)
    const job = await process.jobs.read(kind)
    expect(job).toMatchObject({ state: "running", endedAt: null })
    expect(job?.done).toBeGreaterThan(0)
    expect(job?.done).toBeLessThan(10)
  })

  it("ends where it is when it is cancelled, here or by another process, and keeps what it has found", async () => {
    const { start } = catalogue()
    for (const by of ["this", "another"]) {
      const process = start()
      await begun(process, kind)
      const { pages } = process.gate
      const cancelled = await (by === "this" ? process : start()).jobs.cancel(kind)
      expect(cancelled).toMatchObject({ state: "cancelled" })
      expect(cancelled.endedAt).not.toBeNull()
      process.open()
      await pass(LONG)
      expect(process.gate.pages - pages).toBeLessThanOrEqual(1)
      expect(await process.jobs.read(kind)).toEqual(cancelled)
      await expect(process.jobs.cancel(kind)).rejects.toMatchObject({ code: "not_found" })
    }
  })

  it("is one at a time, and says who has started it and how far it is", async () => {
    const { start } = catalogue()
    const process = start()
    await begun(process, kind)
    for (const { jobs } of [process, start()])
      await expect(jobs.start(kind, {}, null)).rejects.toMatchObject({
        code: "already_running",
        message: expect.stringMatching(/started by Ada \(\d+ of 10 records\)/) as string,
      })
    process.open()
    await ended(process.jobs, kind)
    await process.jobs.start(kind, {}, null)
    expect(await ended(process.jobs, kind)).toMatchObject({ state: "done", by: null })
  })

  it("of two that start it at once one does", async () => {
    const { start } = catalogue()
    const both = await Promise.allSettled([start(), start()].map(({ jobs }) => jobs.start(kind, {}, null)))
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"])
  })

  it("goes on where it was in another process when its own one dies", async () => {
    const { start } = catalogue()
    const process = start()
    await begun(process, kind)
    const before = await process.jobs.read(kind)
    process.die()
    const next = start()
    next.jobs.keepUp()
    await pass(10_000)
    expect(await next.jobs.read(kind)).toEqual(before)
    await pass(LONG)
    const after = await next.jobs.read(kind)
    expect(after).toMatchObject({ id: before?.id, state: "done", done: 10, by: "Ada" })
    expect(shown(after?.result)).toEqual(shown(await resultInOneGo(kind)))
    const again = start()
    await again.jobs.start(kind, {}, null)
    await ended(again.jobs, kind)
    expect(next.gate.pages).toBeLessThan(again.gate.pages)
  })

  it("is not taken from a process that lives, however long a page takes", async () => {
    const { start } = catalogue()
    const process = start()
    await begun(process, kind)
    const next = start()
    next.jobs.keepUp()
    await pass(600_000)
    expect(next.gate.pages).toBe(0)
    process.open()
    expect(await ended(process.jobs, kind)).toMatchObject({ state: "done" })
  })

  it("is given back at once by a process that stops", async () => {
    const { start } = catalogue()
    const process = start()
    await begun(process, kind)
    const stopped = process.jobs.stop()
    process.open()
    await pass(1_000)
    await stopped
    expect(await process.jobs.read(kind)).toMatchObject({ state: "running" })
    const next = start()
    next.jobs.keepUp()
    await pass(1_000)
    expect(await next.jobs.read(kind)).toMatchObject({ state: "done", done: 10 })
  })

  it("is taken up by whoever is asked for it, where nobody looks after jobs", async () => {
    const { start } = catalogue()
    const process = start()
    await begun(process, kind)
    process.die()
    const { jobs } = start()
    expect(await jobs.read(kind)).toMatchObject({ state: "running" })
    await pass(LONG)
    await jobs.read(kind)
    expect(await ended(jobs, kind)).toMatchObject({ state: "done" })
  })

  it("ends as interrupted when no process gets past a place", async () => {
    const { start } = catalogue()
    const process = start()
    await begun(process, kind)
    process.die()
    const first = start()
    for (let i = 0; i < 6; i++) {
      const next = start()
      next.close()
      next.jobs.keepUp()
      await pass(LONG)
      next.die()
    }
    const job = await first.jobs.read(kind)
    expect(job).toMatchObject({ state: "failed", error: { code: "interrupted" } })
    expect(job?.error?.message).toMatch(/3 processes in turn.*Start it again/)
  })

  it("ends as interrupted when it would go on under another mapping", async () => {
    const { ports, start } = catalogue()
    const process = start()
    await begun(process, kind)
    process.die()
    const other = runJobs({ ...ports, config: { ...ports.config, hash: "another" } }, AMONG, () => undefined)
    running.push({ jobs: other, open: () => undefined })
    other.keepUp()
    await pass(LONG)
    expect(await other.read(kind)).toMatchObject({
      state: "failed",
      error: { code: "interrupted", message: expect.stringMatching(/mapping was changed/) as string },
    })
  })
})

describe("a job", () => {
  it("that fails by an error which may pass goes on, and by one that stays ends and says so", async () => {
    for (const [times, state] of [
      [2, "done"],
      [9, "failed"],
    ] as const) {
      const { ports } = catalogue()
      let left = times
      const transaction: typeof ports.transaction = (work) => {
        if (pages++ > 3 && left-- > 0) throw new Error("the database has gone away")
        return ports.transaction(work)
      }
      let pages = 0
      const jobs = runJobs({ ...ports, transaction }, AMONG, () => undefined)
      running.push({ jobs, open: () => undefined })
      await jobs.start("drift", {}, null)
      expect(await ended(jobs, "drift")).toMatchObject({
        state,
        error: state === "done" ? null : { code: "internal" },
        ...(state === "done" ? { result: { count: 10 } } : {}),
      })
    }
  })

  it("that has ended leaves no sign of life behind, nor one that was lost", async () => {
    const { start } = catalogue()
    const process = start()
    await begun(process, "drift")
    await pass(2_999)
    await start().jobs.cancel("drift")
    await pass(1)
    process.open()
    await ended(process.jobs, "drift")
    await process.jobs.start("drift", {}, null)
    await ended(process.jobs, "drift")
    await pass(LONG)
    expect(vi.getTimerCount()).toBe(0)
  })

  it("that is looked at while it is being started is worked on once", async () => {
    const { ports, start } = catalogue()
    const process = start()
    const { save } = ports.jobs
    const steps: number[] = []
    ports.jobs.save = async (job, result, version) => {
      const isSaved = await save(job, result, version)
      if (version === null) {
        await process.jobs.read("drift")
        await process.jobs.read("drift")
      } else if (isSaved) steps.push(version)
      return isSaved
    }
    await process.jobs.start("drift", {}, null)
    await ended(process.jobs, "drift")
    expect(new Set(steps).size).toBe(steps.length)
    expect(steps[0]).toBe(1)
    expect(await process.jobs.read("drift")).toMatchObject({ state: "done", done: 10 })
  })

  it("says that the other side does not answer", async () => {
    const { pair, start } = catalogue()
    pair.network = () => {
      throw new Error("down")
    }
    const { jobs } = start()
    await jobs.start("preview", { kinds: ["product"] }, null)
    expect(await ended(jobs, "preview")).toMatchObject({
      state: "failed",
      error: { code: "peer_unreachable", message: expect.stringMatching(/^Directus does not answer/) as string },
    })
  })

  it("says that the sync is paused, and not that the other side is away", async () => {
    const { pair, start } = catalogue()
    const { ports } = pair.host("medusa")
    await changeControl(ports, () => ({
      paused: { code: "unauthorized", message: "The secrets differ.", since: "", both: false },
    }))
    pair.network = () => {
      throw new Error("refused")
    }
    const { jobs } = start()
    await jobs.start("preview", { kinds: ["product"] }, null)
    expect(await ended(jobs, "preview")).toMatchObject({
      state: "failed",
      error: {
        message: "A preview asks Directus, and nothing is asked while the sync is paused. The secrets differ.",
      },
    })
  })

  it("refuses a kind that is not mapped", async () => {
    const { jobs } = catalogue().start()
    await expect(jobs.start("preview", { kinds: ["shoe"] }, null)).rejects.toMatchObject({ code: "invalid_options" })
    expect(await jobs.read("preview")).toBeNull()
  })

  it("wakes the sender while it repairs, and never while it looks", async () => {
    for (const kind of WALKS) {
      const { jobs, found } = catalogue().start()
      await jobs.start(kind, {}, null)
      await ended(jobs, kind)
      expect(found.mock.calls.length > 0).toBe(kind === "repair")
    }
  })

  it("that is waited for in one request comes behind the one under way, and is told as it is when that takes too long", async () => {
    const { start } = catalogue()
    const process = start()
    await begun(process, "drift")
    const before = await process.jobs.read("drift")
    const late = process.jobs.runNow("drift", {}, null, 5_000)
    await pass(5_000)
    expect(await late).toMatchObject({ id: before?.id, state: "running" })
    const own = process.jobs.runNow("drift", {}, null, 20_000)
    process.open()
    await pass(20_000)
    const job = await own
    expect(job).toMatchObject({ state: "done" })
    expect(job?.id).not.toBe(before?.id)
    expect(resultOf(job)).toMatchObject({ count: 10 })
  })

  it("that was waited for says why it has no result", () => {
    const job = { state: "done", result: { marked: 2 }, error: null } as Job<"repair">
    expect(resultOf(job)).toEqual({ marked: 2 })
    expect(resultOf({ ...job, state: "running" })).toBeNull()
    expect(() => resultOf({ ...job, state: "cancelled" })).toThrow(/cancelled/)
    const error = { code: "peer_unreachable", message: "Directus is away." } as const
    expect(() => resultOf({ ...job, state: "failed", error })).toThrow(expect.objectContaining(error))
  })

  it("of a repair by which this side wins tells all that the other side has, as in one go", async () => {
    const told = async (work: (found: ReturnType<typeof catalogue>) => Promise<number>): Promise<number> => {
      const found = catalogue()
      await startBackfill(found.ports)
      const { jobs } = found.start()
      await jobs.start("repair", {}, null)
      await ended(jobs, "repair")
      await found.pair.settle()
      return work(found)
    }
    const asJob = await told(async ({ start }) => {
      const { jobs } = start()
      await jobs.start("repair", { thisSideWins: true }, null)
      return (await ended(jobs, "repair"))?.result.marked ?? -1
    })
    expect(asJob).toBe(await told(({ ports }) => repairAll(ports, AMONG, { thisSideWins: true })))
    expect(asJob).toBe(10)
  })

  it("of the kind backfill is told like the others", async () => {
    const { ports, start } = catalogue()
    const { jobs } = start()
    expect(await jobs.read("backfill")).toBeNull()
    await startBackfill(ports, { kinds: ["product"], perMinute: 60 })
    expect(await jobs.read("backfill")).toMatchObject({
      kind: "backfill",
      state: "running",
      parameters: { kinds: ["product"], perMinute: 60 },
      done: 0,
      total: 10,
      error: null,
    })
  })
})
