import { otherSide } from "../src/document/value.ts"
import { describe, expect, it } from "vitest"
import { answersIn, answersMeanwhile, loopsFound } from "../src/record/answers.ts"
import { fingerprint, NULL_FINGERPRINT } from "../src/document/fingerprint.ts"
import { emptyLink, type Link } from "../src/link/link.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { isHeld, isSilent, needsPerson } from "../src/guard/pause.ts"
import { listQuarantined } from "../src/inbox/quarantine.ts"
import type { Pause } from "../src/control.ts"
import { Pair } from "./pair.ts"

const NOW = new Date("2026-01-01T00:00:00Z")
const ago = (milliseconds: number): string => new Date(NOW.getTime() - milliseconds).toISOString()
const link = (more: Partial<Link> = {}): Link => ({ ...emptyLink("product", "d1"), lastSyncedAt: ago(1_000), ...more })

const MEDUSA = { side: "medusa", now: NOW } as const

describe("how often automations have answered each other", () => {
  const count = (
    automatic: boolean | undefined,
    before: { fp?: string; r: number; h?: number },
    of: Link | null = link(),
  ) => answersIn(MEDUSA, automatic === undefined ? {} : { automatic }, of).inField({ fp: "x", ...before })

  it("a person's change begins anew, where the host knows", () => {
    expect(count(false, { r: 0, h: 2 })).toBe(0)
    expect(count(false, { r: 5, h: 2 })).toBe(0)
  })

  it("an automation's change of what the peer brought is one answer more", () => {
    expect(count(true, { r: 0 })).toBe(1)
    expect(count(true, { r: 0, h: 2 })).toBe(3)
    expect(count(true, { r: 0, h: 2 }, link({ lastSyncedAt: ago(599_999) }))).toBe(3)
  })

  it("and long after it, or of what the peer never brought, is a first word", () => {
    expect(count(true, { r: 0, h: 2 }, link({ lastSyncedAt: ago(600_000) }))).toBe(1)
    expect(count(true, { r: 0, h: 2 }, link({ lastSyncedAt: null }))).toBe(1)
    expect(count(true, { r: 0 }, null)).toBe(1)
  })

  it("of a value of its own keeps the count", () => {
    expect(count(true, { r: 5 })).toBe(1)
    expect(count(true, { r: 5, h: 2 })).toBe(2)
  })

  it("where the host cannot tell, what changes at once is an automation's", () => {
    expect(count(undefined, { r: 0, h: 1 }, link({ lastSyncedAt: ago(4_999) }))).toBe(2)
    expect(count(undefined, { r: 0, h: 1 }, link({ lastSyncedAt: ago(5_000) }))).toBe(0)
    expect(count(undefined, { r: 5, h: 1 })).toBe(0)
    expect(count(undefined, { r: 0 }, null)).toBe(0)
    expect(count(undefined, { fp: NULL_FINGERPRINT, r: 0 })).toBe(0)
  })

  it("in whatever fields, is counted by record: what follows at once upon the peer's is one more", () => {
    const inRecord = (automatic: boolean | undefined, more: Partial<Link>) =>
      answersIn(
        MEDUSA,
        automatic === undefined ? {} : { automatic },
        link({ hops: 3, syncSource: "directus", ...more }),
      ).inRecord
    for (const automatic of [true, undefined]) {
      expect(inRecord(automatic, { lastSyncedAt: ago(4_999) })).toBe(4)
      // What follows upon an own message goes on with it, as an import that writes again and again.
      expect(inRecord(automatic, { syncSource: "medusa" })).toBe(3)
      expect(inRecord(automatic, { lastSyncedAt: ago(5_000) })).toBe(0)
    }
    expect(inRecord(false, {})).toBe(0)
    expect(answersIn(MEDUSA, {}, null).inRecord).toBe(0)
    const inside = (side: "medusa" | "directus", hops: number) =>
      answersMeanwhile({ side, now: NOW }, link({ hops, syncSource: otherSide(side) })).inRecord
    expect([inside("medusa", 3), inside("medusa", 10), inside("directus", 3)]).toEqual([4, 10, 0])
  })

  it("inside an apply is never more than is still told", () => {
    const inside = (side: "medusa" | "directus", h?: number) =>
      answersMeanwhile({ side, now: NOW }, link()).inField({ fp: "x", r: 0, ...(h ? { h } : {}) })
    expect(inside("medusa", 7)).toBe(2)
    expect(inside("medusa")).toBe(1)
    expect(inside("directus", 7)).toBe(0)
  })

  it("is told to a person with the fields and the values that stay", () => {
    const { ports } = new Pair(resolveConfig()).directus
    const of = link({ peerId: "m1", fields: { title: { fp: fingerprint("NEW"), r: 7, h: 3 } } })
    const { conflicts, journal } = loopsFound(
      ports,
      { ...controlOf(), peerEpoch: "em" },
      of,
      { present: true, fields: { title: "NEW" } },
      ["title", "gone"],
    )
    expect(conflicts).toMatchObject([
      {
        entity: "product",
        localId: "d1",
        peerId: "m1",
        field: "title",
        kind: "loop",
        losingSide: "directus",
        losingValue: "NEW",
        winningFingerprint: fingerprint("NEW"),
      },
      { field: "gone", losingValue: null, winningFingerprint: "" },
    ])
    expect(journal).toMatchObject({
      entity: "product",
      localId: "d1",
      direction: "out",
      event: "loop",
      fields: ["title", "gone"],
      reason:
        "automations of both hosts keep answering each other: title, gone is told no more. Stop one of the two, then edit the field.",
    })
    const [first] = loopsFound(ports, controlOf(), link({ fields: of.fields }), { present: false, fields: null }, [
      "title",
    ]).conflicts
    expect(first).toMatchObject({ peerId: "", losingValue: null })
    expect(first?.id).not.toBe(conflicts[0]?.id)
    const later = link({ peerId: "m1", fields: { title: { fp: fingerprint("NEW"), r: 9, h: 3 } } })
    const again = loopsFound(ports, { ...controlOf(), peerEpoch: "em" }, later, { present: true, fields: null }, [
      "title",
    ])
    expect(again.conflicts[0]?.id).not.toBe(conflicts[0]?.id)
  })
})

