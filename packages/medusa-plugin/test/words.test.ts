import { describe, expect, it } from "vitest"
import { de } from "../src/admin/i18n/de"
import { en } from "../src/admin/i18n/en"
import { fieldName, fieldNames } from "../src/admin/words/field-name"
import { journalReason } from "../src/admin/words/journal-reason"
import { duration, relative } from "../src/admin/words/moment"
import type { RecordState } from "../src/operate/record-state"
import { splitReason } from "medusa-directus-core/operate"
import type { Overview } from "../src/operate/overview"
import { directionsOf } from "../src/admin/words/directions-of"
import { partsOf } from "../src/admin/words/parts-of"
import { seenState } from "../src/admin/words/seen-state"
import { valueText } from "../src/admin/words/value-text"

const leaves = (words: object, path = ""): [string, string][] =>
  Object.entries(words).flatMap(([key, value]) =>
    typeof value === "string"
      ? [[`${path}${key}`, value] as [string, string]]
      : leaves(value as object, `${path}${key}.`),
  )
const placeholders = (text: string): string[] => (text.match(/\{\{\w+\}\}/g) ?? []).sort()

describe("the translations", () => {
  const german = new Map(leaves(de))
  it.each(leaves(en))("%s says in German what it says in English", (path, text) => {
    expect(german.get(path)).toBeTruthy()
    expect(placeholders(german.get(path) ?? "")).toEqual(placeholders(text))
  })
  it("have no line that only German has", () => expect(german.size).toBe(leaves(en).length))
})

const t = (key: string, options: Record<string, unknown> = {}): string =>
  ({ "names.title": "Title", "names.tags": "Tags" })[key] ?? String(options["defaultValue"])

it("what decides the words of a state is read from a record as the route tells it", () => {
  const pauses = { here: null, peer: { code: "by_person", since: "noon", by: "Ann" } } as const
  const waiting = { for: "peer", since: null, next_try_at: "one" } as const
  const needs = { entity: "collection", local_id: "c1", title: null, state: "stopped" } as const
  const record = { conflicts: [{}, {}], waiting, needs, sides: { pauses } } as unknown as RecordState
  expect(seenState(record)).toEqual({
    ...{ waitsFor: "peer_away", needs: { state: "stopped", title: "c1" }, retryAt: "one", conflicts: 2, pauses },
  })
  expect(seenState({ conflicts: [], waiting: null, needs: null, sides: null })).toEqual({
    waitsFor: null,
    needs: null,
    retryAt: null,
    conflicts: 0,
    pauses: { here: null, peer: null },
  })
})

describe("how the parts of a record are", () => {
  const peer = (parts: object) => ({ state: "synced", openConflicts: 0, lost: new Array<string>(), parts }) as const
  const none = { stopped: 0, conflicts: 0, waiting: 0, leftAlone: 0 }
  it.each([
    ["in sync on both sides", { synced: 2, archived: 1 }, peer({ synced: 2 }), { ...none, synced: 2 }],
    ["stopped there alone", { synced: 2 }, peer({ synced: 1, stopped: 1 }), { ...none, stopped: 1, synced: null }],
    [
      "more here, more there",
      { waiting: 1, unknown: 1, left_alone: 2 },
      peer({ waiting: 1, conflict: 3 }),
      { ...none, waiting: 2, conflicts: 3, leftAlone: 2, synced: null },
    ],
    ["not told there", { synced: 2 }, "silent", { ...none, synced: null }],
    ["of a peer that is too old to say", { synced: 2 }, "untold", { ...none, synced: 2 }],
  ] as const)("%s", (_, parts, of, told) => expect(partsOf({ parts, peer: of })).toEqual(told))
})

