import { hostName, otherSide, type Side } from "../document/value.ts"
import type { ConnectionCheck, ConnectionStep } from "./check-steps.ts"
import { explainProblem } from "./explain-problem.ts"
import { fill } from "./fill.ts"
import type { Language } from "./language.ts"
import { isKnown, type KnownProblem } from "./problem.ts"

const STEPS: Record<Language, Record<ConnectionStep, string>> = {
  en: {
    reach: "{{peer}} answers",
    trust: "Both have the same secret",
    understood: "Both understand each other's messages",
    running: "Neither side is paused",
    database: "{{peer}} has the same database as before",
    mapping: "Both have the same mapping",
    heard: "{{peer}} reaches {{host}}",
    clocks: "The clocks agree",
  },
  de: {
    reach: "{{peer}} antwortet",
    trust: "Beide haben dasselbe Geheimnis",
    understood: "Beide verstehen die Nachrichten des anderen",
    running: "Keine Seite ist pausiert",
    database: "{{peer}} hat dieselbe Datenbank wie vorher",
    mapping: "Beide haben dieselbe Zuordnung",
    heard: "{{peer}} erreicht {{host}}",
    clocks: "Die Uhren stimmen überein",
  },
}

const UNDERSTOOD: Record<Language, string> = {
  en: "Update both halves of the sync to the same version. If they are, {{peer}}'s log says more.",
  de: "Bringen Sie beide Hälften der Synchronisierung auf dieselbe Version. Sind sie es schon, sagt das Log von {{peer}} mehr.",
}

/** What each step fails of, where the answer does not say it more exactly. */
const FAILS: Record<Exclude<ConnectionStep, "understood">, KnownProblem> = {
  reach: "peer_unreachable",
  trust: "unauthorized",
  running: "peer_paused",
  database: "epoch_mismatch",
  mapping: "config_mismatch",
  heard: "peer_not_heard",
  clocks: "clock_skew",
}

/**
 * A step of a connection check in words.
 *
 * @param side - the host that checks.
 * @returns what is asked, and what to do where the answer is no.
 */
export function explainCheck(
  { step, code }: Pick<ConnectionCheck, "step" | "code">,
  side: Side,
  language: Language,
): { title: string; fix: string } {
  const names = { host: hostName(side), peer: hostName(otherSide(side)) }
  const problem = code !== null && isKnown(code) ? code : step === "understood" ? null : FAILS[step]
  return {
    title: fill(STEPS[language][step], names),
    fix:
      problem === null
        ? fill(UNDERSTOOD[language], names)
        : explainProblem({ code: problem, message: "" }, side, language).fix,
  }
}
