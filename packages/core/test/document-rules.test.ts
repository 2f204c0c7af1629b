import { describe, expect, it, vi } from "vitest"
import { canonicalDecimal, codecs } from "../src/document/codecs.ts"
import { fingerprint, NULL_FINGERPRINT } from "../src/document/fingerprint.ts"
import { lists } from "../src/document/lists.ts"
import { collapseSet, expandMembers, membersIn } from "../src/document/members.ts"
import { isMember, memberName, memberOf, setOf } from "../src/document/names.ts"
import { canonicalJson, isObject, otherSide } from "../src/document/value.ts"
import { emptyLink } from "../src/link/link.ts"
import { generateSyncMetadata, isExternalSync } from "../src/link/sync-metadata.ts"

describe("a codec removes representation noise and nothing else", () => {
  it.each([
    ["+1.5", "1.5"],
    ["-0", "0"],
    ["-.50", "-0.5"],
    ["5.", "5"],
    [" 7 ", "7"],
    ["1.5e2", "150"],
    ["1.5E-2", "0.015"],
    ["12e-3", "0.012"],
    ["1e+2", "100"],
    ["00.10", "0.1"],
    ["100e-2", "1"],
    [12345678901234567890n, "12345678901234567890"],
    [".", "."],
    ["-", "-"],
    ["e5", "e5"],
    ["1e1000", "1e1000"],
    ["1.2.3", "1.2.3"],
    ["x1", "x1"],
    [Number.NaN, "NaN"],
    [-Infinity, "-Infinity"],
    ["1x", "1x"],
    [true, "true"],
    [{ b: 1, a: 2 }, '{"a":2,"b":1}'],
  ])("the decimal %s is %s", (raw, canonical) => {
    expect(canonicalDecimal(raw)).toBe(canonical)
  })

  it("a decimal is given to a host as a number only when it survives that", () => {
    expect(["1.5", "0", "-7"].map((value) => codecs.decimal.encode(value))).toEqual([1.5, 0, -7])
    for (const value of ["", "abc", "0.1234567890123456789", "12345678901234567890", null])
      expect(codecs.decimal.encode(value)).toBe(value)
    expect(codecs.integer.type).toBe("integer")
  })

  it.each([
    [[{ currency_code: "EUR", amount: "14.50" }], [{ currency_code: "eur", amount: "14.5" }]],
    [[{ amount: 14.5, currency_code: " eur " }], [{ currency_code: "eur", amount: "14.5" }]],
    [
      [
        { currency_code: "usd", amount: "1" },
        { currency_code: "EUR", amount: "02.0" },
      ],
      [
        { currency_code: "eur", amount: "2" },
        { currency_code: "usd", amount: "1" },
      ],
    ],
    [[{ currency_code: "eur", amount: "14,50" }], [{ currency_code: "eur", amount: "14,50" }]],
    [[], null],
    [null, null],
    [["free"], ["free"]],
    [
      [{ currency_code: "EUR", amount: "1.0" }, null],
      [{ currency_code: "EUR", amount: "1.0" }, null],
    ],
    [[{ currency_code: "EUR", amount: null }], [{ currency_code: "EUR", amount: null }]],
    [{ eur: 1 }, { eur: 1 }],
  ])("the prices %j are %j, however they are spelled", (raw, canonical) => {
    expect(lists.prices.decode(raw)).toEqual(canonical)
  })

  it("a product without options has an empty list of them, or none", () => {
    expect([[], null, undefined].map((raw) => lists.options.decode(raw))).toEqual([null, null, null])
    const options = [
      { title: "B", values: ["2", "1"] },
      { title: "A", values: [] },
    ]
    expect(lists.options.decode(options)).toEqual(options)
  })

  it.each([
    [true, true],
    [1, true],
    ["1", true],
    ["true", true],
    [false, false],
    [0, false],
    ["0", false],
    ["false", false],
    ["yes", "yes"],
    [2, "2"],
    [null, null],
    [undefined, null],
  ])("the boolean %j is %j", (raw, canonical) => {
    expect(codecs.boolean.decode(raw)).toBe(canonical)
  })

  it.each(["UTC", "America/Los_Angeles", "Pacific/Kiritimati", "Asia/Kolkata", "Europe/Berlin"])(
    "a date is the same in the zone %s, and a day is that day",
    (zone) => {
      vi.stubEnv("TZ", zone)
      const decoded = (raw: unknown) => codecs.date.decode(raw)
      expect(decoded("2026-01-31")).toBe("2026-01-31T00:00:00.000Z")
      expect(decoded("2026-07-01T12:00")).toBe("2026-07-01T12:00:00.000Z")
      expect(decoded("2026-07-01 12:00:30.5")).toBe("2026-07-01T12:00:30.500Z")
      expect(decoded("2026-07-01 12:00:00+02")).toBe("2026-07-01T10:00:00.000Z")
      expect(decoded("2026-07-01T12:00:00-0530")).toBe("2026-07-01T17:30:00.000Z")
      expect(decoded("+012026-07-01T00:00Z")).toBe("+012026-07-01T00:00:00.000Z")
      vi.unstubAllEnvs()
    },
  )

  it.each([
    "Size 12",
    "Winter 2024",
    "2024",
    "12",
    "1.5",
    "05/06/2024",
    "May 2024",
    "2026-13-01",
    "2026-01-32",
    "12:00",
    "2026-1-1",
    "2026-01-31T",
    "2026-01-31Tx",
    "Sat Jan 31 2026 00:00:00 GMT+0100",
  ])("what only looks like a date is text: %s", (text) => expect(codecs.date.decode(text)).toBe(text))

  it("a date is UTC whatever it came as, and what is none is kept", () => {
    const noon = "2026-01-01T12:00:00.000Z"
    for (const raw of [noon, "2026-01-01T13:00:00+01:00", new Date(noon), Date.parse(noon)])
      expect(codecs.date.decode(raw)).toBe(noon)
    expect(["soon", true, [2026]].map((raw) => codecs.date.decode(raw))).toEqual(["soon", "true", "[2026]"])
    expect(codecs.date.decode(new Date(Number.NaN))).toBe("null")
    expect(codecs.date.decode(null)).toBeNull()
  })

  it("a text stays as it is, and anything else becomes its JSON", () => {
    expect(codecs.text.decode("  ÄÖ <b> ")).toBe("  ÄÖ <b> ")
    expect(codecs.text.decode(7)).toBe("7")
    expect(codecs.text.decode([1, { b: 1, a: null }])).toBe('[1,{"a":null,"b":1}]')
    expect(codecs.text.decode(() => 1)).toBe("null")
    expect(codecs.text.decode(5n)).toBe('"5"')
    expect(codecs.text.encode("x")).toBe("x")
  })

  it("JSON is a value without functions, dates and undefined", () => {
    expect(codecs.json.decode({ a: new Date(0), b: undefined, c: [1] })).toEqual({
      a: "1970-01-01T00:00:00.000Z",
      c: [1],
    })
    expect([undefined, null, () => 1].map((raw) => codecs.json.decode(raw))).toEqual([null, null, null])
    expect(codecs.json.decode(5n)).toBe("5")
  })

  it("a set is its members once, in one order, as texts", () => {
    expect(codecs.set.decode(["b", "a", "b", 7])).toEqual(["7", "a", "b"])
    expect([null, undefined, []].map((raw) => codecs.set.decode(raw))).toEqual([[], [], []])
    expect(codecs.references.decode("one")).toEqual(["one"])
  })

  it("a map is its texts, from an object or a list, without what has no name or value", () => {
    expect(codecs.map.decode({ a: "x", b: null, c: 7, "": "y" })).toEqual({ a: "x", c: "7" })
    expect(
      codecs.map.decode([
        { name: "a", value: "x" },
        { name: 7, value: "y" },
        { name: "b" },
        "c",
        null,
        { name: "", value: "z" },
      ]),
    ).toEqual({ a: "x" })
    expect([null, "x", 7].map((raw) => codecs.map.decode(raw))).toEqual([{}, {}, {}])
  })
})

