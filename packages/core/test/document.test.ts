import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { canonicalDecimal, codecs } from "../src/document/codecs.ts"
import { fingerprint } from "../src/document/fingerprint.ts"
import { collapseSet, expandMembers } from "../src/document/members.ts"
import { canonicalJson, type CanonicalValue } from "../src/document/value.ts"

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

describe("canonical JSON", () => {
  it("is JSON, of any depth", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
    expect(canonicalJson({ b: [1, { d: null, c: "" }, []], a: {}, "": true })).toBe(
      '{"":true,"a":{},"b":[1,{"c":"","d":null},[]]}',
    )
    let deep: CanonicalValue = 1
    for (let i = 0; i < 100_000; i++) deep = [deep]
    expect(canonicalJson(deep)).toBe(`${"[".repeat(100_000)}1${"]".repeat(100_000)}`)
  })
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

  it("a decimal of 100,000 zeros is what it is", () => {
    const zeros = "0".repeat(100_000)
    expect(canonicalDecimal(`0.${zeros}1`)).toBe(`0.${zeros}1`)
    expect([`1.${zeros}`, `${zeros}.10${zeros}`, `-0.${zeros}`].map(canonicalDecimal)).toEqual(["1", "0.1", "0"])
  })

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
        expect(collapseSet("tags", expandMembers("tags", members))).toEqual([...members].sort())
      }),
    )
  })
})
