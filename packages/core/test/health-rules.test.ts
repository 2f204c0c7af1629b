import { describe, expect, it } from "vitest"
import type { Side } from "../src/document/value.ts"
import { tellAlerts } from "../src/health/alerts.ts"
import { findProblems, type Seen } from "../src/health/find-problems.ts"
import { judgeHealth } from "../src/health/health.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import type { Control } from "../src/control.ts"
import type { RecordCounts } from "../src/ports.ts"
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
  apart: { count: 0, fields: [] },
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
      "Stopped in Directus: 1. Each says there why it was refused. None is stopped here.",
      "Conflicts to decide in Directus: 2. None waits here. Syncing continues.",
    ])
    expect(told({}, { quarantined: 2, openConflicts: 1 }, "directus", there)).toEqual([
      "Stopped items: 2, and 1 more in Medusa. Each was refused several times, or waits for another record, and says why.",
      "Conflicts to decide: 1, and 2 more in Medusa. Syncing continues.",
    ])
    expect(told({}, { quarantined: 2, openConflicts: 1 })).toEqual([
      "Stopped records: 2. Each was refused several times, or waits for another record, and says why.",
      "Conflicts to decide: 1. Syncing continues.",
    ])
    expect(told({}, {}, "medusa", { pause: null, conflicts: 0, stopped: 0 })).toEqual([])
  })

  it("names who has paused the peer, since when, and that its changes wait there", () => {
    const pause = { code: "by_person", since: ago(60), by: "Edith" }
    const peer = (paused: NonNullable<Exclude<Seen["peer"], string>["pause"]>) => ({
      pause: paused,
      conflicts: 0,
      stopped: 0,
    })
    expect(problems({}, {}, "medusa", peer(pause))).toMatchObject([
      {
        code: "peer_paused",
        since: ago(60),
        message: `Edith has paused the sync in Directus (since ${ago(60)}). Changes are kept. They are sent after the sync is resumed there.`,
        fix: "Resume it in Directus: the module Medusa.",
      },
    ])
    expect(told({}, {}, "medusa", peer({ code: "by_person", since: ago(60) }))[0]).toMatch(
      /^The sync is paused in Directus \(since/,
    )
    const refused = {
      code: "peer_paused",
      message: "A person has paused the sync in directus.",
      since: ago(60),
    } as const
    expect(problems({ paused: refused }, {}, "medusa", peer(pause))).toHaveLength(1)
    expect(told({}, {}, "medusa", peer({ code: "mass_delete", since: ago(60) }))[0]).toContain("(mass_delete)")
  })

  it("names who does not answer, where to look, and that nothing is lost", () => {
    expect(problems({ lastSuccessAt: null })).toMatchObject([
      {
        message: "Directus has never answered. Nothing is lost: changes are kept, and sent when it answers.",
        fix: "Check that Directus runs, that its half of the sync is on, and that directusUrl in medusa-config leads to it.",
      },
    ])
    expect(problems({ lastReceivedAt: null, beat: 11 }, {}, "directus")).toMatchObject([
      {
        message:
          "Medusa has never reached Directus. Medusa answers, but does not come here by itself. Its changes wait there.",
        fix: "Check that directusUrl in medusa-config leads here, and look at the health of Medusa.",
      },
    ])
  })

  it("names the gravest only, where one follows from the other", () => {
    const paused = { code: "unauthorized", message: "Give both sides the same secret.", since: ago(60) } as const
    const everything = { lastSuccessAt: null, lastReceivedAt: null, beat: 99 }
    expect(problems({ ...everything, paused }, { oldestAt: ago(3600) })).toMatchObject([
      { code: "unauthorized", severity: "stopped", since: ago(60), message: "Give both sides the same secret." },
    ])
    expect(problems(everything, { oldestAt: ago(3600) }).map(({ code }) => code)).toEqual(["peer_unreachable"])
    expect(problems({ lastReceivedAt: ago(300) }, { oldestAt: ago(3600) }).map(({ code }) => code)).toEqual([
      "peer_not_heard",
    ])
  })

  it("stops whatever paused it, also with a code that is none in itself", () => {
    const paused = { code: "peer_paused", message: "Directus is paused.", since: ago(1) } as const
    expect(problems({ paused })).toMatchObject([{ severity: "stopped", message: "Directus is paused." }])
    const person = { code: "by_person", message: "Edith has paused it.", since: ago(1), by: "Edith" } as const
    expect(problems({ paused: person })).toMatchObject([{ variant: "by", facts: { by: "Edith" } }])
  })

  it("adds what to do where a pause does not say it itself", () => {
    const paused = (code: "epoch_mismatch" | "wrong_receiver") =>
      problems({ paused: { code, message: "It stopped.", since: ago(1) } })[0]
    expect(paused("epoch_mismatch")).toMatchObject({
      message: "It stopped.",
      fix: expect.stringMatching(/^If that is right .*POST \/admin\/directus\/resume with .*acceptPeerEpoch/),
    })
    expect(paused("wrong_receiver")).toMatchObject({
      message: "It stopped.",
      fix: "Check directusUrl in medusa-config and MEDUSA_URL in Directus.",
    })
  })

  it("says since when a change waits", () => {
    expect(told({}, { oldestAt: ago(1000) })).toEqual([
      expect.stringMatching(new RegExp(`^A change has been waiting for a long time \\(since ${ago(1000)}\\)`)),
    ])
  })

  it("says which clock is ahead", () => {
    expect(told({ clockOffset: 90_400 })).toEqual([expect.stringMatching(/Directus's clock is 90 s ahead of/)])
    expect(told({ clockOffset: -90_400 }, {}, "directus")).toEqual([
      expect.stringMatching(/Medusa's clock is 90 s behind/),
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
