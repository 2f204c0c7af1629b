import { hostName, otherSide, type Side } from "../document/value.ts"
import { fill, isWhole } from "./fill.ts"
import type { Language } from "./language.ts"
import { problemsDe, termsDe } from "./problem-words-de.ts"
import { problemsEn, termsEn } from "./problem-words-en.ts"
import { isKnown, severityOf, type Facts, type Problem, type ProblemCode } from "./problem.ts"

const WORDS = { en: problemsEn, de: problemsDe } as const
const TERMS = { en: termsEn, de: termsDe } as const

const RESUME: Record<Side, string> = { medusa: "POST /admin/directus/resume", directus: "POST /medusa-sync/resume" }

export interface ProblemText {
  title: string
  text: string
  /** What to do; empty = nothing has to be done. */
  fix: string
  /** What does it without a page; empty = nothing does. English. */
  command: string
}

/** What of a problem decides its words. One of an earlier version has a code and a message only, one of a later version any code. */
export type Told = { code: string } & Pick<Problem, "message"> & Partial<Pick<Problem, "variant" | "facts">>

/**
 * A problem in words for people.
 *
 * @param side - the host that has it.
 */
export function explainProblem({ code, message, variant, facts }: Told, side: Side, language: Language): ProblemText {
  const terms = TERMS[language]
  const peer = otherSide(side)
  const gaps: Facts = {
    host: hostName(side),
    peer: hostName(peer),
    address: terms.peerAddress[side],
    theirAddress: terms.peerAddress[peer],
    records: terms.records[side],
    page: terms.page[peer],
    resume: RESUME[side],
    message,
    ...facts,
  }
  const { variants, ...words } = WORDS[language][isKnown(code) ? code : "unknown"]
  const { title, text, fix, command = "" } = { ...words, ...(variant === undefined ? {} : variants?.[variant]) }
  // An earlier version tells no facts: its own message stands for a sentence that would have holes.
  const isTold = isWhole(`${title} ${text}`, gaps)
  const { unknown } = WORDS[language]
  return {
    title: fill(isTold ? title : unknown.title, gaps),
    text: fill(isTold ? text : unknown.text, gaps),
    fix: fill(fix, gaps),
    command: fill(command, gaps),
  }
}

export interface Found {
  since?: string | null
  variant?: string | undefined
  facts?: Facts
  /** Instead of the words, where something has said already what it is. */
  message?: string
  severity?: Problem["severity"]
}

/** A problem as its host tells it: its message is its words in English. */
export function problemOf(side: Side, code: ProblemCode, found: Found = {}): Problem {
  const { since = null, variant, facts = {}, severity = severityOf(code) } = found
  const told = { code, message: found.message ?? "", facts, ...(variant === undefined ? {} : { variant }) }
  const { title, text, fix, command } = explainProblem(told, side, "en")
  const when = since === null ? "" : ` (since ${since})`
  return {
    ...told,
    severity,
    message: found.message ?? `${title}${when}. ${text}`,
    fix: [fix, command && `${command}.`].filter(Boolean).join(" "),
    since,
  }
}

/** Pauses whose own message says what is wrong and not what to do. */
const UNSAID: ReadonlySet<string> = new Set(["epoch_mismatch", "wrong_receiver"])

/** One text, for a log line or an alert. */
export const alertText = ({ code, message, fix, severity }: Problem): string =>
  !fix || (severity === "stopped" && !UNSAID.has(code)) ? message : `${message} ${fix}`
