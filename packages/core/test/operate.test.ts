import { describe, expect, it } from "vitest"
import { STATE_NAMES, SAYS } from "../src/operate/states.ts"
import { explainProblem, problemOf } from "../src/operate/explain-problem.ts"
import { stateWords, TONES, type SeenState } from "../src/operate/explain-state.ts"
import { languageOf } from "../src/operate/language.ts"
import { problemsDe, termsDe } from "../src/operate/problem-words-de.ts"
import { problemsEn, termsEn } from "../src/operate/problem-words-en.ts"
import type { ProblemWords } from "../src/operate/problem-words.ts"
import { statesDe } from "../src/operate/state-words-de.ts"
import { statesEn } from "../src/operate/state-words-en.ts"
import { actionsOf, isKnown, PROBLEMS, RESUME_BODIES, severityOf, type KnownProblem } from "../src/operate/problem.ts"

const SIDES = ["medusa", "directus"] as const
const LANGUAGES = ["en", "de"] as const
const codes = Object.keys(PROBLEMS) as KnownProblem[]

/** All that a problem's sentences can ask for. */
const FACTS = {
  count: 3,
  there: 2,
  seconds: 90,
  by: "Edith",
  cause: "mass_delete",
  fields: "seo",
  where: "3 (de)",
  at: "cms",
}
const gaps = (words: object): string[] =>
  [...JSON.stringify(words).matchAll(/\{\{(\w+)\}\}/g)].flatMap(([, name = ""]) => name).sort()

function cases(code: KnownProblem): (string | undefined)[] {
  const { variants }: ProblemWords = problemsEn[code]
  return [undefined, ...Object.keys(variants ?? {})]
}

