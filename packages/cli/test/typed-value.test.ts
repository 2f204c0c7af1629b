import { describe, expect, it } from "vitest"
import { editable, typedValue } from "../src/commands/typed-value.ts"

const texts = { value: "610910", losingValue: null }

describe("what is typed for a field", () => {
  it.each(["6109.10", "1e3", "1.10", "007", "true", "[draft]", "{x}", '"quoted"', " padded "])(
    "that holds text stays as it was typed: %j",
    (typed) => expect(typedValue(typed, texts)).toBe(typed),
  )

  it.each(["6109.10", "1e3", "1.10"])("stays as it was typed when the conflict is not known: %j", (typed) =>
    expect(typedValue(typed)).toBe(typed),
  )

  it.each([
    ["true", { value: false, losingValue: true }, true],
    ["true", { value: null, losingValue: true }, true],
    ['{"a":1}', { value: { a: 0 }, losingValue: null }, { a: 1 }],
    ["[1,2]", { value: null, losingValue: [] }, [1, 2]],
    ["{not json", { value: { a: 0 }, losingValue: null }, "{not json"],
    ['{"a":1}', undefined, { a: 1 }],
    ["false", undefined, false],
  ])("where a value is none, JSON is meant: %j", (typed, conflict, value) =>
    expect(typedValue(typed, conflict)).toEqual(value),
  )

  it("is no value when nothing is typed", () => {
    for (const typed of ["", "null"]) expect([typedValue(typed, texts), typedValue(typed)]).toEqual([null, null])
  })
})

it("an edit begins with what stands, and with nothing where nothing stands", () => {
  expect([null, undefined, "", "6109.10", true, { a: 1 }].map(editable)).toEqual([
    "",
    "",
    "",
    "6109.10",
    "true",
    '{"a":1}',
  ])
})
