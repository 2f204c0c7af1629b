import { describe, expect, it } from "vitest"
import { isSameAmount, parsePrices } from "../src/records/variant/prices"

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

describe("an amount", () => {
  it.each([
    ["9007199254740993", "9007199254740992", false],
    ["0.30000000000000004", "0.3", false],
    ["12345678901234567.12", "12345678901234567.13", false],
    ["10.50", "10.5", true],
    ["007", "7", true],
    ["0", "0.00", true],
    ["1", null, false],
  ])("is compared digit by digit: %s and %s", (one, other, same) => expect(isSameAmount(one, other)).toBe(same))

  it("of more digits than Medusa keeps is refused, and one of as many is taken", () => {
    const priced = (amount: string) => parsePrices([{ currency_code: "eur", amount }])
    for (const amount of ["12345678901234567890", "0.00012345678901234567", "10000000000000000000000"])
      expect(priced(amount)).toEqual([{ currency_code: "eur", amount }])
    for (const amount of ["12345678901234567890.12", "123456789012345678901"])
      expect(() => priced(amount)).toThrow(/^prices: Medusa keeps 20 digits/)
  })
})
