/** Between a field and one of its members. No field's name holds it, and any member may. */
const SEPARATOR = "#"

/** `tags#summer` is the member `summer` of `tags`; `title` is a field without members. What a member holds is its own. */
export function splitName(name: string): { field: string; member: string | null } {
  const at = name.indexOf(SEPARATOR)
  return at === -1 ? { field: name, member: null } : { field: name.slice(0, at), member: name.slice(at + 1) }
}

export const memberName = (field: string, member: string): string => field + SEPARATOR + member

/** The field that a member such as `tags#summer` belongs to, or the name itself. */
export const setOf = (name: string): string => splitName(name).field

export const isMember = (name: string): boolean => splitName(name).member !== null

/** What stands behind the field's name: `summer` of `tags#summer`. */
export const memberOf = (name: string): string => splitName(name).member ?? name

/** A name that could be taken for several, or for the end of what it stands in. */
const NEEDS_QUOTES = /[",;:\\\p{C}]|^\s|\s$|\.$|\.\s/u

/** Names in a sentence: `title, "tags#a, b"`. Read again by {@link splitOutsideQuotes} and {@link unquoted}. */
export const listed = (names: readonly string[]): string =>
  names.map((name) => (NEEDS_QUOTES.test(name) ? JSON.stringify(name) : name)).join(", ")

const QUOTED = /^"(?:[^"\\]|\\.)*"/s

/** Splits at a separator, such as `; `, wherever it does not stand between the quotes of a name. */
export function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts: string[] = []
  let from = 0
  let at = 0
  while (at < text.length) {
    // A quote opens a name only where one can begin: an inch of before is none.
    const quoted = at === 0 || /\s/.test(text.charAt(at - 1)) ? QUOTED.exec(text.slice(at)) : null
    if (quoted) at += quoted[0].length
    else if (text.startsWith(separator, at)) {
      parts.push(text.slice(from, at))
      at += separator.length
      from = at
    } else at += 1
  }
  return [...parts, text.slice(from)]
}

/** One of the {@link listed} names as it is. */
export function unquoted(name: string): string {
  if (QUOTED.exec(name)?.[0] !== name) return name
  try {
    return JSON.parse(name) as string
  } catch {
    return name
  }
}
