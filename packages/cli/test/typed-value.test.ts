import { describe, expect, it } from "vitest"
import { editable, typedValue } from "../src/commands/typed-value.ts"

const of = (type: string | undefined, value: unknown = null, losingValue: unknown = null, field = "hs_code") => ({
  field,
  type,
  value,
  losingValue,
})

describe("what is typed for a field", () => {
  it.each(["6109.10", "1e3", "1.10", "007", "true", "null", "[draft]", "{x}", '"quoted"', " padded "])(
    "that holds text stays as it was typed, whatever it holds now: %j",
    (typed) => {
      for (const known of [of("text"), of("text", "610910"), of("map", null, null, "options#Size")])
        expect(typedValue(typed, known)).toBe(typed)
    },
  )

  it.each(["6109.10", "1e3", "1.10"])("stays as it was typed when the type is not known: %j", (typed) => {
    expect(typedValue(typed)).toBe(typed)
    expect(typedValue(typed, of(undefined, "610910"))).toBe(typed)
  })

  it("of numbers and dates is read by the host, which has the codec", () => {
    for (const type of ["decimal", "integer", "date"]) expect(typedValue("6109.10", of(type))).toBe("6109.10")
  })

  it.each([
    ["true", of("boolean"), true],
    ["false", of("boolean", true), false],
    ["true", of("references", null, true, "tags#a"), true],
    ["false", of("set", true, null, "tags#a"), null],
    ['{"a":1}', of("json"), { a: 1 }],
    ["6109.10", of("json"), 6109.1],
    ["{not json", of("json", { a: 0 }), "{not json"],
    ["true", of(undefined, false, true), true],
    ["[1,2]", of(undefined, null, []), [1, 2]],
    ['{"a":1}', undefined, { a: 1 }],
    ["false", undefined, false],
  ])("by its type: %j", (typed, conflict, value) => expect(typedValue(typed, conflict)).toEqual(value))

  it("is no value when nothing is typed", () => {
    for (const known of [of("text", "a"), of("json"), of("date"), undefined]) expect(typedValue("", known)).toBeNull()
    for (const known of [of("json"), of("date"), of("decimal")]) expect(typedValue("null", known)).toBeNull()
  })
})

it("an edit begins with what stands, and with nothing where nothing stands", () => {
  const begun = (type: string | undefined, value: unknown) => editable(of(type, value))
  expect([null, "", "6109.10"].map((value) => begun("text", value))).toEqual(["", "", "6109.10"])
  expect([begun("json", null), begun("json", "a"), begun("boolean", true)]).toEqual(["", '"a"', "true"])
  expect([begun(undefined, null), begun(undefined, "a"), begun(undefined, { a: 1 })]).toEqual([
    "",
    "a",
    '{\n  "a": 1\n}',
  ])
})
