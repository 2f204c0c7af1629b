import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { listed, memberName, splitName, splitOutsideQuotes, unquoted } from "../src/document/names.ts"
import { keyFromText, keyText } from "../src/record/match-key.ts"
import { candidatesIn, couldBe } from "../src/apply/candidates.ts"
import { fromDocument, toDocument } from "../src/mapping/mapper.ts"
import { parseTextKey, textKey, type TranslatedText } from "../src/mapping/translations.ts"
import { defineEntity, type Translates } from "../src/mapping/entity.ts"

const PRINTABLE = Array.from({ length: 0x7f - 0x20 }, (_, i) => String.fromCharCode(0x20 + i))
/** What stands between two names somewhere in the engine, in a host's adapter or in a sentence. */
const SEPARATORS = [
  "#",
  "/",
  "%",
  "%2F",
  "%23",
  ":",
  ": ",
  ",",
  ", ",
  ".",
  ". ",
  ";",
  "; ",
  "=",
  "\n",
  " ",
  "|",
  '"',
  "\\",
]
const OTHERS = ["\t", "\r\n", "\0", "ß", "Größe", "€", "日本", "😀", "\u200f", "__proto__", "constructor"]
const PIECES = [...new Set([...PRINTABLE, ...SEPARATORS, ...OTHERS])]

/** Each piece alone, at either end, within, and twice. */
const names = PIECES.flatMap((piece) => [piece, `${piece}a`, `a${piece}`, `a${piece}b`, `a${piece}b${piece}${piece}c`])
const anyName = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ minLength: 1 })), { minLength: 1, maxLength: 6 })
  .map((pieces) => pieces.join(""))

const everyName = (holds: (name: string) => void): void => {
  names.forEach(holds)
  fc.assert(
    fc.property(anyName, (name) => {
      holds(name)
    }),
  )
}

const entity = defineEntity({
  name: "thing",
  collection: "things",
  externalId: null,
  fields: {
    tags: { medusa: "tags", directus: "tags", type: "set" },
    options: { medusa: "options", directus: "options", type: "map" },
  },
  matchKeys: [],
  archive: null,
  deletes: { medusa: "propagate", directus: "propagate" },
})

const translates: Translates = { locales: { "de-DE": "de" }, fields: ["title"], options: true, languages: "languages" }

describe("a name survives whatever stands in it", () => {
  it("as a member of a field", () => {
    everyName((name) => expect(splitName(memberName("tags", name))).toEqual({ field: "tags", member: name }))
    expect(splitName("tags#")).toEqual({ field: "tags", member: "" })
    expect(splitName("tags")).toEqual({ field: "tags", member: null })
  })

  it("as a member of a set and a key of a map, through the document and back", () => {
    everyName((name) => {
      const row = { tags: [name], options: Object.fromEntries([[name, name]]) }
      const document = toDocument(entity, "directus", row)
      expect(document).toEqual({ [`tags#${name}`]: true, [`options#${name}`]: name })
      expect(fromDocument(entity, "directus", document)).toEqual(row)
    })
  })

  it("as an option's title and value in the key of a translation", () => {
    everyName((name) => {
      const texts: TranslatedText[] = [
        { of: "option", locale: "de-DE", title: name },
        { of: "value", locale: "de-DE", title: name, value: "x" },
        { of: "value", locale: "de-DE", title: "x", value: name },
        { of: "value", locale: "de-DE", title: name, value: name },
      ]
      for (const text of texts) {
        const { member } = splitName(memberName("translations", textKey(text)))
        expect(parseTextKey(translates, member ?? "")).toEqual(text)
      }
    })
  })

  it("as the value of a key, and as the record within which the key counts", () => {
    everyName((name) => {
      for (const field of ["sku", "seo.slug", "own-key"])
        for (const key of [
          { field, value: name },
          { field, value: name, within: name },
          { field, value: "x", within: name },
        ])
          expect(keyFromText(keyText(key))).toEqual(key)
    })
  })

  it("in a list that a sentence holds", () => {
    everyName((name) => {
      const all = [name, "title", name, `tags#${name}`]
      const sentence = `first; conflict: ${listed(all)}; last`
      const parts = splitOutsideQuotes(sentence, "; ")
      expect(parts).toHaveLength(3)
      const [head, list = ""] = splitOutsideQuotes(parts[1] ?? "", ": ")
      expect(head).toBe("conflict")
      expect(splitOutsideQuotes(list, ", ").map(unquoted)).toEqual(all)
    })
  })

  it("among the records of which one could be the peer's", () => {
    everyName((name) => {
      const reason = `ambiguous_match: ${couldBe([name, "b.1", name])} Change the key of all but one, then retry.`
      expect(candidatesIn(reason)).toEqual([name, "b.1", name])
      expect(candidatesIn(couldBe(["a", name]))).toEqual(["a", name])
    })
  })
})

it("two keys have one text only when they are one", () => {
  const key = fc.record({ field: fc.constantFrom("sku", "seo.slug"), value: anyName, within: anyName })
  fc.assert(
    fc.property(key, key, (one, other) => {
      expect(keyText(one) === keyText(other)).toBe(JSON.stringify(one) === JSON.stringify(other))
    }),
  )
})

it("an inch stays an inch, and what nobody quoted is read as before", () => {
  expect(splitOutsideQuotes('options#5" pipe, tags#6" pipe', ", ")).toEqual(['options#5" pipe', 'tags#6" pipe'])
  expect(unquoted('"half')).toBe('"half')
  expect(unquoted('"\\x"')).toBe('"\\x"')
  expect(listed(["title", "tags#a"])).toBe("title, tags#a")
})
