import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { parseJson } from "../src/wire/parse-json.ts"

/** JSON as it is written, key by key. */
type Written = string | number | boolean | null | Written[] | { pairs: [string, Written][] }

/** Few, so that they meet. */
const anyKey = fc.oneof(
  fc.constantFrom(
    "a",
    "b",
    "",
    "__proto__",
    "constructor",
    '"',
    "\\",
    '\\"',
    "a\\",
    "é",
    "e\u0301",
    "\ud800",
    ",",
    "{",
  ),
  fc.string({ unit: "binary", maxLength: 3 }),
)

const { written } = fc.letrec<{ written: Written }>((tie) => ({
  written: fc.oneof(
    { depthSize: "small" },
    fc.string({ unit: "binary" }),
    fc.constantFrom('"', "\\", '\\"', ',"a":1', "{", "}", "[", "]", ":"),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("written"), { maxLength: 4 }),
    fc.record({ pairs: fc.array(fc.tuple(anyKey, tie("written")), { maxLength: 5 }) }),
  ),
}))

/** @param random - decides on white space, and which characters are written by their numbers. */
function write(value: Written, random: () => number): string {
  const space = (): string => [" ", "\n", "\t\r", "", "", ""][Math.floor(random() * 6)] ?? ""
  const text = (plain: string): string => {
    const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`
    const units = plain.split("").map((unit) => (random() < 0.2 ? escaped(unit) : JSON.stringify(unit).slice(1, -1)))
    return `"${units.join("")}"`
  }
  const within = (open: string, parts: string[], close: string): string =>
    space() + open + space() + parts.join(`${space()},${space()}`) + space() + close + space()
  if (typeof value === "string") return space() + text(value) + space()
  if (Array.isArray(value))
    return within(
      "[",
      value.map((one) => write(one, random)),
      "]",
    )
  if (typeof value === "object" && value !== null)
    return within(
      "{",
      value.pairs.map(([key, of]) => `${text(key)}${space()}:${write(of, random)}`),
      "}",
    )
  return space() + JSON.stringify(value) + space()
}

const isDoubled = (value: Written): boolean => {
  if (Array.isArray(value)) return value.some(isDoubled)
  if (typeof value !== "object" || value === null) return false
  const keys = value.pairs.map(([key]) => key)
  return new Set(keys).size < keys.length || value.pairs.some(([, of]) => isDoubled(of))
}

/** As many keys as are written have to be there: in JSON that is right, a colon outside of a string follows a key. */
const isDoubledIn = (text: string, value: unknown): boolean => {
  const keysOf = (one: unknown): number =>
    typeof one !== "object" || one === null
      ? 0
      : (Array.isArray(one) ? 0 : Object.keys(one).length) +
        Object.values(one).reduce<number>((n, of) => n + keysOf(of), 0)
  return text.replace(/"(?:[^"\\]|\\.)*"/gs, "").split(":").length - 1 > keysOf(value)
}

const outcome = (read: () => unknown): unknown => {
  try {
    return { value: read() }
  } catch (error) {
    return { message: (error as Error).message }
  }
}
const parsed = (text: string) => outcome(() => parseJson(text, "It"))
const NOT_JSON = { message: "It is not JSON." }
const TWICE = { message: "It has a key twice in one object." }

describe("what was signed is read", () => {
  it("as JSON.parse reads it, unless a key stands twice in one object: as it was written", () => {
    const random = fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }))
    fc.assert(
      fc.property(written, random, (value, numbers) => {
        const text = write(value, () => numbers.next().value ?? 0)
        expect(parsed(text)).toEqual(isDoubled(value) ? TWICE : { value: JSON.parse(text) as unknown })
      }),
      { numRuns: 2_000 },
    )
  })

  it("as JSON.parse reads it, unless a key stands twice in one object: whatever stands there", () => {
    const piece = fc.constantFrom(
      ...'{}[]",:\\ \n1e-.tu0061ab',
      '"a":',
      '"b":1,',
      '{"a":{}}',
      "null",
      "true",
      "\\u0061",
    )
    const any = fc.oneof(
      fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join("")),
      fc.tuple(written, fc.nat(), fc.nat(3), piece).map(([value, at, gone, put]) => {
        const text = write(value, () => 0.5)
        return text.slice(0, at % (text.length + 1)) + put + text.slice((at % (text.length + 1)) + gone)
      }),
    )
    fc.assert(
      fc.property(any, (text) => {
        const plain = outcome(() => JSON.parse(text) as unknown) as { value?: unknown; message?: string }
        const right = isDoubledIn(text, plain.value) ? TWICE : plain
        expect(parsed(text)).toEqual(plain.message === undefined ? right : NOT_JSON)
      }),
      { numRuns: 5_000 },
    )
  })

  it.each([
    ['{"records":[],"records":[]}'],
    ['{"a":1,"\\u0061":2}'],
    ['{"a\\n":1,"a\\u000a":2}'],
    ['{"\\"":1,"\\u0022":2}'],
    ['{"\\\\":1,"\\\\":2}'],
    ['{"":1,"":2}'],
    ['{"__proto__":1,"__proto__":2}'],
    ['[{"a":{"b":[{"c":1},{"c":1,"d":[],"c":{}}]}}]'],
    ['{"a":{"b":1},"c":[{"a":1}],"a":{"b":1}}'],
    ['{ "a" : "," , "b" : "\\\\" , "a" : 1 }'],
  ])("not, where a key stands twice: %s", (text) => expect(parsed(text)).toEqual(TWICE))

  it.each([
    ['{"a":{"a":{"a":1}},"b":["a","a"],"c":"\\"a\\":1,\\"a\\":2"}'],
    ['[{"a":1},{"a":2}]'],
    ['{"a":"a","b":"b","A":1}'],
    ['{"é":1,"e\u0301":2}'],
    ['{"a":"\\\\","b":"\\\\\\"","c":1}'],
    ['["a","a",{"a":[]},"a"]'],
    ['"a"'],
    [" 1 "],
  ])("where each key stands once: %s", (text) => expect(parsed(text)).toEqual({ value: JSON.parse(text) as unknown }))

  it("nested without end", () => {
    const nested = `${'{"a":['.repeat(50_000)}1${"]}".repeat(50_000)}`
    expect(parsed(nested)).not.toHaveProperty("message")
    expect(parsed(nested.replace("1", '{"b":1,"b":1}'))).toEqual(TWICE)
  })
})
