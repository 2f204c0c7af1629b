import { readFileSync } from "node:fs"
import { afterEach, describe, expect, it, vi } from "vitest"
import type { Side } from "../src/document/value.ts"
import { runSender } from "../src/run/run-sender.ts"
import { sayHello } from "../src/send/ask-peer.ts"
import { planAlerts, tellAlerts } from "../src/health/alerts.ts"
import { findProblems, type Seen } from "../src/health/find-problems.ts"
import { healthWhenOff, judgeHealth, readHealth, statusOf } from "../src/health/health.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import type { Control } from "../src/control.ts"
import type { RecordCounts } from "../src/ports.ts"
import { problemOf } from "../src/operate/explain-problem.ts"
import type { Problem } from "../src/operate/problem.ts"
import { VERSION } from "../src/version.ts"
import { Pair } from "./pair.ts"

const NOW = new Date("2026-01-01T12:00:00.000Z")
const ago = (seconds: number): string => new Date(NOW.getTime() - seconds * 1000).toISOString()

interface Given {
  side?: Side
  control?: Partial<Seen["control"]>
  records?: Partial<RecordCounts>
}

const seen = ({ side = "medusa", control = {}, records = {} }: Given): Seen => ({
  side,
  now: NOW,
  peer: "untold",
  apart: { count: 0, fields: [] },
  control: {
    epoch: "e",
    past: [],
    peerEpoch: "p",
    peerPast: [],
    beat: 7,
    peerBeat: 5,
    repair: null,
    home: null,
    breaker: { failures: 0, openUntil: null },
    paused: null,
    lastSuccessAt: ago(20),
    lastReceivedAt: ago(70),
    backfill: null,
    places: null,
    alerts: [],
    clockOffset: null,
    ...control,
  },
  observed: {
    records: {
      active: 3,
      quarantined: 0,
      unlinked: 1,
      pending: 0,
      stopped: 0,
      oldestAt: null,
      openConflicts: 0,
      ...records,
    },
    problems: [],
  },
})

const paused = (more: Partial<NonNullable<Control["paused"]>> = {}): NonNullable<Control["paused"]> => ({
  code: "unauthorized",
  message: "Give both sides the same secret.",
  since: ago(30),
  ...more,
})

const judged = (given: Given) => {
  const health = judgeHealth(seen(given), "2.21.2")
  return [health.state, ...health.problems.map(({ code }) => code)]
}