describe("members", () => {
  it("are told from fields by what divides them, once", () => {
    expect([setOf("tags#a#b"), memberOf("tags#a#b"), setOf("title")]).toEqual(["tags", "a#b", "title"])
    expect([isMember("tags#a"), isMember("tags")]).toEqual([true, false])
    expect(memberName("tags", "a")).toBe("tags#a")
  })

  it("of a field are found sorted, and not those of one whose name begins alike", () => {
    const document = { "tags#b": true, "tags#a": true, "tags#c": null, "tagsmore#x": true, tags: "no" }
    expect(membersIn("tags", document)).toEqual([
      ["a", true],
      ["b", true],
    ])
    expect(collapseSet("tags", document)).toEqual(["a", "b"])
  })

  it("stand one by one for a list or an object, and for nothing else", () => {
    expect(expandMembers("tags", ["a", 7])).toEqual({ "tags#a": true, "tags#7": true })
    expect(expandMembers("options", { Size: "S" })).toEqual({ "options#Size": "S" })
    expect([null, "x", 7].map((value) => expandMembers("tags", value))).toEqual([{}, {}, {}])
  })
})

describe("values", () => {
  it("that are equal have one text and one fingerprint, and others have another", () => {
    expect(canonicalJson({ b: [1, null, "x"], a: { d: true, c: null } })).toBe(
      '{"a":{"c":null,"d":true},"b":[1,null,"x"]}',
    )
    expect(fingerprint({ a: 1, b: 2 })).toBe(fingerprint({ b: 2, a: 1 }))
    expect(new Set(["", "null", null, 0, "0", false, [], {}].map((value) => fingerprint(value))).size).toBe(8)
    expect(fingerprint(null)).toBe(NULL_FINGERPRINT)
    const long = "x".repeat(100)
    expect(fingerprint(long)).toBe(fingerprint("x".repeat(100)))
    expect(fingerprint("x")).toBe(fingerprint("x"))
  })

  it("are objects when they have keys", () => {
    expect([{}, [], null, "x", undefined].map(isObject)).toEqual([true, false, false, false, false])
    expect([otherSide("medusa"), otherSide("directus")]).toEqual(["directus", "medusa"])
  })
})

