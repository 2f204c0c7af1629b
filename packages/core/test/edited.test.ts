import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { codecs, type CodecType } from "../src/document/codecs.ts"
import { editedFrom, readEdited, typedAs } from "../src/document/edited.ts"

const TEXTS = ["6109.10", "1e3", "1.10", "007", "true", "null", "[draft]", "{x}", '"quoted"', " padded ", "2026"]

describe("what a person types", () => {
  it.each([
    ["text", "hs_code"],
    ["map", "translations#de/title"],
  ])("for a text stays as it was typed: %s", (type, name) => {
    expect(TEXTS.map((typed) => readEdited(type, name, typed))).toEqual(TEXTS)
    expect(typedAs(type, name)).toBe("text")
  })

  it("for a number or a date goes to the host as it was typed, which has the codec", () => {
    for (const type of ["decimal", "integer", "date", "reference"])
      expect(["6109.10", "2026-01-31", "x"].map((typed) => readEdited(type, "weight", typed))).toEqual([
        "6109.10",
        "2026-01-31",
        "x",
      ])
    expect(codecs.decimal.decode("6109.10")).toBe("6109.1")
  })

  it("for yes or no is one of them, or what the host refuses", () => {
    expect(["true", "false", "maybe"].map((typed) => readEdited("boolean", "discountable", typed))).toEqual([
      true,
      false,
      "maybe",
    ])
  })

  it("for a member says whether it is there", () => {
    for (const type of ["set", "references"])
      expect(["true", "false", ""].map((typed) => readEdited(type, "tags#a", typed))).toEqual([true, null, null])
  })

  it("for JSON is JSON, whatever it looks like", () => {
    expect(['{"a":1}', "6109.10", '"6109.10"', "[]"].map((typed) => readEdited("json", "story", typed))).toEqual([
      { a: 1 },
      6109.1,
      "6109.10",
      [],
    ])
    expect(() => readEdited("json", "story", "{")).toThrow(SyntaxError)
  })

  it("is no value when nothing is typed, and `null` is a word of a text alone", () => {
    const types = Object.keys(codecs) as CodecType[]
    expect(types.map((type) => readEdited(type, "field", ""))).toEqual(types.map(() => null))
    expect(types.filter((type) => readEdited(type, "field", "null") !== null)).toEqual(["text"])
  })
})

describe("an edit", () => {
  it("begins with nothing where nothing stands", () => {
    for (const type of ["text", "decimal", "date", "json", "reference"])
      for (const empty of [null, undefined, ""])
        expect(editedFrom(type, "field", empty === "" && type === "json" ? null : empty)).toBe("")
  })

  it("that is saved as it began changes nothing", () => {
    const same = (type: string, value: unknown): unknown => readEdited(type, "field", editedFrom(type, "field", value))
    fc.assert(fc.property(fc.string({ minLength: 1 }), (value) => same("text", value) === value))
    fc.assert(fc.property(fc.jsonValue(), (value) => JSON.stringify(same("json", value)) === JSON.stringify(value)))
    for (const value of [true, false]) expect(same("boolean", value)).toBe(value)
  })
})
