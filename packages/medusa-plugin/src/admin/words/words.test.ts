import { describe, expect, it } from "vitest"
import { de } from "../i18n/de"
import { en } from "../i18n/en"
import { fieldName, fieldNames } from "./field-name"
import { journalReason } from "./journal-reason"
import { duration, relative } from "./moment"
import type { RecordState } from "../../record-state"
import { noteText } from "./note-text"
import { splitReason } from "./reason"
import { valueText } from "./value-text"

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

describe("what keeps a record from being in sync", () => {
  const words = {
    t: (key: string, { defaultValue: _, ...named }: Record<string, unknown> = {}) =>
      [key, ...Object.values(named)].join(" "),
    when: (at: string | null) => String(at),
  }
  const pause = { code: "by_person", message: "", since: "noon" } as const
  const record = (pauses: Pick<NonNullable<RecordState["sides"]>, "pauses">["pauses"], more: object = {}) =>
    ({ conflicts: [], waiting: null, sides: { pauses }, ...more }) as unknown as RecordState
  const calm = record({ here: null, peer: null })
  const retry = { waiting: { for: "retry", since: null, next_try_at: "one" } }
  it.each([
    ["notes.part.stopped 3", { state: "stopped", cause: "part", count: 3 }, calm],
    ["notes.peer.conflict 1", { state: "conflict", cause: "peer", count: 1 }, calm],
    ["explain.left_alone 0", { state: "left_alone", cause: "record", count: 1 }, calm],
    ["explain.retry one", { state: "waiting", cause: "record", count: 1 }, record({ here: null, peer: null }, retry)],
    [
      "pauses.directus Ann noon",
      { state: "paused", cause: "peer_pause", count: 1 },
      record({ here: null, peer: { ...pause, by: "Ann" } }),
    ],
    [
      "pauses.medusa pauses.somebody noon",
      { state: "paused", cause: "pause", count: 1 },
      record({ here: pause, peer: null }),
    ],
    [
      "pauses.directus pauses.somebody noon",
      { state: "paused", cause: "pause", count: 1 },
      record({ here: { ...pause, code: "peer_paused" }, peer: null }),
    ],
    [
      "pauses.medusa pauses.theSync noon",
      { state: "paused", cause: "pause", count: 1 },
      record({ here: { ...pause, code: "mass_delete" }, peer: null }),
    ],
  ] as const)("%s", (said, note, of) => expect(noteText(note, of, words)).toBe(said))
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
