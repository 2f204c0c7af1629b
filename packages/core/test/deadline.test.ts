import { getEventListeners } from "node:events"
import { setImmediate } from "node:timers/promises"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { afterEach, expect, it, vi } from "vitest"
import { withDeadline } from "../src/wire/deadline.ts"

/** Work that looks at no signal. */
const forever = (): Promise<never> => new Promise(() => undefined)

afterEach(() => void vi.useRealTimers())

it("work has its time, and what it gives", async () => {
  vi.useFakeTimers()
  const { signal } = new AbortController()
  const seen: AbortSignal[] = []
  const work = withDeadline(1_000, signal, async (own) => {
    seen.push(own)
    await new Promise((wake) => setTimeout(wake, 999))
    return "done"
  })
  await vi.advanceTimersByTimeAsync(999)
  expect(await work).toBe("done")
  await vi.advanceTimersByTimeAsync(10_000)
  expect(seen.map((own) => own.aborted)).toEqual([false])
})

it("work that takes too long is told so", async () => {
  vi.useFakeTimers()
  const work = withDeadline(1_000, new AbortController().signal, forever)
  const failed = expect(work).rejects.toMatchObject({ name: "TimeoutError" })
  await vi.advanceTimersByTimeAsync(1_000)
  await failed
})

it("whoever stops all work stops it, also before it began", async () => {
  const stopped = new AbortController()
  const work = withDeadline(60_000, stopped.signal, forever)
  const failed = expect(work).rejects.toThrow("Enough.")
  stopped.abort(new Error("Enough."))
  await failed
  await expect(withDeadline(60_000, stopped.signal, forever)).rejects.toThrow("Enough.")
})

it("nothing of it stays with the signal that stops all work", async () => {
  setFlagsFromString("--expose-gc")
  const collect = runInNewContext("gc") as () => void
  const { signal } = new AbortController()
  const held = async (calls: number): Promise<number> => {
    for (let n = 0; n < calls; n++) await withDeadline(60_000, signal, () => setImmediate())
    collect()
    return process.memoryUsage().heapUsed
  }
  const before = await held(500)
  const after = await held(2_000)
  expect(getEventListeners(signal, "abort")).toEqual([])
  expect((after - before) / 2_000, "bytes for each call").toBeLessThan(100)
})
