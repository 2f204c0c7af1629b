const base = (locale: string): string => locale.split(/[-_]/)[0] ?? locale
const plain = (locale: string): string => locale.toLowerCase().replaceAll("_", "-")

/**
 * The locale of these in which a visitor is served: his own, or else the first in his language. A locale is whatever a
 * visitor sends; asked for as it came, each would cost Directus a question, and one that is malformed gets no answer.
 *
 * @param locales - those that have texts in Directus.
 */
export function makeLocaleOf(locales: readonly string[]): (wanted: unknown) => string | null {
  const exact = new Map(locales.map((locale) => [plain(locale), locale]))
  const byLanguage = new Map([...locales].reverse().map((locale) => [base(plain(locale)), locale]))
  return (wanted) => {
    if (typeof wanted !== "string") return null
    return exact.get(plain(wanted)) ?? byLanguage.get(base(plain(wanted))) ?? null
  }
}
