import { expect, it } from "vitest"
import type { RecordFacts } from "../src/operate/record-facts"
import { waitingFor } from "../src/operate/waiting-for"

const now = new Date("2026-01-01T12:00:00Z")
const earlier = new Date("2026-01-01T11:00:00Z")
const later = new Date("2026-01-01T13:00:00Z")
const calm = { paused: null, breaker: { failures: 0, openUntil: null } }

const link: NonNullable<RecordFacts["link"]> = {
  standing: "alive",
  heldBack: false,
  attempts: 0,
  lastSyncedAt: earlier,
  syncSource: "directus",
}
const facts = (more: Partial<RecordFacts> = {}) => ({ link, mark: null, ...more })
const due = { since: earlier, runAt: earlier }
const paused = { code: "by_person", message: "", since: "" } as const

it.each([
  ["soon", facts({ mark: due }), calm],
  ["soon", facts({ link: null, mark: due }), calm],
  ["soon", facts(), calm],
  ["retry", facts({ mark: { since: earlier, runAt: later }, link: { ...link, attempts: 2 } }), calm],
  ["pause", facts({ mark: due }), { ...calm, paused }],
  ["soon", facts({ mark: due }), { ...calm, paused: { ...paused, accepted: true } }],
  ["peer", facts({ mark: due }), { ...calm, breaker: { failures: 1, openUntil: null } }],
  ["other_record", facts({ link: { ...link, heldBack: true } }), calm],
  ["other_record", facts({ mark: { ...due, runAt: null } }), calm],
] as const)("a change waits for %s", (why, given, control) => {
  expect(waitingFor(given, control, now)).toMatchObject({ for: why })
})

it("a new place waits for an answer, whatever mark there is", () => {
  expect(waitingFor(facts(), calm, now, "new_place")).toMatchObject({ for: "new_place" })
})

it("says when a refused record is tried again", () => {
  const given = facts({ mark: { since: earlier, runAt: later }, link: { ...link, attempts: 1 } })
  expect(waitingFor(given, calm, now)).toEqual({
    ...{ for: "retry", since: earlier.toISOString(), next_try_at: later.toISOString() },
  })
})