describe("an echo of the sync", () => {
  const link = {
    ...emptyLink("product", "m1"),
    acked: 3,
    aliveRev: 3,
    fields: { title: { fp: fingerprint("Shirt"), r: 3 } },
  }

  it("is what the sync wrote or the peer knows already", () => {
    expect(isExternalSync(link, { title: "Shirt" })).toBe(true)
    expect(isExternalSync(link, { title: "Shirt", subtitle: null })).toBe(true)
    expect(isExternalSync({ ...link, standing: "gone" }, null)).toBe(true)
  })

  it("is no edit, whatever it is", () => {
    expect(isExternalSync(null, { title: "Shirt" })).toBe(false)
    expect(isExternalSync(link, { title: "Hemd" })).toBe(false)
    expect(isExternalSync(link, {})).toBe(false)
    expect(isExternalSync(link, { title: "Shirt", subtitle: "new" })).toBe(false)
    expect(isExternalSync({ ...link, fields: { title: { fp: fingerprint("Shirt"), r: 4 } } }, { title: "Shirt" })).toBe(
      false,
    )
    expect(isExternalSync({ ...link, aliveRev: 4 }, { title: "Shirt" })).toBe(false)
    expect(isExternalSync(link, null)).toBe(false)
    expect(isExternalSync({ ...link, standing: "gone" }, { title: "Shirt" })).toBe(false)
    expect(isExternalSync({ ...link, standing: "along" }, { title: "Shirt" })).toBe(false)
  })

  it("is named by when, from where and in which delivery it came", () => {
    expect(generateSyncMetadata("medusa", new Date(0), "id")).toEqual({
      lastSyncedAt: "1970-01-01T00:00:00.000Z",
      syncSource: "medusa",
      syncId: "id",
    })
    const made = generateSyncMetadata("directus")
    expect(made.syncId).toMatch(/^[0-9a-f-]{36}$/)
    expect(Math.abs(Date.parse(made.lastSyncedAt) - Date.now())).toBeLessThan(60_000)
  })
})
