import type { TranslatedText } from "medusa-directus-core/host"

/** A row of a list, as an editor fills it in: the option's own title or value, and the text for it. */
export type Entry = Record<string, unknown>

/** What a list is about. */
export type Of = "option" | "value"

type OptionText = Exclude<TranslatedText, { of: "field" }>

// Half a surrogate pair is no text that a key can be made of.
const isWord = (value: unknown): value is string =>
  typeof value === "string" && value !== "" && !/\p{Surrogate}/u.test(value)

const isEntry = (value: unknown): value is Entry => typeof value === "object" && value !== null && !Array.isArray(value)

const entriesOf = (list: unknown): unknown[] => (Array.isArray(list) ? (list as unknown[]) : [])

/** What an entry names; `null` for one that is not filled in, or no entry at all. */
function named(of: Of, locale: string, entry: unknown): OptionText | null {
  if (!isEntry(entry)) return null
  const { option, name } = entry
  if (of === "option") return isWord(name) ? { of, locale, title: name } : null
  return isWord(option) && isWord(name) ? { of, locale, title: option, value: name } : null
}

const nameOf = (text: OptionText): string =>
  JSON.stringify(text.of === "option" ? [text.title] : [text.title, text.value])

/** The texts of a list; of two entries for one thing the first counts. */
export function optionTexts(of: Of, locale: string, list: unknown): [OptionText, string][] {
  const found = new Map<string, [OptionText, string]>()
  for (const entry of entriesOf(list)) {
    const text = named(of, locale, entry)
    const value = isEntry(entry) ? entry["value"] : null
    if (text && typeof value === "string" && !found.has(nameOf(text))) found.set(nameOf(text), [text, value])
  }
  return [...found.values()]
}

const OWN_KEYS: ReadonlySet<string> = new Set(["option", "name", "value"])

/**
 * The list with these texts, and nothing else changed: entries that are not filled in stay, and so does what else an
 * entry holds.
 *
 * @returns `null` when it holds them already.
 */
export function withOptionTexts(
  of: Of,
  locale: string,
  list: unknown,
  wanted: readonly [OptionText, string][],
): Entry[] | null {
  const left = new Map(wanted.map(([text, value]) => [nameOf(text), { text, value }]))
  const done = new Set<string>()
  let changed = false
  const kept = entriesOf(list).flatMap((entry): unknown[] => {
    const text = named(of, locale, entry)
    if (!text || !isEntry(entry)) return [entry]
    const name = nameOf(text)
    const value = left.get(name)?.value ?? null
    if (value === null) {
      // Nothing is left of a text that went, twins of its entry included.
      if (typeof entry["value"] !== "string") return [entry]
      changed = true
      return Object.keys(entry).every((key) => OWN_KEYS.has(key)) ? [] : [{ ...entry, value: null }]
    }
    if (done.has(name)) return [entry]
    done.add(name)
    if (entry["value"] === value) return [entry]
    changed = true
    return [{ ...entry, value }]
  })
  const added = [...left].flatMap(([name, { text, value }]): Entry[] =>
    done.has(name)
      ? []
      : [text.of === "option" ? { name: text.title, value } : { option: text.title, name: text.value, value }],
  )
  return changed || added.length > 0 ? ([...kept, ...added] as Entry[]) : null
}