describe.each(codes)("the problem %s", (code) => {
  it.each(LANGUAGES)(
    "has a title, a text and something to do in %s, on both hosts and in each of its cases",
    (language) => {
      for (const side of SIDES)
        for (const variant of cases(code)) {
          const told = { code, message: "It is so.", facts: FACTS, ...(variant === undefined ? {} : { variant }) }
          const { title, text, fix } = explainProblem(told, side, language)
          for (const sentence of [title, text, fix]) {
            expect(sentence).not.toBe("")
            expect(sentence).not.toMatch(/\{\{|undefined|null/)
          }
          expect(title).not.toMatch(/[.!]$/)
          expect(`${text} ${fix}`).toMatch(/\.$/)
        }
    },
  )

  it("says the same in both languages: the same cases, with the same facts", () => {
    const { variants: en = {} }: ProblemWords = problemsEn[code]
    const { variants: de = {} }: ProblemWords = problemsDe[code]
    expect(Object.keys(de)).toEqual(Object.keys(en))
    const facts = (words: object) => [...new Set(gaps(words).filter((name) => Object.hasOwn(FACTS, name)))]
    expect(facts(problemsDe[code])).toEqual(facts(problemsEn[code]))
  })
})

describe("a problem", () => {
  it("of a version that tells no facts is told in its own words where a sentence would have holes", () => {
    const older = { code: "quarantined", message: "3 records are stopped." } as const
    expect(explainProblem(older, "medusa", "de")).toMatchObject({
      title: "Etwas braucht Ihre Aufmerksamkeit",
      text: "3 records are stopped.",
      fix: problemsDe.quarantined.fix,
    })
    expect(explainProblem({ code: "unauthorized", message: "…" }, "medusa", "en").title).toBe("The secrets differ")
  })

  it("of a later version, or one that has no words, is told as it tells itself", () => {
    for (const code of ["of_a_later_version", "constructor", "toString"]) {
      expect(explainProblem({ code, message: "Something new." }, "directus", "en")).toEqual({
        title: "Something needs your attention",
        text: "Something new.",
        fix: "",
        command: "",
      })
      expect(isKnown(code)).toBe(false)
      expect(severityOf(code)).toBe("problem")
      expect(actionsOf(code)).toEqual([])
    }
  })

  it("fills no gap that its facts bring in", () => {
    const facts = { by: "{{peer}} {{constructor}}" }
    expect(explainProblem({ code: "by_person", message: "", variant: "by", facts }, "medusa", "en").title).toBe(
      "{{peer}} {{constructor}} has paused the sync",
    )
  })

  it("says in its fix which request does it, where one does", () => {
    expect(problemOf("directus", "mass_delete", { message: "Many." }).fix).toMatch(
      /POST \/medusa-sync\/resume with \{"acceptDeletes": true\}, or with \{\}\.$/,
    )
    expect(problemOf("medusa", "sync_off", { message: "No secret." })).toEqual({
      code: "sync_off",
      severity: "stopped",
      message: "No secret.",
      fix: "Fix that, then restart Medusa.",
      facts: {},
      since: null,
    })
  })

  it("that one can press on sends what resume takes, and what needs an answer offers it", () => {
    expect(Object.keys(RESUME_BODIES).sort()).toEqual(["accept_database", "accept_deletes", "moved", "resume"])
    const answers = Object.keys(RESUME_BODIES)
    const offered = (code: string) => actionsOf(code).filter((action) => answers.includes(action))
    for (const code of ["by_person", "epoch_mismatch", "database_moved", "mass_delete", "mass_change"])
      expect([code, offered(code).length > 0]).toEqual([code, true])
  })
})

describe("what keeps a record from being in sync", () => {
  const { note } = stateWords("medusa", "en", String)
  const calm: SeenState = {
    ...{ waitsFor: null, needs: null, retryAt: null, conflicts: 2 },
    pauses: { here: null, peer: null },
  }
  const pause = { code: "by_person", message: "", since: "noon" } as const
  const here = (more: object): SeenState => ({ ...calm, pauses: { here: { ...pause, ...more }, peer: null } })
  it.each([
    ["3 variants or images are stopped.", { state: "stopped", cause: "part", count: 3 }, calm],
    ["1 variant or image was left alone in Directus.", { state: "partly", cause: "peer_part", count: 1 }, calm],
    ["A conflict waits for a decision in Directus.", { state: "conflict", cause: "peer", count: 1 }, calm],
    [
      "Both sides changed 2 fields. One value of each is in use, the others are kept for you.",
      { state: "conflict", cause: "record", count: 1 },
      calm,
    ],
    [
      "Directus refused a change. It is retried one.",
      { state: "waiting", cause: "record", count: 1 },
      { ...calm, waitsFor: "retry", retryAt: "one" },
    ],
    [
      "It waits for “Season”, which was left alone. Take that one up again, or refer to another one.",
      { state: "stopped", cause: "record", count: 1 },
      { ...calm, waitsFor: "other_record", needs: { state: "left_alone", title: "Season" } },
    ],
    [
      "It waits for “Season”, which Directus does not have. Press Sync now there, or refer to another one.",
      { state: "waiting", cause: "record", count: 1 },
      { ...calm, waitsFor: "retry", needs: { state: "waiting", title: "Season" } },
    ],
    [
      "It waits for another record that Directus does not have, and nothing sends that one. Send it, or refer to another one.",
      { state: "stopped", cause: "record", count: 1 },
      { ...calm, waitsFor: "other_record" },
    ],
    [
      "1 variant or image is stopped.",
      { state: "stopped", cause: "part", count: 1 },
      { ...calm, waitsFor: "other_record" },
    ],
    ["A change is on its way.", { state: "waiting", cause: "record", count: 1 }, calm],
    [
      "Directus does not say whether something waits there.",
      { state: "unconfirmed", cause: "peer_silent", count: 1 },
      calm,
    ],
    [
      "Directus does not say whether something waits there.",
      { state: "unconfirmed", cause: "peer_part", count: 2 },
      calm,
    ],
    [
      "Paused in Directus by Ann, noon. Its changes come here when it is resumed there.",
      { state: "paused", cause: "peer_pause", count: 1 },
      { ...calm, pauses: { here: null, peer: { ...pause, by: "Ann" } } },
    ],
    ["Paused here by somebody, noon.", { state: "paused", cause: "pause", count: 1 }, here({})],
    [
      "Paused in Directus by somebody, noon. Its changes come here when it is resumed there.",
      { state: "paused", cause: "pause", count: 1 },
      here({ code: "peer_paused" }),
    ],
    [
      "Paused here by the sync itself, noon.",
      { state: "paused", cause: "pause", count: 1 },
      here({ code: "mass_delete" }),
    ],
  ] as const)("%s", (said, told, seen) => expect(note(told, seen)).toBe(said))
})

describe.each(SIDES)("on the pages of %s", (side) => {
  it.each(LANGUAGES)("each state has a word, and each thing that can be told of it a sentence, in %s", (language) => {
    const words = stateWords(side, language, () => "soon")
    const pauses = { here: null, peer: null }
    const sentences = [words.record("new"), words.lost("title")]
    for (const state of Object.keys(TONES) as (keyof typeof TONES)[]) {
      expect(words.label(state)).toMatch(/^\S.*[^.]$/)
      sentences.push(words.record(state), words.record(state, 2))
    }
    for (const cause of ["record", "part", "peer", "peer_part"] as const)
      for (const name of STATE_NAMES)
        for (const count of [1, 2])
          for (const waitsFor of [null, "soon", "pause", "peer_away", "retry", "other_record", "new_place"] as const)
            for (const needs of [null, ...STATE_NAMES.map((state) => ({ state, title: "Season" }))])
              sentences.push(
                words.note(
                  { state: SAYS[cause][name], cause, count },
                  { waitsFor, needs, retryAt: null, conflicts: count, pauses },
                ),
              )
    for (const sentence of sentences) {
      expect(sentence).toMatch(/^\S.*\.$/)
      expect(sentence).not.toMatch(/\{\{|undefined|null/)
    }
  })

  it("no two states have one word", () => {
    for (const language of LANGUAGES) {
      const { label } = stateWords(side, language, String)
      const labels = (Object.keys(TONES) as (keyof typeof TONES)[]).map(label)
      expect(new Set(labels).size).toBe(labels.length)
    }
  })
})

it("both languages tell the same of a state, with the same facts", () => {
  const shape = (words: object): object =>
    Object.fromEntries(
      Object.entries(words).map(([key, value]: [string, unknown]) => [
        key,
        typeof value === "string" || Array.isArray(value) ? [...new Set(gaps({ value }))] : shape(value as object),
      ]),
    )
  expect(shape(statesDe.waiting)).toEqual(shape(statesEn.waiting))
  for (const part of ["labels", "part", "peer", "peer_part", "pauses"] as const)
    expect(shape(statesDe[part])).toEqual(shape(statesEn[part]))
  expect(Object.keys(statesDe.record).sort()).toEqual(Object.keys(statesEn.record).sort())
})

it("the terms of both languages are of the same things", () => {
  expect(Object.keys(termsDe)).toEqual(Object.keys(termsEn))
})

it.each([
  ["de", "de"],
  ["de-AT", "de"],
  ["DE", "de"],
  ["den", "en"],
  ["en-US", "en"],
  ["fr", "en"],
  ["", "en"],
])("of the tag %j people read %s", (tag, language) => expect(languageOf(tag)).toBe(language))
