import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { readOptions } from "../src/options"

const SECRET = "9b1c07e4d35fa82660e1b7c94f2d8a35"
const KEY = "sk_4fd1c0a9b8e7265370f1e2d3c4b5a697"
const folder = mkdtempSync(join(tmpdir(), "medusa-sync-options-"))
afterAll(() => rmSync(folder, { recursive: true }))

const file = (name: string, content: string): string => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

describe("the extension's variables", () => {
  it("a secret is all that must be set", () => {
    const options = readOptions({ MEDUSA_SYNC_SECRET: SECRET, PUBLIC_URL: "https://cms.example.com/" })
    expect(options).toMatchObject({
      enabled: true,
      poll: 5000,
      problems: [],
      instance: "cms.example.com",
      publicUrl: "https://cms.example.com",
    })
    expect(options.connection).toMatchObject({ secrets: [SECRET], apiKey: null })
    expect(options.connection?.url.href).toBe("http://localhost:9000/")
    expect([...(options.config?.entities.keys() ?? [])]).toEqual([
      "collection",
      "category",
      "product",
      "image",
      "variant",
    ])
  })

  it("a public address that is no address does not matter", () => {
    expect(readOptions({ MEDUSA_SYNC_SECRET: SECRET, PUBLIC_URL: "/" })).toMatchObject({
      instance: "directus",
      publicUrl: "http://localhost:8055",
      problems: [],
    })
    expect(readOptions({ MEDUSA_SYNC_SECRET: SECRET, PUBLIC_URL: "/", PORT: 9055 }).publicUrl).toBe(
      "http://localhost:9055",
    )
  })

  it("a Medusa secret API key signs when there is no other secret", () => {
    expect(readOptions({ MEDUSA_SECRET_API: KEY }).connection).toMatchObject({ secrets: [KEY], apiKey: KEY })
    expect(readOptions({ MEDUSA_SECRET_API: KEY, MEDUSA_SYNC_SECRET: SECRET }).connection).toMatchObject({
      secrets: [SECRET],
      apiKey: null,
    })
  })

  it.each([
    ["text", SECRET, [SECRET]],
    ["digits, which Directus casts to a number", 4817305926481537, ["4817305926481537"]],
    ["a list, which Directus casts to an array", [SECRET, KEY], [SECRET, KEY]],
    ["a list behind the prefix string:", `${SECRET}, ${KEY}`, [SECRET, KEY]],
    ["a list with a number in it", [SECRET, 4817305926481537], [SECRET, "4817305926481537"]],
  ])("a secret may be %s", (_, value, secrets) => {
    expect(readOptions({ MEDUSA_SYNC_SECRET: value })).toMatchObject({ problems: [], connection: { secrets } })
  })

  it.each([
    ["no secret", {}, /^MEDUSA_SYNC_SECRET is missing.*sk_/],
    ["an empty secret", { MEDUSA_SYNC_SECRET: "" }, /^MEDUSA_SYNC_SECRET is missing/],
    ["a short secret", { MEDUSA_SYNC_SECRET: "secret" }, /^MEDUSA_SYNC_SECRET must be at least 16/],
    ["one short secret of several", { MEDUSA_SYNC_SECRET: [SECRET, "b"] }, /^MEDUSA_SYNC_SECRET must be at least 16/],
    [
      "a secret that can be guessed",
      { MEDUSA_SYNC_SECRET: "a".repeat(16) },
      /^MEDUSA_SYNC_SECRET can be .*randomBytes/,
    ],
    [
      "a number that can be guessed",
      { MEDUSA_SYNC_SECRET: 1234567890123456 },
      /^MEDUSA_SYNC_SECRET can be .*randomBytes/,
    ],
    ["one of several that can be", { MEDUSA_SYNC_SECRET: [SECRET, "passwordpassword"] }, /^MEDUSA_SYNC_SECRET can be /],
    [
      "a key that can be guessed",
      { MEDUSA_SECRET_API: `sk_${"a".repeat(30)}` },
      /^MEDUSA_SECRET_API can be .*Secret API/,
    ],
    ["a secret that is JSON", { MEDUSA_SYNC_SECRET: { a: 1 } }, /^MEDUSA_SYNC_SECRET .*MEDUSA_SYNC_SECRET=string:/],
    ["a fraction", { MEDUSA_SYNC_SECRET: 1.5 }, /^MEDUSA_SYNC_SECRET .*string:/],
    ["a publishable key", { MEDUSA_SECRET_API: "pk_0123456789abcdef" }, /^MEDUSA_SECRET_API .*sk_/],
    [
      "no protocol",
      { MEDUSA_SYNC_SECRET: SECRET, MEDUSA_URL: "localhost:9000" },
      /^MEDUSA_URL .*http:\/\/localhost:9000/,
    ],
    ["a login in the address", { MEDUSA_SYNC_SECRET: SECRET, MEDUSA_URL: "http://a:b@host" }, /^MEDUSA_URL .*login/],
    ["a poll in words", { MEDUSA_SYNC_SECRET: SECRET, MEDUSA_SYNC_POLL: "often" }, /^MEDUSA_SYNC_POLL .*=5000/],
    ["a poll of no time", { MEDUSA_SYNC_SECRET: SECRET, MEDUSA_SYNC_POLL: 0 }, /^MEDUSA_SYNC_POLL /],
    ["a sweep without a breath", { MEDUSA_SYNC_SECRET: SECRET, MEDUSA_SYNC_SWEEP: 10 }, /^MEDUSA_SYNC_SWEEP .*=300000/],
    [
      "an extension that is no path",
      { MEDUSA_SYNC_SECRET: SECRET, MEDUSA_SYNC_EXTEND: true },
      /^MEDUSA_SYNC_EXTEND .*\.mjs/,
    ],
    [
      "an odd word for images",
      { MEDUSA_SYNC_SECRET: SECRET, MEDUSA_SYNC_IMAGES: "copy" },
      /^MEDUSA_SYNC_IMAGES .*=link/,
    ],
    [
      "a word that Directus takes for a switch",
      { MEDUSA_SYNC_SECRET: SECRET, MEDUSA_SYNC_PUBLISHED: true },
      /^MEDUSA_SYNC_PUBLISHED .*string:/,
    ],
    ["an odd switch", { MEDUSA_SYNC_SECRET: SECRET, MEDUSA_SYNC_ENABLED: "maybe" }, /^MEDUSA_SYNC_ENABLED .*=true/],
  ])("%s: the sync is off, the line names the variable and an example", (_, env, message) => {
    const options = readOptions(env)
    expect(options.connection).toBeNull()
    expect(options.problems).toHaveLength(1)
    expect(options.problems[0]).toMatch(message)
  })

  it("changes can be noted while the secret is missing", () => {
    expect(readOptions({}).config).not.toBeNull()
  })

  it("no line holds a value of the environment", () => {
    const { problems } = readOptions({ MEDUSA_SYNC_SECRET: "hunter2", MEDUSA_URL: "ftp://user:hunter3@host" })
    expect(problems).toHaveLength(2)
    expect(problems.join()).not.toMatch(/hunter/)
  })

  it.each([
    [false, false],
    ["false", false],
    [0, false],
    [true, true],
    ["true", true],
    [undefined, true],
  ])("MEDUSA_SYNC_ENABLED=%s", (value, enabled) => {
    expect(readOptions({ MEDUSA_SYNC_SECRET: SECRET, MEDUSA_SYNC_ENABLED: value })).toMatchObject({
      enabled,
      problems: [],
    })
  })
})

