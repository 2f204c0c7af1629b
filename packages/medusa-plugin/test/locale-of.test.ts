import { expect, it } from "vitest"
import { makeLocaleOf } from "../src/content/locale-of"

it.each([
  ["de-DE", "de-DE"],
  ["DE-de", "de-DE"],
  ["de_DE", "de-DE"],
  ["de-AT", "de-DE"],
  ["de", "de-DE"],
  ["pt-PT", "pt-BR"],
  ["pt_AO", "pt-BR"],
  ["fr-FR", null],
  ["d", null],
  ["", null],
  ["-", null],
  ["constructor", null],
  [undefined, null],
  [["de-DE"], null],
])("a visitor who sends %j is served in %j", (wanted, expected) => {
  expect(makeLocaleOf(["de-DE", "pt-BR"])(wanted)).toBe(expected)
})

it("his own country goes before another one", () => {
  expect(makeLocaleOf(["de-DE", "de-AT"])("de-at")).toBe("de-AT")
})
