import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { parseOptions } from "../src/records/product/product-options"

describe("options that a person wrote", () => {
  it("may be absent", () => {
    for (const nothing of [null, undefined, []]) expect(parseOptions(nothing)).toEqual([])
  })

  it("keep titles, values and their order", () => {
    const options = [
      { title: "Size", values: ["M", "S"] },
      { title: " size ", values: [] },
    ]
    expect(parseOptions(options)).toEqual(options)
  })

  it.each([
    ["no list", { Size: ["S"] }],
    ["no title", [{ values: ["S"] }]],
    ["an empty title", [{ title: "", values: ["S"] }]],
    ["no values", [{ title: "Size" }]],
    ["a value that is no text", [{ title: "Size", values: [1] }]],
    [
      "one title twice",
      [
        { title: "Size", values: [] },
        { title: "Size", values: [] },
      ],
    ],
    ["one value twice", [{ title: "Size", values: ["S", "S"] }]],
  ])("with %s are refused by name", (_, value) => {
    expect(() => parseOptions(value)).toThrow(expect.objectContaining({ code: "rejected_by_host" }) as Error)
    expect(() => parseOptions(value)).toThrow(/^options: .*"title".*"values"/)
  })

  it("are either refused or taken as they are, whatever they hold", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        try {
          const options = parseOptions(value)
          expect(options).toEqual((Array.isArray(value) ? value : []).map((o) => o as unknown).map(pick))
        } catch (error) {
          expect(error).toMatchObject({ code: "rejected_by_host" })
        }
      }),
    )
  })
})

const pick = (option: unknown) => {
  const { title, values } = option as { title: string; values: string[] }
  return { title, values }
}
