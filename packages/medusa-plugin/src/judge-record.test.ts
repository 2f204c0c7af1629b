import { describe, expect, it } from "vitest"
import type { RecordFacts } from "./adapters/record-facts"
import { judgeRecord } from "./judge-record"

const now = new Date("2026-01-01T12:00:00Z")
const earlier = new Date("2026-01-01T11:00:00Z")
const later = new Date("2026-01-01T13:00:00Z")
const calm = { paused: null, breaker: { failures: 0, openUntil: null } }

const link: NonNullable<RecordFacts["link"]> = {
  peerId: "7",
  state: "active",
  standing: "alive",
  heldBack: false,
  reason: null,
  attempts: 0,
  lastSyncedAt: earlier,
  syncSource: "directus",
}
const conflict = { id: "c" } as RecordFacts["conflicts"][number]
const facts = (more: Partial<RecordFacts> = {}) => ({ link, mark: null, conflicts: [], ...more })
const due = { since: earlier, runAt: earlier }

describe("the state of a record in one word", () => {
  it.each([
    ["in_sync", facts()],
    ["new", facts({ link: null })],
    ["new", facts({ link: { ...link, peerId: null } })],
    ["ended", facts({ link: { ...link, standing: "archived" } })],
    ["unlinked", facts({ link: { ...link, state: "unlinked" } })],
    ["conflict", facts({ conflicts: [conflict], mark: due })],
    [
      "stopped",
      facts({ link: { ...link, state: "quarantined" }, conflicts: [conflict], mark: { ...due, runAt: null } }),
    ],
  ] as const)("is %s", (verdict, given) => {
    expect(judgeRecord(given, calm, now)).toMatchObject({ verdict, waiting: null })
  })

  const paused = { code: "by_person", message: "", since: "" } as const
  it.each([
    ["soon", facts({ mark: due }), calm],
    ["soon", facts({ link: null, mark: due }), calm],
    ["retry", facts({ mark: { since: earlier, runAt: later }, link: { ...link, attempts: 2 } }), calm],
    ["pause", facts({ mark: due }), { ...calm, paused }],
    ["soon", facts({ mark: due }), { ...calm, paused: { ...paused, accepted: true } }],
    ["peer", facts({ mark: due }), { ...calm, breaker: { failures: 1, openUntil: null } }],
    ["other_record", facts({ link: { ...link, heldBack: true } }), calm],
    ["other_record", facts({ mark: { ...due, runAt: null } }), calm],
  ] as const)("waits for %s", (why, given, control) => {
    expect(judgeRecord(given, control, now)).toMatchObject({ verdict: "waiting", waiting: { for: why } })
  })

  it("says when a refused record is tried again", () => {
    const given = facts({
      mark: { since: earlier, runAt: later },
      link: { ...link, attempts: 1, reason: "not_unique: x" },
    })
    expect(judgeRecord(given, calm, now)).toEqual({
      verdict: "waiting",
      reason: "not_unique: x",
      waiting: { for: "retry", since: earlier.toISOString(), next_try_at: later.toISOString() },
    })
  })
})
