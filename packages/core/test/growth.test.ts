import { describe, expect, it } from "vitest"
import { codecs } from "../src/document/codecs.ts"
import { fingerprint } from "../src/document/fingerprint.ts"
import { canonicalJson, type CanonicalValue, type Document } from "../src/document/value.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { fromDocument, toDocument } from "../src/mapping/mapper.ts"
import { parseTextKey, textKey } from "../src/mapping/translations.ts"
import { parseJson } from "../src/wire/parse-json.ts"

const SMALL = 250
const DOUBLINGS = 5
/** Between linear, 2, and quadratic, 4. */
const LINEAR = 3
/** Milliseconds; less than any work, and more than nothing, of which nothing can be told. */
const SHORTEST = 1e-6

/**
 * Milliseconds of one run, the least of some: what else the machine does only adds to it, and not to each. The clock on the
 * wall, since some kernels count a process's own time in steps of ten milliseconds.
 */
function leastWork(run: () => unknown): number {
  const once = (runs: number): number => {
    const before = performance.now()
    for (let i = 0; i < runs; i++) run()
    return (performance.now() - before) / runs
  }
  const first = once(1)
  // As many as can be told, when one is too short for that.
  const runs = Math.ceil(0.5 / Math.max(first, 0.001))
  return Math.max(Math.min(first, once(runs), once(runs), once(runs)), SHORTEST)
}

/**
 * How many times as much work it is when the input is twice as long: the median of some doublings, since one of them may
 * leave a cache of the machine or of the language behind.
 */
function growth<T>(make: (length: number) => T, work: (input: T) => unknown, small = SMALL): number {
  const amounts = Array.from({ length: DOUBLINGS + 1 }, (_, i) => {
    const input = make(small * 2 ** i)
    return leastWork(() => work(input))
  })
  const ratios = amounts.slice(1).map((amount, i) => amount / (amounts[i] ?? amount))
  return ratios.sort((a, b) => a - b)[(DOUBLINGS - 1) / 2] ?? Infinity
}

const range = <T>(length: number, at: (i: number) => T): T[] => Array.from({ length }, (_, i) => at(i))
const nested = (length: number, around: (inner: unknown) => unknown): unknown => {
  let value: unknown = 1
  for (let i = 0; i < length; i++) value = around(value)
  return value
}

/** What somebody may have put into a text, a list or a JSON field. */
const INPUTS: Record<string, (length: number) => unknown> = {
  zeros: (length) => "0".repeat(length),
  "zeros before a digit": (length) => `${"0".repeat(length)}1`,
  "zeros behind the point, before a digit": (length) => `0.${"0".repeat(length)}1`,
  "pairs of zeros and ones": (length) => `.${"001".repeat(length / 3)}`,
  "zeros before what is no digit": (length) => `${"0".repeat(length)}x`,
  "many digits and an exponent": (length) => `${"9".repeat(length)}e-999`,
  "points, signs and exponents": (length) => "-.e+".repeat(length / 4),
  "white space": (length) => " ".repeat(length),
  "white space between digits": (length) => `1${" ".repeat(length)}1`,
  "what begins a date": (length) => `2026-01-01T${"0".repeat(length)}`,
  parentheses: (length) => "(".repeat(length),
  "backslashes and quotes": (length) => '\\"'.repeat(length / 2),
  "half characters": (length) => "\ud800".repeat(length),
  "signs of members and of escapes": (length) => "#%/".repeat(length / 3),
  "a list of one number": (length) => range(length, () => 1),
  "a list of numbers, backwards": (length) => range(length, (i) => length - i),
  "a list of texts with one beginning": (length) => range(length / 64, (i) => "x".repeat(60) + String(i)),
  "a list of names and values": (length) => range(length / 8, (i) => ({ name: `n${String(i)}`, value: "0" })),
  "a list of one name": (length) => range(length / 8, (i) => ({ name: "n", value: i })),
  "an object of many keys": (length) => Object.fromEntries(range(length / 8, (i) => [`k${String(length - i)}`, "0"])),
  "an object of numbers as keys": (length) => Object.fromEntries(range(length / 8, (i) => [String(i * 7919), 0])),
}

