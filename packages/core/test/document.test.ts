import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { canonicalDecimal, codecs } from "../src/document/codecs.ts"
import { fingerprint } from "../src/document/fingerprint.ts"
import { collapseSet, expandSet } from "../src/document/set-members.ts"
import { canonicalJson, type CanonicalValue } from "../src/document/value.ts"
import { fromDocument, toDocument } from "../src/mapping/mapper.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import type { EntityDefinition } from "../src/mapping/entity.ts"

const json = fc.jsonValue().map((value) => value as CanonicalValue)

describe("fingerprints", () => {
  it("do not depend on the order of keys, and differ when values differ", () => {
    fc.assert(
      fc.property(json, json, (a, b) => {
        expect(fingerprint(a)).toBe(fingerprint(JSON.parse(canonicalJson(a)) as CanonicalValue))
        if (canonicalJson(a) !== canonicalJson(b)) expect(fingerprint(a)).not.toBe(fingerprint(b))
      }),
    )
  })
  it("are 22 characters", () => expect(fingerprint("x")).toMatch(/^[\w-]{22}$/))
})

describe("codecs", () => {
  it.each([
    ["1.50", "1.5"],
    [1.5, "1.5"],
    ["15e-1", "1.5"],
    ["1e3", "1000"],
    ["-0.0", "0"],
    ["007", "7"],
    [".5", "0.5"],
    ["10", "10"],
    ["0.000", "0"],
    [1e21, "1000000000000000000000"],
    [1e-7, "0.0000001"],
    ["abc", "abc"],
    ["", ""],
  ])("the decimal %s is %s", (raw, canonical) => expect(canonicalDecimal(raw)).toBe(canonical))

  it("decimals are canonical once and for all, and keep their number", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (n) => {
        const once = canonicalDecimal(n)
        expect(canonicalDecimal(once)).toBe(once)
        expect(Number(once)).toBe(n === 0 ? 0 : n)
      }),
    )
  })

  it("never throw, whatever a host returns, and decode what they decoded to the same", () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(codecs)), fc.anything(), (codec, raw) => {
        const once = codec.decode(raw)
        expect(codec.decode(once)).toEqual(once)
      }),
    )
  })

  it("text is not trimmed, folded or sanitised", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => codecs.text.decode(text) === text))
  })

  it("members of a set survive expanding and collapsing", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1 })), (members) => {
        expect(collapseSet("tags", expandSet("tags", members))).toEqual([...members].sort())
      }),
    )
  })
})

const entity = resolveConfig({ product: { metadata: { care: "care_text", eco: { type: "boolean" } } } }).entities.get(
  "product",
) as EntityDefinition

describe("the product mapper", () => {
  const text = fc.option(fc.string({ unit: "binary" }), { nil: null })
  const documents = fc.record({
    title: text,
    subtitle: text,
    description: text,
    handle: text,
    thumbnail: text,
    material: text,
    hs_code: text,
    mid_code: text,
    origin_country: text,
    status: fc.constantFrom("draft", "proposed", "published", "rejected", null),
    weight: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }).map(canonicalDecimal), { nil: null }),
    length: fc.constant(null),
    height: fc.constant(null),
    width: fc.constant(null),
    discountable: fc.option(fc.boolean(), { nil: null }),
    metadata_care: text,
    metadata_eco: fc.option(fc.boolean(), { nil: null }),
  })

  it.each(["medusa", "directus"] as const)("round trip through %s is the identity on canonical documents", (side) => {
    fc.assert(
      fc.property(documents, (document) => {
        expect(toDocument(entity, side, fromDocument(entity, side, document))).toEqual(document)
      }),
    )
  })

  it("survives hostile rows", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.anything()), (row) => {
        const document = toDocument(entity, "medusa", row)
        expect(toDocument(entity, "medusa", fromDocument(entity, "medusa", document))).toEqual(document)
      }),
    )
    expect(
      toDocument(entity, "medusa", JSON.parse('{"__proto__":{"title":"x"}}') as Record<string, unknown>)["title"],
    ).toBeNull()
  })

  it("archived is a word of Directus: Medusa stores draft and does not call its drafts archived", () => {
    expect(fromDocument(entity, "medusa", { status: "archived" })).toEqual({ status: "draft" })
    expect(toDocument(entity, "medusa", { status: "draft" })["status"]).toBe("draft")
    expect(fromDocument(entity, "directus", { status: "archived" })).toEqual({ status: "archived" })
  })

  it("a host's own words are written and read back", () => {
    const own = resolveConfig({
      product: { fields: { status: { values: { directus: { published: "live" } } } } },
    }).entities.get("product") as EntityDefinition
    expect(fromDocument(own, "directus", { status: "published" })).toEqual({ status: "live" })
    expect(toDocument(own, "directus", { status: "live" })["status"]).toBe("published")
  })
})
