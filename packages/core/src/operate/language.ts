export type Language = "en" | "de"

/** @param tag - of a browser or an admin, such as `de-AT`. @returns the language that there are words in; English for all others. */
export const languageOf = (tag: string): Language => (/^de\b/i.test(tag) ? "de" : "en")