const controlOf = () => new Pair(resolveConfig()).directus.control

describe("a pause", () => {
  const pause = (code: Pause["code"], more: Partial<Pause> = {}): Pause => ({
    code,
    message: "m",
    since: ago(0),
    ...more,
  })
  const CODES = ["mass_delete", "database_moved", "by_person", "unauthorized"] as const

  it("that only a person may end holds until that person has decided", () => {
    expect(CODES.map((code) => needsPerson(pause(code)))).toEqual([true, true, true, false])
    const held = (paused: Pause | null) => isHeld({ ...controlOf(), paused })
    expect(CODES.map((code) => held(pause(code)))).toEqual([true, true, true, false])
    expect([held(null), held(pause("mass_delete", { accepted: true }))]).toEqual([false, false])
  })

  it("of a copy is silent, and so is one of both directions", () => {
    const silent = (paused: Pause | null) => isSilent({ ...controlOf(), paused })
    expect(CODES.map((code) => silent(pause(code)))).toEqual([false, true, false, false])
    expect(CODES.map((code) => silent(pause(code, { both: true })))).toEqual([false, true, true, false])
    expect(silent(null)).toBe(false)
  })
})

it("stopped records are listed of one kind, if one is asked for", async () => {
  const pair = new Pair(resolveConfig())
  for (const [kind, id] of [
    ["product", "m1"],
    ["category", "m2"],
  ] as const)
    pair.medusa.table(kind).links.set(id, { ...emptyLink(kind, id), state: "quarantined" })
  const list = async (kind?: string) =>
    (await listQuarantined(pair.medusa.ports, { limit: 10, offset: 0, kind })).records.map(({ localId }) => localId)
  expect(await list()).toEqual(["m2", "m1"])
  expect(await list("product")).toEqual(["m1"])
})
