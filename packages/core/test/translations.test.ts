import fc from "fast-check"
import { expect, it } from "vitest"
import { parseTextKey, textKey, type TranslatedText } from "../src/mapping/translations.ts"
import { type Translates } from "../src/mapping/entity.ts"

const translates: Translates = {
  locales: { "de-DE": "de", "fr-FR": "fr" },
  fields: ["title", "description"],
  options: true,
  languages: "languages",
}
const locale = fc.constantFrom(...Object.keys(translates.locales))
// No host stores half a surrogate pair.
const words = fc.string({ unit: "grapheme", minLength: 1 })
const anyText: fc.Arbitrary<TranslatedText> = fc.oneof(
  fc.record({ of: fc.constant("field" as const), locale, field: fc.constantFrom(...translates.fields) }),
  fc.record({ of: fc.constant("option" as const), locale, title: words }),
  fc.record({ of: fc.constant("value" as const), locale, title: words, value: words }),
)

it("the key of a text tells which text it is", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(parseTextKey(translates, textKey(text))).toEqual(text)
    }),
  )
})

it.each([
  "",
  "de-DE",
  "es-ES/title",
  "__proto__/title",
  "de-DE/handle",
  "de-DE/options/%E0%A4%A",
  "de-DE/options/a/b/c",
])("%j is the key of no text that is mapped", (key) => {
  expect(parseTextKey(translates, key)).toBeNull()
  expect(parseTextKey({ ...translates, options: false }, "de-DE/options/Size")).toBeNull()
})
