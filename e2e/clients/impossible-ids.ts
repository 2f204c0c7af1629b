/** Ids that no database keeps, as they stand in an address. Each is answered with 400, by whatever route. */
export const IMPOSSIBLE_IN_ADDRESS: Record<string, string> = {
  "a NUL": "%00",
  "a NUL between letters": "a%00b",
  "a NUL in two bytes": "%C0%80",
  "a byte that UTF-8 has not": "%ff",
  "half a character": "%ED%A0%80",
  "a character that is cut off": "%F0%9F%98",
  "a percent sign alone": "%",
  "an escape of JavaScript's": "%u0000",
  "10,000 characters": "x".repeat(10_000),
}

/** Texts of JSON that no database keeps, be they ids or values. */
export const IMPOSSIBLE_TEXTS: Record<string, string> = {
  "a NUL": "\0",
  "a NUL between letters": "a\0b",
  "half a character": "\ud800",
}

/** Ids of JSON. */
export const IMPOSSIBLE_IN_BODY: Record<string, string> = {
  ...IMPOSSIBLE_TEXTS,
  "10,000 characters": "x".repeat(10_000),
  "no character": "",
}

/** A record could be called so, and none is. */
export const UNKNOWN: Record<string, string> = {
  "a plain name": "nothing-here",
  "an emoji": "😀",
  "a way up": "../",
  "a way further up": "../../../etc/passwd",
  "a number": "-1",
  "a number that no column holds": "99999999999999999999",
  "an attempt at SQL": "' or '1'='1",
  "a name that objects have": "__proto__",
  "a space": " ",
  "what is no UTF-8, escaped once more": "%ff",
  "a NUL, escaped once more": "%00",
}
