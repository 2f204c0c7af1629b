import { describe, expect, it } from "vitest"
import { priceText } from "../src/sync-prices/price-text"

describe("a price in a list", () => {
  it.each([
    [{ amount: "19.5", currency_code: "eur" }, "€19.50"],
    [{ amount: 21, currency_code: "USD" }, "$21.00"],
    [{ amount: "1000", currency_code: "jpy" }, "¥1,000"],
    [{ amount: "5", currency_code: "points!" }, "5 points!"],
    [{ amount: "soon", currency_code: "eur" }, "soon eur"],
    [{ amount: "5" }, "5"],
    [null, ""],
    ["5 eur", ""],
  ])("%j is shown as %s", (price, text) => {
    expect(priceText(price, "en-US")).toBe(text)
  })
})
