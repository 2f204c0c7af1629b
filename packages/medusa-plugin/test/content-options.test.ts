import { describe, expect, it } from "vitest"
import { readContentSetup, readSetup } from "../src/options/plugin-options"

const good = { directusUrl: "https://cms.example.com", secret: "a-secret-of-16-characters" }

const reasonOf = (content: unknown, mapping = {}): string => {
  const setup = readSetup({ ...good, mapping, content })
  return setup.kind === "off" ? setup.reason : "on"
}

describe("the option content", () => {
  it("says which fields each kind shows, and the rest has defaults", () => {
    const setup = readContentSetup({ ...good, content: { product: ["story", "blocks.item:quote.*"], category: "*" } })
    expect(setup).toEqual({
      directusUrl: good.directusUrl,
      secrets: [good.secret],
      content: {
        fields: new Map([
          ["product", ["story", "blocks.item:quote.*"]],
          ["category", ["*"]],
        ]),
        published: ["published", "*"],
        locales: [],
        maxAge: 1000,
        staleFor: 86_400_000,
        timeout: 2000,
      },
    })
  })

  it("shows nothing unless it is given", () => {
    expect(readContentSetup(good)).toBeNull()
    expect(readContentSetup({ ...good, content: {} })).toBeNull()
    expect(readContentSetup({ ...good, secret: "short", content: { product: "*" } })).toBeNull()
  })

  it("takes the locales of the mapping, and those that it names itself", () => {
    const mapping = { translations: { locales: { "de-DE": "de" } } }
    const setup = readContentSetup({ ...good, mapping, content: { product: "*", locales: ["fr-FR", "de-DE"] } })
    expect(setup?.content.locales).toEqual(["de-DE", "fr-FR"])
  })

  it("goes on while the sync is switched off", () => {
    expect(readContentSetup({ ...good, enabled: false, content: { product: "*" } })).not.toBeNull()
  })

  it.each([
    ["all", "is not an object of kinds"],
    [{ products: "*" }, '"content.products" is not known'],
    [{ product: "story" }, '"content.product" is neither "*" nor a list of fields'],
    [{ product: [] }, '"content.product" '],
    [{ product: ["a b"] }, '"content.product'],
    [{ product: "*", maxAge: -1 }, '"content.maxAge" is below 0'],
    [{ product: "*", timeout: "1s" }, '"content.timeout" is not a number of milliseconds'],
    [{ product: "*", locales: "de-DE" }, '"content.locales" is not a list of locales'],
    [{ product: "*", locales: ["x"] }, '"content.locales.0" is not a locale such as "de-DE"'],
    [{ product: "*", published: "live" }, '"content.published" is not a list of words'],
  ])("%j is refused by its path, with an example", (content, text) => {
    expect(reasonOf(content)).toContain(text)
    expect(reasonOf(content)).toContain("Example: content: {")
  })

  it("of a kind that the mapping leaves out is refused", () => {
    expect(reasonOf({ category: "*" }, { category: false })).toContain('"content.category" names a kind')
  })
})
