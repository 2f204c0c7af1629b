import { describe, expect, it } from "vitest"
import type { Side } from "../src/document/value.ts"
import { makeConfig, resolveConfig } from "../src/mapping/config.ts"
import { mappingDifference } from "../src/mapping/difference.ts"
import { fieldOf, mayReceive, type FieldInput } from "../src/mapping/entity.ts"
import { refused, text, thing } from "./thing.ts"

describe("a kind of record", () => {
  it.each<[FieldInput, Side | "two-way", Side]>([
    [text("a", "a"), "two-way", "medusa"],
    [text("a", "a", { wins: "directus" }), "two-way", "directus"],
    [text("a", "a", { owner: "directus" }), "directus", "directus"],
    [text("a", "a", { owner: "medusa", wins: "directus" }), "medusa", "medusa"],
    [text(null, "a"), "directus", "directus"],
    [text("a", null), "medusa", "medusa"],
    [text("a", null, { owner: "directus" }), "medusa", "medusa"],
  ])("a field that is %j belongs to %s, and %s wins", (field, owner, wins) => {
    const definition = thing({ fields: { a: field } }).fields.get("a")
    expect(definition).toMatchObject({ name: "a", owner, wins })
    expect((["medusa", "directus"] as const).map((side) => definition && mayReceive(definition, side))).toEqual([
      owner !== "medusa",
      owner !== "directus",
    ])
  })

  it("maps each field of a host once, its files too", () => {
    const fields = (directus: string, more: Partial<FieldInput> = {}) => ({
      title: text("title", "name"),
      other: text("other", directus, more),
    })
    expect(() => thing({ fields: fields("name") })).toThrow(
      refused(
        /^mapping\.thing\.fields\.other\.directus: "name" is already mapped by "title"\. Map each directus field once/,
      ),
    )
    expect(() => thing({ fields: fields("other", { file: "name" }) })).toThrow(refused(/already mapped by "title"/))
    expect(() => thing({ fields: { title: text("title", "a"), other: text("title", "b") } })).toThrow(
      refused(/fields\.other\.medusa: "title" is already mapped/),
    )
    // The same name on the two hosts is no clash.
    expect(() => thing({ fields: { a: text("x", "y"), b: text("y", "x", { file: "z" }) } })).not.toThrow()
  })

  it.each(["title", "_a", "metadata.care", "a.0", "a.b.c.d", "with-dash"])("%j is a usable path", (path) => {
    expect(() => thing({ fields: { title: text(path, "name") } })).not.toThrow()
  })

  it.each([
    "",
    "a b",
    "0a",
    "-a",
    ".a",
    "a.",
    "a..b",
    "a.b.c.d.e",
    "a.__proto__",
    "constructor",
    "a.prototype",
    "a/b",
    "x\ny",
  ])("%j is no usable path", (path) => {
    expect(() => thing({ fields: { title: text(path, "name") } })).toThrow(refused(/is not a usable path/))
    expect(() => thing({ fields: { title: text("title", "b", { file: path }) } })).toThrow(refused(/not a usable/))
    expect(() => thing({ collection: path })).toThrow(refused(/^mapping\.thing\.collection: /))
    expect(() => thing({ externalId: path })).toThrow(refused(/^mapping\.thing\.externalId: /))
  })

  it("gives each value a word of its own; what a host cannot store is only written", () => {
    const values = { directus: { draft: "x", live: "x" } }
    expect(() => thing({ fields: { status: text("s", "s", { values }) } })).toThrow(
      refused(/^mapping\.thing\.fields\.status\.values\.directus: two values share one word/),
    )
    expect(() => thing({ fields: { status: text("s", "s", { writes: values }) } })).not.toThrow()
    expect(() =>
      thing({ fields: { status: text("s", "s", { values: { directus: { a: "x", b: "y" } } }) } }),
    ).not.toThrow()
  })

  it("shows Medusa's id in a field of its own", () => {
    expect(() => thing({ externalId: "name" })).toThrow(
      refused(/^mapping\.thing\.externalId: "name" is mapped by "title"/),
    )
    expect(thing({ externalId: "medusa_id" }).externalId).toBe("medusa_id")
  })

  it("is archived only where a host has a value for that", () => {
    const archive = { field: "title", directus: "gone" }
    expect(() => thing({ archive, deletes: { medusa: "archive", directus: "archive" } })).toThrow(
      refused(/^mapping\.thing\.deletes\.medusa: a thing cannot be archived in medusa/),
    )
    expect(() => thing({ archive, deletes: { medusa: "ignore", directus: "archive" } })).not.toThrow()
  })

  it("keeps the keys whose fields are mapped", () => {
    const fields = { title: text("title", "name"), parent: text("p", "p") }
    const matchKeys = [
      "title",
      "sku",
      { field: "title", within: "parent" },
      { field: "title", within: "sku" },
      { field: "sku", within: "title" },
    ]
    expect(thing({ fields, matchKeys }).matchKeys).toEqual([
      { field: "title", within: null },
      { field: "title", within: "parent" },
    ])
  })

  it("answers a member by its set", () => {
    const entity = thing({ fields: { tags: { type: "set", medusa: "tags", directus: "tags" } } })
    expect(fieldOf(entity, "tags#new")?.name).toBe("tags")
    expect(fieldOf(entity, "other")).toBeUndefined()
  })
})

