import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { canonicalDecimal } from "../src/document/codecs.ts"
import { expandMembers } from "../src/document/members.ts"
import type { CanonicalValue, Document, Side } from "../src/document/value.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { hasMembers, type EntityDefinition, type FieldDefinition } from "../src/mapping/entity.ts"
import { fromDocument, toDocument } from "../src/mapping/mapper.ts"

const added = { metadata: { care: "care_text", eco: { type: "boolean" as const } } }
const { entities } = resolveConfig({
  product: added,
  variant: added,
  category: added,
  collection: added,
  type: added,
  tag: added,
  kinds: {
    brand: {
      medusa: { module: "brand", model: "Brand" },
      collection: "brands",
      fields: { name: "name", founded: { type: "date" }, mother: { type: "reference", to: "brand" } },
      matchKeys: ["name"],
    },
  },
})
const SIDES = ["medusa", "directus"] as const

const text = fc.string({ unit: "binary" })
const key = text.filter((name) => name !== "" && name !== "__proto__")
const VALUES: Record<FieldDefinition["type"], fc.Arbitrary<CanonicalValue>> = {
  text,
  decimal: fc.double({ noNaN: true, noDefaultInfinity: true }).map(canonicalDecimal),
  integer: fc.integer().map(canonicalDecimal),
  boolean: fc.boolean(),
  date: fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  json: fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as CanonicalValue),
  set: fc.uniqueArray(key),
  references: fc.uniqueArray(key),
  map: fc.dictionary(key, text),
  reference: key,
}

/** Whole documents of a kind as they may stand on `side`. */
function documents(entity: EntityDefinition, side: Side): fc.Arbitrary<Document> {
  const fields = [...entity.fields.values()].filter((field) => field[side] !== null)
  const arbitraries = fields.map((field) =>
    hasMembers(field)
      ? VALUES[field.type].map((value) => expandMembers(field.name, value))
      : fc
          .option(VALUES[field.type], { nil: null })
          // Of a list whose spelling means nothing: as a document has it.
          .map((value): Document => ({ [field.name]: field.list ? field.codec.decode(value) : value })),
  )
  return fc.tuple(...arbitraries).map((parts) => Object.assign({}, ...parts) as Document)
}

const cases = [...entities.values()].flatMap((entity) => SIDES.map((side) => [entity.name, side, entity] as const))

describe("every mapper", () => {
  it.each(cases)("round trip of a %s through %s is the identity on canonical documents", (_, side, entity) => {
    fc.assert(
      fc.property(documents(entity, side), (document) => {
        expect(toDocument(entity, side, fromDocument(entity, side, document))).toEqual(document)
      }),
    )
  })

  it.each(cases)(
    "survives hostile rows of a %s in %s, and reads the same after writing them back",
    (_, side, entity) => {
      const columns = [...entity.fields.values()].flatMap((field) => field[side]?.split(".")[0] ?? [])
      const row = fc.dictionary(fc.oneof(fc.constantFrom(...columns), fc.string()), fc.anything())
      fc.assert(
        fc.property(row, (hostile) => {
          const document = toDocument(entity, side, hostile)
          expect(toDocument(entity, side, fromDocument(entity, side, document))).toEqual(document)
        }),
      )
      const polluted = JSON.parse('{"__proto__":{"title":"x","name":"x","value":"x"}}') as Record<string, unknown>
      expect(Object.values(toDocument(entity, side, polluted)).every((value) => value === null)).toBe(true)
    },
  )
})

describe("the product mapper", () => {
  const product = entities.get("product") as EntityDefinition

  it("archived is a word of Directus: Medusa stores draft and does not call its drafts archived", () => {
    expect(fromDocument(product, "medusa", { status: "archived" })).toEqual({ status: "draft" })
    expect(toDocument(product, "medusa", { status: "draft" })["status"]).toBe("draft")
    expect(fromDocument(product, "directus", { status: "archived" })).toEqual({ status: "archived" })
  })

  it("a host's own words are written and read back", () => {
    const own = resolveConfig({
      product: { fields: { status: { values: { directus: { published: "live" } } } } },
    }).entities.get("product") as EntityDefinition
    expect(fromDocument(own, "directus", { status: "published" })).toEqual({ status: "live" })
    expect(toDocument(own, "directus", { status: "live" })["status"]).toBe("published")
  })

  it("a change of one member gives the host the whole set", () => {
    const current = { "tags#new": true, "tags#sale": true }
    expect(fromDocument(product, "directus", { "tags#sale": null, "tags#eco": true }, current)).toEqual({
      tags: ["eco", "new"],
    })
  })

  it("a map is read from an object and from a list of name and value", () => {
    const variant = entities.get("variant") as EntityDefinition
    const read = (options: unknown) => toDocument(variant, "directus", { options })["options#Size"]
    expect([read({ Size: "S" }), read([{ name: "Size", value: "S" }])]).toEqual(["S", "S"])
  })
})
