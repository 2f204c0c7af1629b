import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { optionTexts, withOptionTexts } from "../src/items/option-texts"

const title = (name: string) => ({ of: "option" as const, locale: "de-DE", title: name })
const value = (option: string, name: string) => ({ of: "value" as const, locale: "de-DE", title: option, value: name })

describe("the texts of a list", () => {
  it("are by what they name; of two for one thing the first counts, and what is not filled in is none", () => {
    const list = [
      { name: "Size", value: "Größe" },
      { name: "Size", value: "Weite" },
      { name: "Color", value: null },
      { name: "", value: "x" },
      { value: "x" },
      { name: "Fit", value: "" },
    ]
    expect(optionTexts("option", "de-DE", list)).toEqual([
      [title("Size"), "Größe"],
      [title("Fit"), ""],
    ])
    expect(optionTexts("value", "de-DE", [{ option: "Size", name: "S", value: "Klein" }, { name: "S" }])).toEqual([
      [value("Size", "S"), "Klein"],
    ])
  })

  it.each([
    null,
    undefined,
    "text",
    1,
    {},
    [null],
    [[]],
    ["x"],
    [{ name: 1, value: 2 }],
    [{ name: "\ud800", value: "x" }],
  ])("%j holds none", (list) => expect(optionTexts("option", "de-DE", list)).toEqual([]))
})

describe("a list with other texts", () => {
  const note = { name: "Size", value: "Größe", note: "ours" }

  it("is none when it has them already", () => {
    expect(withOptionTexts("option", "de-DE", [note, {}], [[title("Size"), "Größe"]])).toBeNull()
    expect(withOptionTexts("option", "de-DE", null, [])).toBeNull()
  })

  it("changes the entry, and keeps what else it and others hold", () => {
    expect(withOptionTexts("option", "de-DE", [{}, note, "x"], [[title("Size"), "Weite"]])).toEqual([
      {},
      { ...note, value: "Weite" },
      "x",
    ])
  })

  it("has no entry of a text that went, unless it holds more, and none that would show up in its place", () => {
    const list = [
      { option: "Size", name: "S", value: "Klein" },
      { option: "Size", name: "S", value: "K" },
    ]
    expect(withOptionTexts("value", "de-DE", list, [])).toEqual([])
    expect(withOptionTexts("option", "de-DE", [note], [])).toEqual([{ ...note, value: null }])
  })

  it("reads back as the texts that were written, whatever was there", () => {
    const word = fc.string({ unit: "grapheme", minLength: 1, maxLength: 3 })
    const text = fc.oneof(word, fc.constant("Size"))
    const entry = fc.oneof(fc.record({ option: text, name: text, value: text }, { requiredKeys: [] }), fc.json())
    fc.assert(
      fc.property(fc.array(entry), fc.dictionary(text, word), (list, wanted) => {
        const texts = Object.entries(wanted).map(
          ([name, to]) => [value("Size", name), to] as [ReturnType<typeof value>, string],
        )
        const written = withOptionTexts("value", "de-DE", list, texts) ?? list
        const read = optionTexts("value", "de-DE", written)
        expect(new Map(read.map(([of, to]) => [JSON.stringify(of), to]))).toEqual(
          new Map(texts.map(([of, to]) => [JSON.stringify(of), to])),
        )
        expect(withOptionTexts("value", "de-DE", written, texts)).toBeNull()
      }),
    )
  })
})