describe("a mapping that a user writes", () => {
  const entityOf = (mapping: object, kind = "product") => resolveConfig(mapping).entities.get(kind)

  it("leaves out a field by false, and keeps the rest of one that is only renamed or changed", () => {
    const entity = entityOf({ product: { fields: { title: "name", subtitle: { wins: "directus" }, weight: false } } })
    expect(entity?.fields.get("title")).toMatchObject({
      medusa: "title",
      directus: "name",
      wins: "medusa",
      type: "text",
    })
    expect(entity?.fields.get("subtitle")).toMatchObject({ directus: "subtitle", wins: "directus" })
    expect(entity?.fields.has("weight")).toBe(false)
  })

  it("adds keys of metadata and computed values as fields of their own; a computed one is Medusa's", () => {
    const entity = entityOf({
      product: {
        metadata: { care: "care_text", fit: { type: "integer", owner: "directus" } },
        computed: { score: "s", plain: {} },
      },
    })
    expect(entity?.fields.get("metadata_care")).toMatchObject({
      medusa: "metadata.care",
      directus: "care_text",
      type: "text",
      owner: "two-way",
    })
    expect(entity?.fields.get("metadata_fit")).toMatchObject({
      medusa: "metadata.fit",
      directus: "fit",
      type: "integer",
      owner: "directus",
    })
    expect(entity?.fields.get("computed_score")).toMatchObject({
      medusa: "computed.score",
      directus: "s",
      owner: "medusa",
    })
    expect(entity?.fields.get("computed_plain")).toMatchObject({ directus: "plain", type: "text" })
  })

  it("has its own collection, id field, keys and ends", () => {
    const entity = entityOf({
      product: {
        collection: "shoes",
        externalId: "mid",
        matchKeys: ["title", { field: "handle", within: "collection" }],
        deletes: { medusa: "propagate" },
      },
    })
    expect(entity).toMatchObject({
      collection: "shoes",
      externalId: "mid",
      matchKeys: [
        { field: "title", within: null },
        { field: "handle", within: "collection" },
      ],
      deletes: { medusa: "propagate", directus: "archive" },
    })
    expect(entityOf({ product: { externalId: null } })?.externalId).toBeNull()
    expect(entityOf({ product: {} })).toMatchObject({
      collection: "products",
      matchKeys: [{ field: "handle", within: null }],
    })
  })

  it("loses the default key with its field, and refuses a key of a field that is not mapped", () => {
    expect(entityOf({ product: { fields: { handle: false } } })?.matchKeys).toEqual([])
    expect(() => resolveConfig({ product: { matchKeys: [{ field: "title", within: "shop" }] } })).toThrow(
      refused(/^mapping\.product\.matchKeys: "shop" is not a mapped field\. Use one of: title/),
    )
  })

  it("archives by another field and value, if that is mapped", () => {
    expect(entityOf({ product: { archive: { directus: "hidden" } } })?.archive).toEqual({
      field: "status",
      medusa: "draft",
      directus: "hidden",
    })
    expect(entityOf({ product: { archive: { field: "material" } } })?.archive).toMatchObject({ field: "material" })
    expect(() => resolveConfig({ product: { archive: { field: "hidden" } } })).toThrow(
      refused(/^mapping\.product\.archive\.field: "hidden" is not a mapped field\. Use one of: title/),
    )
  })

  it("without the field that shows an archived record only what would archive is left as it is", () => {
    const entity = entityOf({ product: { fields: { status: false }, deletes: { directus: "propagate" } } })
    expect(entity).toMatchObject({ archive: null, deletes: { medusa: "ignore", directus: "propagate" } })
  })

  it("has tags and types only when they are asked for", () => {
    expect([...resolveConfig().entities.keys()]).toEqual(["collection", "category", "product", "image", "variant"])
    expect([...resolveConfig({ tag: true, type: {} }).entities.keys()].slice(0, 2)).toEqual(["type", "tag"])
    expect([...resolveConfig({ variant: false, image: false }).entities.keys()]).toEqual([
      "collection",
      "category",
      "product",
    ])
  })

  const brand = {
    medusa: { module: "brand", model: "Brand" },
    collection: "brands",
    fields: { name: "title", since: { type: "date" } },
  }

  it("has kinds of the shop's own, before what may refer to them, and parts behind", () => {
    const part = {
      ...brand,
      collection: "parts",
      fields: { product: { type: "reference", to: "product" } },
      parent: "product",
    }
    const { entities } = resolveConfig({ kinds: { part, brand: { ...brand, deletes: { directus: "propagate" } } } })
    expect([...entities.keys()]).toEqual(["brand", "collection", "category", "product", "image", "variant", "part"])
    expect(entities.get("brand")).toMatchObject({
      externalId: "medusa_id",
      archive: { field: "archived", directus: true },
      deletes: { medusa: "ignore", directus: "propagate" },
      source: { module: "brand", model: "Brand" },
      parent: null,
    })
    expect(entities.get("brand")?.fields.get("name")).toMatchObject({ medusa: "name", directus: "title", type: "text" })
    expect(entities.get("brand")?.fields.get("since")).toMatchObject({
      medusa: "since",
      directus: "since",
      type: "date",
    })
    expect(entities.get("part")).toMatchObject({ parent: "product", deletes: { directus: "archive" } })
  })

  it("leaves out references to what is left out, and parts of parts with their parents", () => {
    const toy = { ...brand, fields: { name: "name", maker: { type: "reference", to: "brand" } } }
    expect(resolveConfig({ kinds: { toy } }).entities.get("toy")?.fields.has("maker")).toBe(false)
    const chain = (to: string, collection: string) => ({
      ...brand,
      collection,
      fields: { above: { type: "reference", to } },
      parent: "above",
    })
    const kinds = { a: chain("nothing", "as"), b: chain("a", "bs"), c: chain("product", "cs") }
    expect([...resolveConfig({ kinds }).entities.keys()].slice(-2)).toEqual(["variant", "c"])
  })

  it("gives each kind a collection of its own, and no kind a name that exists", () => {
    expect(() => resolveConfig({ kinds: { brand: { ...brand, collection: "products" } } })).toThrow(
      refused(/^mapping\.product\.collection: "products" holds the kind "brand" already/),
    )
    expect(() => resolveConfig({ kinds: { variant: brand } })).toThrow(
      refused(/^mapping\.kinds\.variant: this kind exists/),
    )
  })

  it("is refused with its path and an example", () => {
    expect(() => resolveConfig({ product: { fields: { title: { wins: "nobody" } } } })).toThrow(
      refused(/^mapping\.product\.fields\.title.*: .*Example: \{ product: /),
    )
    expect(() => resolveConfig([])).toThrow(refused(/^mapping: /))
  })

  it("has a hash of 22 characters over all that is synced", () => {
    const { hash, description, entities } = resolveConfig()
    expect(hash).toMatch(/^[\w-]{22}$/)
    expect(Object.keys(description)).toEqual([...entities.keys()])
    expect(makeConfig([...entities.values()]).hash).toBe(hash)
    const hashes = [
      { product: { fields: { title: { owner: "directus" } } } },
      { product: { fields: { status: { values: { directus: { published: "live" } } } } } },
      { product: { fields: { status: { writes: { medusa: { archived: "proposed" } } } } } },
      { product: { collection: "shoes" } },
      { product: { externalId: null } },
      { product: { archive: { directus: "hidden" } } },
      { product: { matchKeys: ["title"] } },
      { tag: true },
    ].map((mapping) => resolveConfig(mapping).hash)
    expect(new Set([hash, ...hashes]).size).toBe(9)
  })
})

describe("the difference of two mappings", () => {
  const difference = (here: object, there: object, side: Side = "medusa") =>
    mappingDifference(side, here as Record<string, string>, there as Record<string, string>)

  it("names each place and both words, each side by its name", () => {
    expect(difference({ a: { b: "x", c: 1 } }, { a: { b: "y", c: 1 } }, "directus")).toBe(
      'The mapping differs: mapping.a.b is "x" in Directus and "y" in Medusa. Give both sides the same mapping.',
    )
  })

  it("says what only one side has, without all that is in it", () => {
    expect(difference({ a: { b: 1 }, d: true }, { c: ["x"], d: true })).toBe(
      "The mapping differs: mapping.a is there in Medusa and not there in Directus; mapping.c is not there in Medusa and there in Directus. Give both sides the same mapping.",
    )
  })

  it("names five, and counts the others", () => {
    const side = (value: number, count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${String(i)}`, value]))
    expect(difference(side(1, 7), side(2, 7))).toMatch(
      /mapping\.k4 is 1 in Medusa and 2 in Directus; and 2 more\. Give/,
    )
    expect(difference(side(1, 5), side(2, 5))).not.toMatch(/more/)
  })

  it("of two that say the same is that the sides run different versions", () => {
    expect(difference({ a: 1 }, { a: 1 })).toMatch(/the two sides run different versions/)
  })
})
