import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { startBackfill } from "../src/backfill/backfill.ts"
import type { Reply } from "../src/ports.ts"
import { packBuckets } from "../src/link/digest.ts"
import type { Message } from "../src/wire/messages.ts"
import { AWAY, EPOCH, POLL, running } from "./running-sender.ts"

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe("a peer that is busy", () => {
  /** A peer that takes so many milliseconds for each message with records. */
  const slow =
    (milliseconds: number) =>
    async (message: Message): Promise<Reply> => {
      const { records } = message
      if (records.length > 0) await new Promise((resolve) => setTimeout(resolve, milliseconds))
      return {
        kind: "results",
        epoch: EPOCH,
        results: records.map(({ id, rev }) => ({ st: "created", ack: rev, peer: `d-${id}`, rev: 1 })),
      }
    }
  const shirt = (n: number) => ({ title: `Shirt ${String(n)}`, handle: `shirt-${String(n)}` })
  const withRecords = (sent: { at: number; what: string }[]) => sent.filter(({ what }) => /^\d+$/.test(what))

  it.each([
    ["as long as it took", 400, 400],
    ["three seconds at most", 8_000, 3_000],
  ])("is left alone for %s, and what people edit meanwhile comes in one message", async (_, took, pause) => {
    const { medusa, sender, pass, sent } = running({}, slow(took))
    await pass(990)
    const edit = (n: number) => {
      medusa.create("product", shirt(n))
      sender.wake()
    }
    edit(0)
    await pass(10 + took)
    for (let n = 1; n <= 4; n++) {
      edit(n)
      await pass(pause / 5)
    }
    expect(withRecords(sent)).toEqual([{ at: 1_000, what: "1" }])
    await pass(pause)
    expect(withRecords(sent)).toEqual([
      { at: 1_000, what: "1" },
      { at: 1_000 + took + pause, what: "4" },
    ])
    await pass(took)
    await sender.stop()
  })

  it("is not waited for where a person has said that what stopped the sync is meant: that is over with the last message", async () => {
    const { medusa, sender, pass, sent } = running({}, slow(400))
    const since = new Date().toISOString()
    await medusa.ports.updateControl({ paused: { code: "mass_delete", message: "Many.", since, accepted: true } })
    medusa.create("product", shirt(0))
    await pass(409)
    expect(withRecords(sent)).toHaveLength(1)
    expect(medusa.control.paused).not.toBeNull()
    await pass(10)
    expect(medusa.control.paused).toBeNull()
    await sender.stop()
  })

  it("is not left alone while there is more to tell, as in a backfill", async () => {
    const { medusa, sender, pass, sent } = running({}, slow(400))
    for (let n = 0; n < 250; n++) medusa.create("product", shirt(n))
    sender.wake()
    await pass(1_300)
    expect(withRecords(sent).map(({ at }) => at)).toEqual([10, 410, 810])
    for (let n = 250; n < 400; n++) medusa.create("product", shirt(n), false)
    await pass(10_000)
    const before = withRecords(sent).length
    await startBackfill(medusa.ports)
    sender.wake()
    await pass(10_000)
    const times = withRecords(sent)
      .slice(before)
      .map(({ at }) => at)
    expect(times).toHaveLength(2)
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBe(400)
    await sender.stop()
  })
})

describe("many records at once", () => {
  it("are a batch, whose answer the host is still making: the sender leaves it to that", async () => {
    const { medusa, sender, pass, sent } = running()
    await pass(990)
    for (let n = 0; n < 60; n++) {
      medusa.create("product", { title: "T", handle: `t-${String(n)}` })
      sender.wake()
    }
    await pass(290)
    expect(sent.filter(({ what }) => what !== "hello")).toEqual([])
    await pass(10)
    expect(sent.at(-1)).toEqual({ at: 1_290, what: "60" })
    await sender.stop()
  })

  it.each([
    ["is told by one wake-up", 50, 1_300],
    ["is one record too small", 49, 1_010],
  ])("a batch that %s", async (_, records, at) => {
    const { medusa, sender, pass, sent } = running()
    await pass(1_000)
    medusa.create("product", { title: "T", handle: "t" })
    sender.wake(records)
    await pass(300)
    expect(sent.at(-1)).toEqual({ at, what: "1" })
    await sender.stop()
  })

  it("are counted anew with each look: those of single edits never become a batch", async () => {
    const { medusa, sender, pass, sent } = running()
    await pass(1_000)
    for (let n = 0; n < 100; n++) {
      medusa.create("product", { title: "T", handle: `t-${String(n)}` })
      sender.wake()
      await pass(40)
    }
    expect(sent.filter(({ what }) => what === "1")).toHaveLength(100)
    await sender.stop()
  })
})

