import { describe, expect, it } from "vitest"
import type { Side } from "../src/document/value.ts"
import { tellAlerts } from "../src/health/alerts.ts"
import { findProblems, type Seen } from "../src/health/find-problems.ts"
import { judgeHealth } from "../src/health/health.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import type { Control, RecordCounts } from "../src/ports.ts"
import { Pair } from "./pair.ts"

const NOW = new Date("2026-01-01T12:00:00.000Z")
const ago = (seconds: number): string => new Date(NOW.getTime() - seconds * 1000).toISOString()

const seen = (
  control: Partial<Control> = {},
  records: Partial<RecordCounts> = {},
  side: Side = "medusa",
  peer: Seen["peer"] = "untold",
): Seen => ({
  side,
  now: NOW,
  peer,
  control: { ...new Pair(resolveConfig()).medusa.control, lastSuccessAt: ago(10), lastReceivedAt: ago(10), ...control },
  observed: {
    records: {
      active: 0,
      quarantined: 0,
      unlinked: 0,
      pending: 0,
      stopped: 0,
      oldestAt: null,
      openConflicts: 0,
      ...records,
    },
    problems: [],
  },
})
const problems = (...given: Parameters<typeof seen>) => findProblems(seen(...given))
const told = (...given: Parameters<typeof seen>) => problems(...given).map(({ message }) => message)

