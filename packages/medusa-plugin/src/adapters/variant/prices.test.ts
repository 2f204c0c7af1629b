import { describe, expect, it } from "vitest"
import { parsePrices } from "./prices"

describe("prices that a person wrote", () => {
  it("are amounts in currencies, whatever the spelling", () => {
    const given = [
      { currency_code: "EUR", amount: "10.50" },
      { currency_code: "usd", amount: 12 },
    ]
    expect(parsePrices(given)).toEqual([
      { currency_code: "eur", amount: "10.50" },
      { currency_code: "usd", amount: "12" },
    ])
    expect(parsePrices(null)).toEqual([])
  })

  it.each([
    ["no list", { eur: 1 }],
    ["an amount in words", [{ currency_code: "eur", amount: "many" }]],
    ["a negative amount", [{ currency_code: "eur", amount: -1 }]],
    ["an amount that is no number", [{ currency_code: "eur", amount: NaN }]],
    ["no currency", [{ amount: 1 }]],
    [
      "one currency twice",
      [
        { currency_code: "eur", amount: 1 },
        { currency_code: "EUR", amount: 2 },
      ],
    ],
  ])("with %s are refused by name", (_, value) => {
    expect(() => parsePrices(value)).toThrow(/^prices: .*"currency_code"/)
  })
})