it.each([
  [undefined, 300_000],
  [0, 0],
  ["0", 0],
  [60_000, 60_000],
])("MEDUSA_SYNC_SWEEP=%s", (value, sweep) => {
  expect(readOptions({ MEDUSA_SYNC_SECRET: SECRET, MEDUSA_SYNC_SWEEP: value })).toMatchObject({ sweep, problems: [] })
})

it.each([
  [undefined, ["published"]],
  ["", ["published"]],
  ["live", ["live"]],
  ["published, live", ["published", "live"]],
  [
    ["published", "live"],
    ["published", "live"],
  ],
  [1, ["1"]],
])("MEDUSA_SYNC_PUBLISHED=%j", (value, published) => {
  expect(readOptions({ MEDUSA_SYNC_SECRET: SECRET, MEDUSA_SYNC_PUBLISHED: value })).toMatchObject({
    published,
    problems: [],
  })
})

it.each([
  [undefined, "link"],
  ["", "link"],
  ["link", "link"],
  ["import", "import"],
])("MEDUSA_SYNC_IMAGES=%s", (value, images) => {
  expect(readOptions({ MEDUSA_SYNC_SECRET: SECRET, MEDUSA_SYNC_IMAGES: value })).toMatchObject({ images, problems: [] })
})

it("how images are shown is no part of the mapping, which both sides compare", () => {
  const hashOf = (images: string) =>
    readOptions({ MEDUSA_SYNC_SECRET: SECRET, MEDUSA_SYNC_IMAGES: images }).config?.hash
  expect(hashOf("import")).toBe(hashOf("link"))
})

describe("MEDUSA_SYNC_MAPPING", () => {
  const mapping = { product: { collection: "accessories", fields: { title: "productTitle", weight: false } } }
  const collectionOf = (value: unknown) =>
    readOptions({ MEDUSA_SYNC_SECRET: SECRET, MEDUSA_SYNC_MAPPING: value }).config?.entities.get("product")?.collection

  it("is an object, JSON text, JSON that Directus split at its commas, or the path of a file", () => {
    const text = JSON.stringify(mapping)
    expect(collectionOf(mapping)).toBe("accessories")
    expect(collectionOf(text)).toBe("accessories")
    expect(collectionOf(text.split(","))).toBe("accessories")
    expect(collectionOf(file("mapping.json", text))).toBe("accessories")
    expect(collectionOf("")).toBe("products")
  })

  it.each([
    ["a file that is not there", () => join(folder, "nope.json"), /nope\.json cannot be read/],
    ["a file that is no JSON", () => file("bad.json", "title: x"), /bad\.json is not JSON/],
    ["a value that is no JSON", () => "{oops", /the value is not JSON.*json:/],
    ["a field that does not exist", () => ({ product: { fields: { nope: "x" } } }), /mapping\.product\.fields\.nope/],
    ["a wrong shape", () => ({ product: { collection: 5 } }), /mapping\.product\.collection/],
  ])("%s: nothing is guessed", (_, value, message) => {
    const options = readOptions({ MEDUSA_SYNC_SECRET: SECRET, MEDUSA_SYNC_MAPPING: value() })
    expect(options.config).toBeNull()
    expect(options.problems).toHaveLength(1)
    expect(options.problems[0]).toMatch(/^MEDUSA_SYNC_MAPPING: /)
    expect(options.problems[0]).toMatch(message)
  })
})