describe("the sender's hours", () => {
  it("greets at the start and then twice a minute, at a look", async () => {
    const { sender, pass, times } = running()
    await pass(10)
    expect(times("hello")).toEqual([0])
    await pass(95_000)
    expect(times("hello")).toEqual([0, 30, 60, 90])
    await sender.stop()
  })

  it("greets again as soon as a peer speaks that has not answered, five seconds after the last greeting", async () => {
    let reply: Reply = AWAY
    const { sender, pass, times, medusa } = running({ poll: 1_000 }, () => reply)
    await pass(2_000)
    reply = { kind: "results", epoch: EPOCH, results: [] }
    expect((await medusa.ports.readControl()).lastSuccessAt).toBeNull()
    sender.heard()
    await pass(4_000)
    expect(times("hello")).toEqual([0, 5])
    expect((await medusa.ports.readControl()).lastSuccessAt).not.toBeNull()
    // It has answered: from now on the beat is enough.
    for (let second = 6; second <= 34; second++) {
      sender.heard()
      await pass(1_000)
    }
    expect(times("hello")).toEqual([0, 5])
    await pass(3_000)
    expect(times("hello")).toEqual([0, 5, 35])
    await sender.stop()
  })

  it("does not take what a workflow has not finished because the peer speaks", async () => {
    const { medusa, sender, pass } = running()
    await pass(5_000)
    const lease = vi.spyOn(medusa.ports, "lease")
    sender.heard()
    await pass(50)
    expect(lease.mock.calls.map(([, woken]) => woken)).toEqual([false])
    sender.wake()
    await pass(50)
    expect(lease.mock.calls.map(([, woken]) => woken)).toEqual([false, true])
    await sender.stop()
  })

  it("does not take what a workflow begins while the last message is under way", async () => {
    const { medusa, sender, pass } = running({ poll: 1_000 }, async ({ records }) => {
      await new Promise((done) => setTimeout(done, 500))
      const results = records.map(({ id, rev }) => ({ st: "created" as const, ack: rev, peer: `d-${id}`, rev: 1 }))
      return { kind: "results", epoch: EPOCH, results }
    })
    await pass(5_000)
    const lease = vi.spyOn(medusa.ports, "lease")
    medusa.create("product", { title: "First", handle: "first" })
    sender.wake()
    await pass(400)
    // No event: there is more to come of it.
    medusa.create("product", { title: "Second", handle: "second" })
    await pass(2_000)
    const [first, ...others] = lease.mock.calls.map(([, woken]) => woken)
    expect([first, [...new Set(others)]]).toEqual([true, [false]])
    await sender.stop()
  })

  it("greets again also a peer that has refused it, when that one speaks", async () => {
    let reply: Reply = { kind: "refused", code: "config_mismatch", message: "The mapping differs." }
    const { sender, pass, times } = running({ poll: 1_000 }, () => reply)
    await pass(20_000)
    reply = { kind: "results", epoch: EPOCH, results: [] }
    sender.heard()
    await pass(1_000)
    expect(times("hello")).toEqual([0, 20])
    await sender.stop()
  })

  it("leaves later greetings to another process that has taken its turn", async () => {
    const { medusa, sender, pass, times } = running()
    await pass(0)
    const turns: [string, number][] = []
    Object.assign(medusa.ports, {
      takeTurn: (task: string, every: number) => Promise.resolve(turns.push([task, every]) < 0),
    })
    await pass(65_000)
    expect(times("hello")).toEqual([0])
    expect(turns).toContainEqual(["beat", 29_000])
    expect(turns).toContainEqual(["prune", 3_600_000])
    expect(turns).toContainEqual(["alerts", 59_000])
    expect(turns.filter(([task]) => task === "compare")).toEqual([["compare", 60_000]])
    await sender.stop()
  })

  it("prunes once an hour", async () => {
    const { medusa, sender, pass } = running()
    const prune = vi.spyOn(medusa.ports, "prune")
    await pass(3_590_000)
    expect(prune).toHaveBeenCalledTimes(1)
    await pass(60_000)
    expect(prune).toHaveBeenCalledTimes(2)
    await sender.stop()
  })

  it("compares all links a minute after the start, and then hourly", async () => {
    const { sender, pass, times, agree, lines } = running()
    await agree()
    await pass(55_000)
    expect(times("digest")).toEqual([])
    await pass(3_600_000)
    expect(times("digest")).toEqual([60])
    await pass(20_000)
    expect(times("digest")).toHaveLength(2)
    expect(lines).toEqual([])
    await sender.stop()
  })

  it("compares at once where that is asked for more often, and again a minute after an outage", async () => {
    let isAway = false
    const { sender, pass, times, medusa } = running({ compare: 20_000 }, () =>
      isAway ? AWAY : { kind: "results", epoch: EPOCH, results: [] },
    )
    await pass(25_000)
    expect(times("digest")).toEqual([20])
    isAway = true
    medusa.create("product", { title: "T", handle: "t" })
    sender.wake()
    await pass(30_000)
    isAway = false
    const before = times("digest").length
    await pass(120_000)
    expect(times("digest").length).toBeGreaterThan(before)
    await sender.stop()
  })

  it("says how many links a comparison has put right", async () => {
    const { sender, pass, medusa, lines } = running({ compare: 30_000 }, ({ records, ask }) => ({
      kind: "results",
      epoch: EPOCH,
      results: records.map(({ id, rev }) => ({ st: "created", ack: rev, peer: `d-${id}`, rev: 1 })),
      ...(ask?.kind === "digest" ? { answer: { kind: "digest", buckets: packBuckets([]) } } : {}),
      ...(ask?.kind === "links"
        ? {
            answer: {
              kind: "links",
              complete: true,
              links: [{ entity: "product", id: "d-m1", peer: "m1", seen: 0, acked: 0 }],
            },
          }
        : {}),
    }))
    medusa.create("product", { title: "T", handle: "t" })
    await pass(29_000)
    expect(lines).toEqual([])
    await pass(3_000)
    expect(lines).toEqual(["Comparing all links put 1 right; the journal names them."])
    await sender.stop()
  })

  it("sends what is marked as soon as it is woken, and what is due when it is due", async () => {
    const { sender, pass, medusa, times, sent } = running()
    await pass(100)
    const id = medusa.create("product", { title: "T", handle: "t" })
    sender.wake()
    await pass(30)
    expect(times("1")).toEqual([0])
    medusa.edit("product", id, { title: "later" })
    const mark = medusa.table("product").marks.get(id)
    if (mark) medusa.table("product").marks.set(id, { ...mark, due: Date.now() + 4_000 })
    sender.wake()
    await pass(3_900)
    expect(times("1")).toHaveLength(1)
    await pass(400)
    expect(times("1")).toEqual([0, 4])
    expect(sent.at(-1)?.what).toBe("1")
    await sender.stop()
  })

  it("forgets no wake-up that comes right after a round", async () => {
    const { sender, pass, medusa, times } = running()
    await pass(5)
    medusa.create("product", { title: "T", handle: "t" })
    sender.wake()
    await pass(100)
    expect(times("1")).toEqual([0])
    await sender.stop()
  })

  it("looks at its poll for what nobody told, and at its beat if that is sooner", async () => {
    const { sender, pass, medusa, times } = running({ poll: 60_000, beat: 5_000 })
    await pass(100)
    medusa.create("product", { title: "T", handle: "t" })
    await pass(4_000)
    expect(times("1")).toEqual([])
    await pass(2_000)
    expect(times("1")).toEqual([5])
    await sender.stop()
  })

  it("rests with a peer that is away, and tries again when the rest is over", async () => {
    const { sender, pass, medusa, sent } = running({}, () => AWAY)
    medusa.create("product", { title: "T", handle: "t" })
    await pass(20_000)
    const tries = sent.filter(({ what }) => what === "1").map(({ at }) => at)
    // Once a second until it opens, then after 5 and 10 s.
    expect(tries.length).toBeGreaterThanOrEqual(5)
    expect(tries.length).toBeLessThanOrEqual(8)
    await sender.stop()
  })

  it("goes on with a backfill by itself", async () => {
    const { sender, pass, medusa, times } = running()
    await pass(100)
    for (let n = 0; n < 150; n++) medusa.create("product", { title: "T", handle: `h-${String(n)}` }, false)
    await startBackfill(medusa.ports, { kinds: ["product"] })
    sender.wake()
    await pass(1_000)
    expect(times("100")).toHaveLength(1)
    expect(times("50")).toHaveLength(1)
    expect(medusa.control.backfill?.state).toBe("done")
    await sender.stop()
  })

  it("after an error waits for its next poll", async () => {
    const { sender, pass, medusa, lines } = running()
    await pass(100)
    const lease = vi.spyOn(medusa.ports, "lease").mockRejectedValueOnce(new Error("canary"))
    sender.wake()
    await pass(POLL - 100)
    const calls = lease.mock.calls.length
    await pass(200)
    expect(lease.mock.calls.length).toBeGreaterThan(calls)
    expect(lines).toEqual([expect.stringMatching(/^The sender failed and goes on in 10000 ms: Error/)])
    await sender.stop()
  })

  it("stops after the round that is under way, for good", async () => {
    const { sender, pass, sent, medusa } = running()
    await pass(100)
    await sender.stop()
    const before = sent.length
    medusa.create("product", { title: "T", handle: "t" })
    sender.wake()
    await pass(120_000)
    expect(sent).toHaveLength(before)
  })
})
