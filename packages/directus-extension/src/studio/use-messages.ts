import {
  explainProblem,
  languageOf,
  stateWords,
  type ProblemText,
  type StatesInWords,
  type Told,
} from "medusa-directus-core/operate"
import { useI18n } from "vue-i18n"
import { de } from "./messages/de"
import { en, type MessageKey } from "./messages/en"
import { timeText } from "./time-text"

export interface Messages {
  t(key: MessageKey, named?: Record<string, unknown>): string
  /** The form for `n`, which stands in the text as it is written in the language. */
  plural(key: MessageKey, n: number): string
  number(n: number): string
  /** A time ago, in words. */
  ago(iso: string | null): string
  at(iso: string): string
  /** What a problem is and what to do, in the language of the user. */
  problem(problem: Told): ProblemText
  /** The words of an item's states, in the language of the user. */
  states(): StatesInWords
  language(): string
}

const SPACE = "medusa_sync"
const GERMAN = ["de-DE", "de-CH", "de-AT"]
let merged = false

/** The texts of this extension, among the Studio's own. Where a language has none, English stands in. */
export function useMessages(): Messages {
  const { t: translate, locale, mergeLocaleMessage } = useI18n({ useScope: "global" })
  if (!merged) {
    // The Studio falls back to en-US.
    mergeLocaleMessage("en-US", { [SPACE]: en })
    for (const language of GERMAN) mergeLocaleMessage(language, { [SPACE]: de })
    merged = true
  }
  const language = (): string => locale.value
  const number = (n: number): string => new Intl.NumberFormat(language()).format(n)
  const t: Messages["t"] = (key, named = {}) => translate(`${SPACE}.${key}`, named)
  const ago = (iso: string | null): string => (iso === null ? t("never") : timeText(iso, Date.now(), language()))
  return {
    t,
    ago,
    states: () => stateWords("directus", languageOf(language()), ago),
    number,
    language,
    plural: (key, n) => translate(`${SPACE}.${key}`, { n: number(n) }, n),
    at: (iso) => new Intl.DateTimeFormat(language(), { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso)),
    problem: (problem) => explainProblem(problem, "directus", languageOf(language())),
  }
}