describe("how the directions are", () => {
  const now = Date.parse("2026-01-01T12:00:00Z")
  const at = (minutes: number) => new Date(now - minutes * 60_000).toISOString()
  const pause = { code: "by_person", message: "", since: at(1) } as const
  const of = (
    status: Partial<Overview["status"]>,
    codes: string[] = [],
    received: string | null = at(0),
    there: object | null = null,
  ) => {
    const { sending, taking } = directionsOf(
      {
        status: { state: "running", paused: null, ...status },
        health: {
          problems: codes.map((code) => ({ code })),
          details: { peer: { pause: there }, lastSuccessAt: { received } },
        },
      } as unknown as Overview,
      now,
    )
    return [sending, taking]
  }
  it.each([
    ["both run", of({}), ["running", "running"]],
    ["the sync is off", of({ state: "off" }), ["off", "off"]],
    ["paused here", of({ state: "paused", paused: pause }), ["paused", "running"]],
    ["paused here both ways", of({ state: "paused", paused: { ...pause, both: true } }), ["paused", "paused"]],
    ["paused there", of({}, [], at(0), pause), ["running", "paused"]],
    ["paused there both ways", of({}, [], at(0), { ...pause, both: true }), ["paused", "paused"]],
    ["Directus answers nothing", of({}, ["peer_unreachable"], at(9)), ["unanswered", "unanswered"]],
    ["it comes, and answers nothing", of({}, ["peer_unreachable"]), ["unanswered", "running"]],
    ["it answers, and never comes", of({}, ["peer_not_heard"], null), ["running", "unanswered"]],
  ])("%s", (_, said, expected) => expect(said).toEqual(expected))
})

describe("names of fields", () => {
  it.each([
    ["title", "Title"],
    ["metadata_wash_care", "Wash care"],
    ["tags#summer", "Tags: summer"],
    ["translations#de-DE/title", "Title (de-DE)"],
    ["tags#no. 1, #2: a/b", "Tags: no. 1, #2: a/b"],
    ["translations#de-DE/options/Size #1", "Options: Size #1 (de-DE)"],
    ["translations#de-DE/options/Size%2FFit/50%25", "Options: Size/Fit / 50% (de-DE)"],
  ])("%s is %s", (name, label) => expect(fieldName(name, t)).toBe(label))
  it("are told once for all members", () => expect(fieldNames(["tags#a", "tags#b", "title"], t)).toBe("Tags, Title"))
})

it("moments are told in their largest unit, and never as a wrong word", () => {
  const now = Date.parse("2026-01-01T12:00:00Z")
  expect(relative("2026-01-01T11:55:00Z", "en", now)).toBe("5 minutes ago")
  expect(relative("2026-01-01T14:00:00Z", "de", now)).toBe("in 2 Stunden")
  expect(relative("2026-01-01T12:00:00Z", "en", now)).toBe("now")
  expect(relative("2026-01-01T11:00:00Z", "ptBR", now)).toBe("há 1 hora")
})

it("lengths of time have at most two units", () => {
  expect(duration(42, "en")).toBe("42 sec")
  expect(duration(3720, "en")).toBe("1 hr 2 min")
})

it("a reason's code is told from its sentence", () => {
  expect(splitReason("not_unique: The handle is taken.")).toEqual({ code: "not_unique", text: "The handle is taken." })
  expect(splitReason("It is gone: really")).toEqual({ code: null, text: "It is gone: really" })
})

it.each([
  [null, null],
  ["", null],
  [false, "no"],
  [["a", "b"], "a\nb"],
  [{ a: 1 }, '{\n  "a": 1\n}'],
])("the value %j reads %j", (value, text) => expect(valueText(value, "yes", "no")).toBe(text))

describe("why a line of the journal is there", () => {
  const keys = (key: string, options: Record<string, unknown> = {}): string =>
    key.startsWith("names.") ? t(key, options) : `${key} ${String(options["fields"] ?? "")}`.trim()
  it.each([
    [null, null],
    ["by user_1", null],
    ["conflict: title, tags#a", "journal.why.conflict Title, Tags"],
    ["conflict: title; not in the mapping: x", "journal.why.conflict Title; journal.why.unmapped X"],
    [
      'conflict: "tags#a, b; c: d", title; not in the mapping: x',
      "journal.why.conflict Tags, Title; journal.why.unmapped X",
    ],
    ['conflict: "tags#a: b"', "journal.why.conflict Tags"],
    ["the value was kept by user_1", "journal.why.kept"],
    ["not_unique: It is taken; change it.", "It is taken; change it."],
  ])("%j reads %j", (reason, words) => expect(journalReason(reason, keys)).toBe(words))
})