/** Five doublings are well within what `JSON.stringify` can do. */
const SHALLOW = 32
const NESTED: Record<string, (length: number) => unknown> = {
  "lists in lists": (length) => nested(length, (inner) => [inner]),
  "long texts around each other": (length) => nested(length, (inner) => ["x".repeat(200), inner]),
  "objects in objects": (length) => nested(length, (inner) => ({ a: inner })),
  "long names in each other": (length) => nested(length, (inner) => ({ [`${"k".repeat(200)}`]: inner })),
}

const inputs = [
  ...Object.entries(INPUTS).map(([name, make]) => ({ name, make, small: SMALL })),
  ...Object.entries(NESTED).map(([name, make]) => ({ name, make, small: SHALLOW })),
]

/** Quadratic work is so each time; what looks like it only once was something else. */
function expectLinear<T>(make: (length: number) => T, work: (input: T) => unknown, small = SMALL): void {
  const found: number[] = []
  while (found.length < 4 && !found.some((each) => each < LINEAR)) found.push(growth(make, work, small))
  expect(Math.min(...found)).toBeLessThan(LINEAR)
}

it("the measure tells linear work from quadratic", () => {
  const text = (length: number) => `${"0".repeat(length)}1`
  expectLinear(text, (zeros) => [...zeros].join())
  expect(growth(text, (zeros) => zeros.replace(/0+$/, ""))).toBeGreaterThan(LINEAR)
})

/** `integer` is `decimal`, and so on. */
const different = Object.values(codecs).filter(
  ({ decode }, i, all) => all.findIndex((each) => each.decode === decode) === i,
)

describe.each(different)("the codec of $type does work in proportion to", ({ decode, encode }) => {
  it.each(inputs)("$name", ({ make, small }) => {
    expectLinear(make, decode, small)
    expectLinear((length) => decode(make(length)), encode, small)
  })
})

describe("every mapper does work in proportion to", () => {
  const { entities } = resolveConfig({
    product: { metadata: { care: "care_text", eco: { type: "json" } } },
    type: true,
    tag: true,
    translations: { locales: { "de-DE": "de" } },
  })
  const mappers = [...entities.values()].flatMap((entity) =>
    (["medusa", "directus"] as const).map((side) => ({
      // A path such as `metadata.care` leads into an object.
      columns: [...entity.fields.values()].flatMap((field) => field[side]?.split(".")[0] ?? []),
      toDocument: (row: Record<string, unknown>) => toDocument(entity, side, row),
      fromDocument: (document: Document) => fromDocument(entity, side, document, document),
    })),
  )

  it.each(inputs)("$name in all fields of a record", ({ make, small }) => {
    const rows = (length: number) => {
      const value = make(length)
      return mappers.map(({ columns }) => Object.fromEntries(columns.map((column) => [column, value])))
    }
    const read = (given: ReturnType<typeof rows>) => mappers.map((mapper, i) => mapper.toDocument(given[i] ?? {}))
    const written = (given: Document[]) => mappers.map((mapper, i) => mapper.fromDocument(given[i] ?? {}))
    expectLinear(rows, read, small / 2)
    expectLinear((length) => read(rows(length)), written, small / 2)
  })
})

describe("what is made of a value is work in proportion to", () => {
  const json = (make: (length: number) => unknown) => (length: number) =>
    JSON.parse(JSON.stringify(make(length))) as CanonicalValue

  it.each(inputs)("$name: canonical JSON, fingerprint, and reading it from a message", ({ make, small }) => {
    expectLinear(json(make), canonicalJson, small)
    expectLinear(json(make), fingerprint, small)
    expectLinear(
      (length) => JSON.stringify(make(length)),
      (text) => parseJson(text, "It"),
      small,
    )
  })

  it("the keys of a text", () => {
    const translates = { locales: { "de-DE": "de" }, fields: ["title"], options: true, languages: "languages" }
    const key = (length: number) =>
      textKey({ of: "value", locale: "de-DE", title: "%/".repeat(length), value: "/".repeat(length) })
    expectLinear((length) => length, key)
    expectLinear(key, (text) => parseTextKey(translates, text))
    expectLinear(
      (length) => `de-DE/options${"/".repeat(length)}`,
      (text) => parseTextKey(translates, text),
    )
  })
})
