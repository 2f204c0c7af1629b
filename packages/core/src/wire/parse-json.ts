import { SyncError } from "../errors.ts"

/** The keys of an object that is open: most have few, and a set for each would be what a hostile text costs most. */
type Keys = { first: string | null; others: Set<string> | null }

const [QUOTE, COMMA, OPEN_LIST, BACKSLASH, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [
  0x22, 0x2c, 0x5b, 0x5c, 0x5d, 0x7b, 0x7d,
]

/**
 * Reads what was signed. Of a key that stands twice in one object `JSON.parse` keeps the last and other parsers the first, so
 * that two who have verified one text would not have read the same.
 *
 * @param what - the subject of what is said, such as "The body".
 * @throws SyncError `invalid_message`; the text holds nothing of what was read.
 */
export function parseJson(text: string, what: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new SyncError("invalid_message", `${what} is not JSON.`)
  }
  if (hasDoubledKey(text)) throw new SyncError("invalid_message", `${what} has a key twice in one object.`)
  return value
}

/** @param json - a text that `JSON.parse` takes: what stands where is looked at no more. */
function hasDoubledKey(json: string): boolean {
  const around: (Keys | null)[] = []
  /** `null` in a list. */
  let keys: Keys | null = null
  let isKeyNext = false
  for (let at = 0; at < json.length; at++) {
    switch (json.charCodeAt(at)) {
      case OPEN_OBJECT:
        around.push(keys)
        keys = { first: null, others: null }
        isKeyNext = true
        break
      case OPEN_LIST:
        around.push(keys)
        keys = null
        isKeyNext = false
        break
      case CLOSE_OBJECT:
      case CLOSE_LIST:
        keys = around.pop() ?? null
        isKeyNext = false
        break
      case COMMA:
        isKeyNext = keys !== null
        break
      case QUOTE: {
        const end = endOfString(json, at)
        if (isKeyNext && keys && !isAdded(keys, json.slice(at + 1, end))) return true
        isKeyNext = false
        at = end
        break
      }
    }
  }
  return false
}

/** Where the string ends that begins at a quote: at the next one that an even number of backslashes precedes. */
function endOfString(json: string, from: number): number {
  for (let end = json.indexOf('"', from + 1); ; end = json.indexOf('"', end + 1)) {
    let before = end - 1
    while (json.charCodeAt(before) === BACKSLASH) before--
    if ((end - before) % 2 === 1) return end
  }
}

/** @param raw - as it stands in the text: `a` may be written `\u0061`. */
function isAdded(keys: Keys, raw: string): boolean {
  const key = raw.includes("\\") ? (JSON.parse(`"${raw}"`) as string) : raw
  if (keys.first === null) {
    keys.first = key
    return true
  }
  keys.others ??= new Set()
  if (keys.first === key || keys.others.has(key)) return false
  keys.others.add(key)
  return true
}
