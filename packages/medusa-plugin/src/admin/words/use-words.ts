import { useTranslation } from "react-i18next"
import { fieldName, fieldNames } from "./field-name"
import { journalReason } from "./journal-reason"
import { absolute, duration, number, relative } from "./moment"

/** The words of this plugin in the language of the dashboard. */
export function useWords() {
  const { t: translate, i18n } = useTranslation("directus")
  const t = (key: string, options: Record<string, unknown> = {}): string => translate(key, options)
  const { language } = i18n
  return {
    t,
    language,
    /** Radix draws from left to right unless it is told. */
    dir: i18n.dir(),
    when: (at: string | null): string => (at === null ? t("common.never") : relative(at, language)),
    exactly: (at: string): string => absolute(at, language),
    length: (seconds: number): string => duration(seconds, language),
    amount: (value: number): string => number(value, language),
    field: (name: string): string => fieldName(name, t),
    fields: (names: string[]): string => fieldNames(names, t),
    kind: (name: string, count = 1): string => t(`kinds.${name}`, { count, defaultValue: name }),
    why: (reason: string | null): string | null => journalReason(reason, t),
    side: (name: string): string => t(`sides.${name}`, { defaultValue: name }),
  }
}