describe("health", () => {
  it.each<[string, Given, unknown[]]>([
    ["nothing is wrong", {}, ["ok"]],
    ["it is paused", { control: { paused: paused() } }, ["stopped", "unauthorized"]],
    ["a person has accepted the pause", { control: { paused: paused({ accepted: true }) } }, ["ok"]],
    ["two greetings were not answered", { control: { lastSuccessAt: ago(89) } }, ["ok"]],
    ["three were not", { control: { lastSuccessAt: ago(91) } }, ["degraded", "peer_unreachable"]],
    ["the peer has never answered", { control: { lastSuccessAt: null } }, ["degraded", "peer_unreachable"]],
    ["the peer was not heard", { control: { lastReceivedAt: ago(241) } }, ["degraded", "peer_not_heard"]],
    ["the peer has just been met", { control: { lastReceivedAt: null } }, ["ok"]],
    ["the peer never comes", { control: { lastReceivedAt: null, beat: 11 } }, ["degraded", "peer_not_heard"]],
    ["a change is young", { records: { pending: 1, oldestAt: ago(899) } }, ["ok"]],
    ["a change is old", { records: { pending: 1, oldestAt: ago(901) } }, ["degraded", "changes_wait"]],
    [
      "a change is old because nobody answers",
      { control: { lastSuccessAt: ago(2000) }, records: { oldestAt: ago(901) } },
      ["degraded", "peer_unreachable"],
    ],
    ["a record is stopped", { records: { quarantined: 1 } }, ["degraded", "quarantined"]],
    ["a conflict is open", { records: { openConflicts: 2 } }, ["ok", "open_conflicts"]],
    ["the clocks differ a little", { control: { clockOffset: -60_000 } }, ["ok"]],
    ["the clocks differ", { control: { clockOffset: -60_001 } }, ["degraded", "clock_skew"]],
  ])("when %s", (_name, given, expected) => {
    expect(judged(given)).toEqual(expected)
  })

  it("names the other side and its own setting, since when it is so, and what to do", () => {
    const [silent] = findProblems(seen({ side: "directus", control: { lastSuccessAt: ago(3600) } }))
    expect(silent).toEqual({
      code: "peer_unreachable",
      since: ago(3600),
      severity: "problem",
      facts: {},
      message: expect.stringMatching(/^Medusa does not answer \(since 2026-01-01T11.*Nothing is lost/),
      fix: expect.stringMatching(/MEDUSA_URL in Directus leads to it\.$/),
    })
    const [unheard] = findProblems(seen({ control: { lastReceivedAt: ago(3600) } }))
    expect(unheard?.message).toMatch(/^Directus does not reach Medusa \(since /)
    expect(unheard?.fix).toMatch(/^Check that MEDUSA_URL in Directus leads here/)
    const [moved] = findProblems(
      seen({ control: { paused: paused({ code: "epoch_mismatch", message: "Another database." }) } }),
    )
    expect(moved).toMatchObject({ message: "Another database.", fix: expect.stringMatching(/acceptPeerEpoch/) })
  })

  it("has what the host alone can see, the ages and the versions", () => {
    const own = problemOf("medusa", "capture_missing")
    const input = seen({ records: { pending: 2, oldestAt: ago(61) } })
    const health = judgeHealth({ ...input, observed: { ...input.observed, problems: [own] } }, "2.21.2")
    expect(health).toMatchObject({
      state: "degraded",
      side: "medusa",
      problems: [own],
      versions: { host: "2.21.2", sync: VERSION, protocol: 1 },
      details: {
        records: { active: 3, unlinked: 1, pending: 2 },
        oldestPendingSeconds: 61,
        lastSuccessAt: { sent: ago(20), received: ago(70) },
        beat: { own: 7, peer: 5 },
        clockOffset: null,
        backfill: null,
      },
    })
    const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
      version: string
    }
    expect(VERSION).toBe(version)
  })

  it("answers 503 only when nothing is sent", () => {
    expect(statusOf(judgeHealth(seen({}), null))).toBe(200)
    expect(statusOf(judgeHealth(seen({ records: { quarantined: 1 } }), null))).toBe(200)
    expect(statusOf(judgeHealth(seen({ control: { paused: paused() } }), null))).toBe(503)
    const off = healthWhenOff("directus", "MEDUSA_SYNC_ENABLED=false", "12.4.0")
    expect([statusOf(off), off.state, off.problems[0]?.message]).toEqual([503, "stopped", "MEDUSA_SYNC_ENABLED=false"])
  })

  it("of a pair that talks is ok on both sides, with both directions", async () => {
    const pair = new Pair(resolveConfig())
    for (const side of ["medusa", "directus"] as const) await sayHello(pair.host(side).ports)
    for (const side of ["medusa", "directus"] as const) {
      const { state, problems, details } = await readHealth(pair.host(side).ports, null)
      expect({ state, problems }).toEqual({ state: "ok", problems: [] })
      const at = new Date(pair.now).toISOString()
      expect(details?.lastSuccessAt).toEqual({ sent: at, received: at })
    }
  })

  it("notes once a minute that the peer was heard", async () => {
    const pair = new Pair(resolveConfig())
    await sayHello(pair.directus.ports)
    const first = pair.medusa.control.lastReceivedAt
    pair.now += 59_000
    await sayHello(pair.directus.ports)
    expect(pair.medusa.control.lastReceivedAt).toBe(first)
    pair.now += 1_000
    await sayHello(pair.directus.ports)
    expect(pair.medusa.control.lastReceivedAt).toBe(new Date(pair.now).toISOString())
  })
})

describe("alerts", () => {
  afterEach(() => void vi.useRealTimers())

  const stop = async (): Promise<Pair> => {
    const pair = new Pair(resolveConfig(), {
      medusa: ["another-secret-of-some-length"],
      directus: ["a-shared-secret-of-some-length"],
    })
    await sayHello(pair.medusa.ports)
    return pair
  }

  it("tell what came and what went, and nothing twice", () => {
    const of = (...given: Parameters<typeof problemOf> extends [unknown, ...infer Rest] ? Rest : never) =>
      problemOf("medusa", ...given)
    const counted = (count: number) => ({ facts: { count, there: 0 } })
    expect(
      planAlerts(
        [of("quarantined", counted(1)), of("open_conflicts", counted(1))],
        [of("quarantined", counted(2)), of("clock_skew", { facts: { seconds: 90 } })],
      ),
    ).toEqual([
      {
        kind: "cleared",
        code: "open_conflicts",
        message: expect.stringMatching(/^Conflicts to decide: 1\. Syncing continues\. Keep the current value/),
      },
      { kind: "raised", code: "clock_skew", message: expect.stringMatching(/90 s ahead.*Set both clocks by NTP\.$/) },
    ])
  })

  it("says itself what to do, once: a pause in its own words, and one of an earlier version as it was kept", () => {
    const paused = problemOf("medusa", "unauthorized", { message: "Give both the same secret.", severity: "stopped" })
    const moved = problemOf("medusa", "epoch_mismatch", { message: "Another database.", severity: "stopped" })
    const kept = { code: "clock_skew", message: "Set both clocks by NTP.", since: null } as Problem
    expect(planAlerts([], [paused, moved]).map(({ message }) => message)).toEqual([
      "Give both the same secret.",
      expect.stringMatching(/^Another database\. If that is right.*acceptPeerEpoch/),
    ])
    expect(planAlerts([kept], [])).toEqual([
      { kind: "cleared", code: "clock_skew", message: "Set both clocks by NTP." },
    ])
  })

  it("are given once by all processes of a host, and cleared when it is over", async () => {
    const pair = await stop()
    await tellAlerts(pair.medusa.ports)
    await tellAlerts(pair.medusa.ports)
    expect(pair.medusa.alerts).toEqual([
      { kind: "raised", code: "unauthorized", message: expect.stringMatching(/secret/) },
    ])
    await pair.medusa.ports.updateControl({ paused: null, lastSuccessAt: new Date(pair.now).toISOString() })
    await tellAlerts(pair.medusa.ports)
    await tellAlerts(pair.medusa.ports)
    expect(pair.medusa.alerts.map(({ kind, code }) => `${kind} ${code}`)).toEqual([
      "raised unauthorized",
      "cleared unauthorized",
    ])
    expect(pair.medusa.control.alerts).toEqual([])
  })

  it("that could not be given are given at the next look", async () => {
    const pair = await stop()
    const give = vi.spyOn(pair.medusa.ports, "alert").mockRejectedValueOnce(new Error("no bus"))
    await tellAlerts(pair.medusa.ports)
    expect(pair.medusa.control.alerts).toEqual([])
    await tellAlerts(pair.medusa.ports)
    expect(give).toHaveBeenCalledTimes(2)
    expect(pair.medusa.alerts).toHaveLength(1)
  })

  it("wait until the process has been up for a minute, and come with the sender's greetings", async () => {
    vi.useFakeTimers()
    const pair = new Pair(resolveConfig(), undefined, {
      medusa: { clock: () => Date.now() },
    })
    pair.network = () => {
      throw new Error("nobody there")
    }
    const sender = runSender(pair.medusa.ports, { poll: 5_000 })
    sender.wake()
    await vi.advanceTimersByTimeAsync(55_000)
    expect(pair.medusa.alerts).toEqual([])
    await vi.advanceTimersByTimeAsync(40_000)
    expect(pair.medusa.alerts).toMatchObject([{ kind: "raised", code: "peer_unreachable" }])
    await vi.advanceTimersByTimeAsync(300_000)
    expect(pair.medusa.alerts).toHaveLength(1)
    await sender.stop()
  })

  it("that fail do not stop the sync", async () => {
    vi.useFakeTimers()
    const pair = new Pair(resolveConfig(), undefined, { medusa: { clock: () => Date.now() } })
    vi.spyOn(pair.medusa.ports, "observe").mockRejectedValue(new Error("no counts"))
    const [warn, error] = [vi.spyOn(pair.medusa.ports.log, "warn"), vi.spyOn(pair.medusa.ports.log, "error")]
    const sender = runSender(pair.medusa.ports, { poll: 5_000 })
    sender.wake()
    await vi.advanceTimersByTimeAsync(95_000)
    expect(warn).toHaveBeenCalledWith(expect.stringMatching(/^What people should know/))
    expect(error).not.toHaveBeenCalled()
    await sender.stop()
  })
})
