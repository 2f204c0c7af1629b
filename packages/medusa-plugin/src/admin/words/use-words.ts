import {
  explainCheck,
  explainProblem,
  languageOf,
  stateWords,
  type ProblemText,
  type Told,
} from "medusa-directus-core/operate"
import type { ConnectionCheck } from "medusa-directus-core/host"
import { useTranslation } from "react-i18next"
import { fieldName, fieldNames } from "./field-name"
import { journalReason } from "./journal-reason"
import { absolute, duration, number, relative } from "./moment"

/** The words of this plugin in the language of the dashboard. */
export function useWords() {
  const { t: translate, i18n } = useTranslation("directus")
  const t = (key: string, options: Record<string, unknown> = {}): string => translate(key, options)
  const { language } = i18n
  const when = (at: string | null): string => (at === null ? t("common.never") : relative(at, language))
  return {
    t,
    language,
    /** Radix draws from left to right unless it is told. */
    dir: i18n.dir(),
    when,
    states: stateWords("medusa", languageOf(language), when),
    exactly: (at: string): string => absolute(at, language),
    length: (seconds: number): string => duration(seconds, language),
    amount: (value: number): string => number(value, language),
    field: (name: string): string => fieldName(name, t),
    fields: (names: string[]): string => fieldNames(names, t),
    kind: (name: string, count = 1): string => t(`kinds.${name}`, { count, defaultValue: name }),
    why: (reason: string | null): string | null => journalReason(reason, t),
    explainCheck: (check: Pick<ConnectionCheck, "step" | "code">) =>
      explainCheck(check, "medusa", languageOf(language)),
    explain: (problem: Told): ProblemText => explainProblem(problem, "medusa", languageOf(language)),
    side: (name: string): string => t(`sides.${name}`, { defaultValue: name }),
  }
}
