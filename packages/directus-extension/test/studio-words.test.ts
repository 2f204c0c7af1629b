import { describe, expect, it } from "vitest"
import { medusaAdminPage } from "../src/sync-endpoint/medusa-admin"
import { de } from "../src/studio/messages/de"
import { en } from "../src/studio/messages/en"
import { splitReason } from "medusa-directus-core/operate"
import { timeText } from "../src/studio/time-text"
import { valueText } from "../src/studio/value-text"
import { barsOf } from "../src/sync-panel/bars"
import { stockText } from "../src/sync-stock/stock-text"

describe("the texts", () => {
  it("name the same things and have as many forms in both languages", () => {
    const shape = (text: string) => [(text.match(/\{\w+\}/g) ?? []).sort(), text.split(" | ").length]
    for (const [key, text] of Object.entries(en))
      expect([key, shape(de[key as keyof typeof en])]).toEqual([key, shape(text)])
  })

  it("hold nothing that the Studio's translations would read as a link or a list", () => {
    const all = [...Object.values(en), ...Object.values(de)]
    expect(all.filter((text) => /@[.:]|[^ ]\||\|[^ ]/.test(text))).toEqual([])
  })
})

it("a time is told in the words of the language", () => {
  const now = Date.parse("2026-01-01T12:00:00.000Z")
  expect(timeText("2026-01-01T11:59:30.000Z", now, "en")).toBe("30 seconds ago")
  expect(timeText("2026-01-01T11:00:00.000Z", now, "de")).toBe("vor 1 Stunde")
  expect(timeText("2025-12-29T12:00:00.000Z", now, "en")).toBe("3 days ago")
  expect(timeText("2023-01-01T12:00:00.000Z", now, "en")).toBe("3 years ago")
})

describe("a value", () => {
  const words = { yes: "yes", no: "no" }
  it("is read as a person would", () => {
    expect([null, "", "a", true, false].map((value) => valueText(value, words))).toEqual([null, null, "a", "yes", "no"])
    expect(valueText({ a: 1 } as never, words)).toBe('{\n  "a": 1\n}')
  })
})

it("stock is written as people of the language do, and what is no number is shown as it is", () => {
  expect(["12500", 0, null, "many"].map((value) => stockText(value, "de"))).toEqual(["12.500", "0", "", "many"])
})

it("a record's page in Medusa's Admin is that of its whole where it has none of its own", () => {
  const page = (kind: string, whole: string | null = null) => medusaAdminPage("https://shop/app", kind, "id_1", whole)
  expect(page("product")).toBe("https://shop/app/products/id_1")
  expect(page("variant", "prod_1")).toBe("https://shop/app/products/prod_1/variants/id_1")
  expect(page("image", "prod_1")).toBe("https://shop/app/products/prod_1")
  expect([page("variant"), page("brand")]).toEqual([null, null])
})

describe("the bars of a dashboard", () => {
  it("stand on each other, the highest as high as the picture", () => {
    const [first, second] = barsOf([
      { hour: "a", out: 3, in: 1 },
      { hour: "b", out: 0, in: 2 },
    ])
    expect(first).toEqual({ x: 0, width: 40, in: { y: 30, height: 10 }, out: { y: 0, height: 30 } })
    expect(second?.in).toEqual({ y: 20, height: 20 })
  })

  it("are none where nothing moved", () => {
    expect(barsOf([{ hour: "a", out: 0, in: 0 }])[0]?.out.height).toBe(0)
    expect(barsOf([])).toEqual([])
  })
})

it("a reason's code is told from its sentence", () => {
  expect(splitReason("not_unique: The handle is taken.")).toEqual({ code: "not_unique", text: "The handle is taken." })
  expect(splitReason("It is gone: really")).toEqual({ code: null, text: "It is gone: really" })
})