describe("what a person is told", () => {
  it("tells of what waits at the peer too, and where", () => {
    const there = { pause: null, conflicts: 2, stopped: 1 }
    expect(told({}, {}, "medusa", there)).toEqual([
      "1 record is stopped in Directus, and none here. Each has its reason there.",
      "2 conflicts wait for a decision in Directus, and none here. Nothing stands still because of that.",
    ])
    const both = problems({}, { quarantined: 2, openConflicts: 1 }, "directus", there)
    expect(both.map(({ code }) => code)).toEqual(["quarantined", "open_conflicts"])
    expect(both.map(({ message }) => message.slice(-14))).toEqual([" In Medusa: 1.", " In Medusa: 2."])
    expect(told({}, {}, "medusa", { pause: null, conflicts: 0, stopped: 0 })).toEqual([])
  })

  it("names who has paused the peer, since when, and that its changes wait there", () => {
    const pause = { code: "by_person", since: ago(60), by: "Edith" }
    expect(problems({}, {}, "medusa", { pause, conflicts: 0, stopped: 0 })).toEqual([
      {
        code: "peer_paused",
        since: ago(60),
        message: `Directus is paused by Edith since ${ago(60)}: its changes wait there, and come here when it is resumed there.`,
      },
    ])
    const refused = {
      code: "peer_paused",
      message: "A person has paused the sync in directus.",
      since: ago(60),
    } as const
    expect(problems({ paused: refused }, {}, "medusa", { pause, conflicts: 0, stopped: 0 })).toHaveLength(1)
    const masses = { code: "mass_delete", since: ago(60) }
    expect(told({}, {}, "medusa", { pause: masses, conflicts: 0, stopped: 0 })[0]).toContain("(mass_delete)")
  })

  it("names who does not answer, where to look, and that nothing is lost", () => {
    expect(told({ lastSuccessAt: null })).toEqual([
      "Directus has never answered. Nothing is lost: changes are kept and sent when it does. Check that it runs, that the other half of the sync is on there, and directusUrl.",
    ])
    expect(told({ lastReceivedAt: null, beat: 11 }, {}, "directus")).toEqual([
      "Medusa answers, but has never come here. Its changes wait there: check directusUrl on its side, and its own health.",
    ])
  })

  it("names the gravest only, where one follows from the other", () => {
    const paused = { code: "unauthorized", message: "Give both sides the same secret.", since: ago(60) } as const
    const everything = { lastSuccessAt: null, lastReceivedAt: null, beat: 99 }
    expect(problems({ ...everything, paused }, { oldestAt: ago(3600) })).toEqual([
      { code: "unauthorized", since: ago(60), message: "Give both sides the same secret." },
    ])
    expect(problems(everything, { oldestAt: ago(3600) }).map(({ code }) => code)).toEqual(["peer_unreachable"])
    expect(problems({ lastReceivedAt: ago(300) }, { oldestAt: ago(3600) }).map(({ code }) => code)).toEqual([
      "peer_not_heard",
    ])
  })

  it("adds what to do where a pause does not say it itself", () => {
    const paused = (code: "epoch_mismatch" | "wrong_receiver") =>
      told({ paused: { code, message: "It stopped.", since: ago(1) } })[0]
    expect(paused("epoch_mismatch")).toMatch(/^It stopped\. If that is right .*acceptPeerEpoch/)
    expect(paused("wrong_receiver")).toBe("It stopped. Check directusUrl and MEDUSA_URL.")
  })

  it("counts in words", () => {
    expect(told({}, { quarantined: 1 })).toEqual([expect.stringMatching(/^1 record is stopped: Directus or this host/)])
    expect(told({}, { quarantined: 2 })).toEqual([expect.stringMatching(/^2 records are stopped/)])
    expect(told({}, { openConflicts: 1 })).toEqual([expect.stringMatching(/^1 conflict waits for a decision/)])
    expect(told({}, { openConflicts: 2 })).toEqual([expect.stringMatching(/^2 conflicts wait for a decision/)])
    expect(told({}, { oldestAt: ago(1000) })).toEqual([
      expect.stringMatching(new RegExp(`^A change waits since ${ago(1000)}, and Directus answers`)),
    ])
  })

  it("says which clock is ahead", () => {
    expect(told({ clockOffset: 90_400 })).toEqual([expect.stringMatching(/^Directus's clock is 90 s ahead of/)])
    expect(told({ clockOffset: -90_400 }, {}, "directus")).toEqual([
      expect.stringMatching(/^Medusa's clock is 90 s behind/),
    ])
    expect(told({ clockOffset: 60_000 })).toEqual([])
  })

  it("takes the bounds exactly", () => {
    const codes = (...given: Parameters<typeof seen>) => problems(...given).map(({ code }) => code)
    expect(codes({ lastSuccessAt: ago(90) })).toEqual([])
    expect(codes({ lastReceivedAt: ago(240) })).toEqual([])
    expect(codes({ lastReceivedAt: null, beat: 10 })).toEqual([])
    expect(codes({}, { oldestAt: ago(900) })).toEqual([])
  })
})

describe("the health of a host", () => {
  it("has what it knows of its backfill, and no age that a clock has turned round", () => {
    const backfill = {
      id: "b",
      state: "done",
      kinds: ["product"],
      cursor: null,
      taken: 7,
      total: 7,
      perMinute: null,
      startedAt: ago(60),
      resumedAt: ago(60),
      takenBefore: 0,
      endedAt: ago(1),
    } as const
    const { details } = judgeHealth(
      seen({ backfill: { ...backfill, kinds: [...backfill.kinds] } }, { oldestAt: ago(-60) }),
      null,
    )
    expect(details).toMatchObject({
      oldestPendingSeconds: 0,
      backfill: { state: "done", taken: 7, total: 7, startedAt: ago(60), endedAt: ago(1) },
    })
    expect(details?.backfill).not.toHaveProperty("id")
    expect(judgeHealth(seen(), null).details?.oldestPendingSeconds).toBeNull()
  })

  it("is as it was while a pause is accepted", () => {
    const paused = { code: "mass_delete", message: "m", since: ago(1), accepted: true } as const
    expect(judgeHealth(seen({ paused }), null).state).toBe("ok")
  })
})

describe("an alert", () => {
  it("that cannot be given is said in the log without its words, and the others are given", async () => {
    const lines: string[] = []
    const pair = new Pair(resolveConfig(), undefined, { medusa: { log: (line) => void lines.push(line) } })
    const given: string[] = []
    Object.assign(pair.medusa.ports, {
      observe: () =>
        Promise.resolve({ records: { ...seen().observed.records, quarantined: 1, openConflicts: 1 }, problems: [] }),
      alert: ({ code }: { code: string }) =>
        code === "quarantined" ? Promise.reject(new Error("canary")) : Promise.resolve(given.push(code)),
    })
    await tellAlerts(pair.medusa.ports)
    expect(given).toEqual(["peer_unreachable", "open_conflicts"])
    expect(pair.medusa.control.alerts.map(({ code }) => code)).toEqual(["peer_unreachable", "open_conflicts"])
    expect(lines).toEqual([
      expect.stringMatching(/^The alert quarantined could not be given and is tried again: Error/),
    ])
    expect(lines.join()).not.toContain("canary")
  })

  it("that cannot even be looked for is said in the log", async () => {
    const lines: string[] = []
    const pair = new Pair(resolveConfig(), undefined, { medusa: { log: (line) => void lines.push(line) } })
    Object.assign(pair.medusa.ports, { observe: () => Promise.reject(new Error("canary")) })
    await tellAlerts(pair.medusa.ports)
    expect(lines).toEqual([
      expect.stringMatching(/^What people should know could not be found out and is tried again: Error/),
    ])
  })
})
