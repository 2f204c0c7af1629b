import type { EventContext, SchemaOverview } from "@directus/types"
import { resolveConfig } from "medusa-directus-core/host"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { doubledTexts } from "../src/items/doubled-texts"
import { languageOf, makeLanguages } from "../src/items/languages"
import { readRows } from "../src/items/read-rows"
import { readSnapshots } from "../src/items/snapshot-store"
import { storedKinds } from "../src/items/stored-kinds"
import { storedCollection } from "../src/items/stored-collection"
import { translationChanges } from "../src/items/translation-changes"
import { unmappedLanguages } from "../src/items/unmapped-languages"
import { isOwnWrite, newOwnWrite, writesFor } from "../src/own-write"
import { TABLES } from "../src/database/tables"
import { makeCapture, type Capture } from "../src/capture/capture"
import { makeRelatedCapture } from "../src/capture/capture-related"
import { makeDependents } from "../src/capture/dependents"
import { makeMarker } from "../src/capture/mark-dirty"
import { fakeDirectus, uuid, type FakeDirectus } from "./fake-directus"

const { entities } = resolveConfig({ translations: { locales: { "de-DE": "de", "fr-FR": "fr" } } })
const TEXTS = "products_translations"
const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
let directus: FakeDirectus
beforeEach(async () => {
  directus = await fakeDirectus(entities)
  const { database } = directus
  await database("products").insert([
    { id: uuid(1), title: "Shirt" },
    { id: uuid(2), title: "Hat" },
  ])
  await database("product_variants").insert({ id: uuid(20), product: uuid(1), title: "S" })
  await database("product_variants_translations").insert({
    id: uuid(50),
    product_variants_id: uuid(20),
    languages_code: "de",
    title: "Klein",
  })
  const text = (id: number, product: number | null, language: string | null, title: string, more = {}) => ({
    id: uuid(id),
    products_id: product === null ? null : uuid(product),
    languages_code: language,
    title,
    ...more,
  })
  const lists = {
    option_titles: '[{"name":"Size","value":"Größe"}]',
    option_values: '[{"option":"Size","name":"Small","value":"Klein"},"broken"]',
  }
  for (const row of [
    text(31, 1, "de", "Zweites Hemd"),
    text(30, 1, "de", "Hemd", lists),
    text(32, 1, "fr", "Chemise", { option_titles: "{not json", option_values: '{"a":1}' }),
    text(33, 1, "es", "Camisa"),
    text(34, null, "de", "of none"),
    text(35, 2, null, "in no language"),
  ])
    await database(TEXTS).insert(row)
})
afterEach(() => directus.close())

const kind = (name: string) => {
  const found = directus.reader.kinds.find(name)
  if (!found) throw new Error(`no kind ${name}`)
  return found
}
const textsOf = async (name: string, id: number) => {
  const document = (await readRows(directus.reader, kind(name), [uuid(id)])).get(uuid(id)) ?? {}
  return Object.fromEntries(Object.entries(document).filter(([field]) => field.startsWith("translations#")))
}
const GERMAN = {
  "de-DE/title": "Hemd",
  "de-DE/options/Size": "Größe",
  "de-DE/options/Size/Small": "Klein",
}
const FRENCH = { "fr-FR/title": "Chemise" }
const prefixed = (texts: Record<string, string>) =>
  Object.fromEntries(Object.entries(texts).map(([key, value]) => [`translations#${key}`, value]))

describe("what is read", () => {
  it("is each text in a language of the mapping; of two rows of one language that fill it the lower key counts", async () => {
    expect(await textsOf("product", 1)).toEqual(prefixed({ ...GERMAN, ...FRENCH }))
    expect(await textsOf("product", 2)).toEqual({})
    expect(await textsOf("variant", 20)).toEqual(prefixed({ "de-DE/title": "Klein" }))
  })

  it("is what several rows of one language have together", async () => {
    for (const [id, more] of [
      [40, { description: "Ein Hut" }],
      [41, { title: "Hut", option_titles: "[]" }],
      [42, { title: "Mütze", subtitle: "Warm", option_titles: '[{"name":"Size","value":"Größe"}]' }],
    ] as const)
      await directus.database(TEXTS).insert({ id: uuid(id), products_id: uuid(2), languages_code: "de", ...more })
    expect(await textsOf("product", 2)).toEqual(
      prefixed({
        "de-DE/title": "Hut",
        "de-DE/subtitle": "Warm",
        "de-DE/description": "Ein Hut",
        "de-DE/options/Size": "Größe",
      }),
    )
  })

  it("is told of where two rows say different things, and not where they fill each other up", async () => {
    const { database, reader } = directus
    const told = () => doubledTexts(database, "sqlite3", reader.kinds)
    expect(await told()).toMatchObject([
      { code: "doubled_texts", message: expect.stringContaining(`: products ${uuid(1)} (de-DE). The shop`) as string },
    ])
    await database(TEXTS)
      .where({ id: uuid(31) })
      .update({ title: null, subtitle: "Warm" })
    expect(await told()).toEqual([])
  })

  it("languages that the mapping does not name are told", async () => {
    expect(await unmappedLanguages(directus.database, directus.reader.kinds)).toEqual(["es"])
  })
})

describe("what is written", () => {
  const own = newOwnWrite()
  const changes = async (id: number | null, texts: Record<string, string>) => {
    const wanted = [{ localId: id === null ? null : uuid(id), texts: new Map([["translations", texts]]) }]
    const { items, languages } = await translationChanges(
      directus.database,
      "sqlite3",
      own,
      kind("product").stored,
      wanted,
    )
    return { item: items[0]?.["translations"], languages: [...(languages.get("languages") ?? [])] }
  }

  it("is nothing where all is there", async () => {
    expect(await changes(1, { ...GERMAN, ...FRENCH })).toEqual({ item: undefined, languages: [] })
  })

  it("is the row and the column that differ, and the row stays when its texts go", async () => {
    expect((await changes(1, { ...GERMAN, "de-DE/title": "Oberhemd" })).item).toEqual({
      create: [],
      update: [
        { id: uuid(30), title: "Oberhemd" },
        { id: uuid(32), title: null },
      ],
      delete: [],
    })
  })

  it("is the row that has the text, of several of one language, and all that have it when it goes", async () => {
    const german = (id: number, more: object) =>
      directus.database(TEXTS).insert({ id: uuid(id), products_id: uuid(2), languages_code: "de", ...more })
    await german(40, { description: "Ein Hut" })
    await german(41, { title: "Hut" })
    await german(42, { title: "Mütze" })
    const texts = { "de-DE/title": "Hut", "de-DE/description": "Ein Hut" }
    expect((await changes(2, texts)).item).toBeUndefined()
    expect((await changes(2, { ...texts, "de-DE/title": "Zylinder", "de-DE/subtitle": "Hoch" })).item).toMatchObject({
      create: [],
      update: [
        { id: uuid(40), subtitle: "Hoch" },
        { id: uuid(41), title: "Zylinder" },
      ],
    })
    expect((await changes(2, { "de-DE/description": "Ein Hut" })).item).toMatchObject({
      create: [],
      update: [
        { id: uuid(41), title: null },
        { id: uuid(42), title: null },
      ],
    })
  })

  it("is a row of its own for a language that has none, and the sync knows it as its own", async () => {
    const { item, languages } = await changes(2, GERMAN)
    expect(item).toMatchObject({
      create: [
        {
          languages_code: "de",
          title: "Hemd",
          option_titles: [{ name: "Size", value: "Größe" }],
          option_values: [{ option: "Size", name: "Small", value: "Klein" }],
        },
      ],
      update: [],
    })
    expect(languages).toEqual(["de"])
    const { id } = (item as { create: { id: string }[] }).create[0] ?? { id: "" }
    const connection = {}
    writesFor(own, connection)
    expect(isOwnWrite(connection, TEXTS, id, "create")).toBe(true)
    expect((await changes(null, FRENCH)).item).toMatchObject({ create: [{ languages_code: "fr", title: "Chemise" }] })
  })

  it("is no text of another mapping", async () => {
    expect((await changes(2, { "es-ES/title": "Camisa", "de-DE/handle": "x", broken: "x" })).item).toBeUndefined()
  })
})

describe("what is captured", () => {
  let capture: Capture
  beforeEach(() => {
    const marker = makeMarker(log)
    const captured = (schema: SchemaOverview | null) => {
      if (!schema) return null
      const kinds = storedKinds(schema, entities)
      return {
        dialect: "sqlite3" as const,
        assets: directus.reader.assets,
        kinds,
        dependentsOf: makeDependents(schema, kinds, "sqlite3"),
      }
    }
    capture = makeCapture(captured, makeRelatedCapture(marker, log), marker, log)
  })
  const context = (accountability: EventContext["accountability"]): EventContext => ({
    database: directus.database,
    schema: directus.schema,
    accountability,
  })
  const admin = { admin: true } as EventContext["accountability"]
  const marks = async () =>
    (await directus.database(TABLES.mark).select<{ entity: string; local_id: string }[]>("*"))
      .map(({ entity, local_id }) => `${entity} ${local_id}`)
      .sort()
  const remove = async (collection: string, key: string, column: string): Promise<void> => {
    await capture.remove([key], { collection, event: "items.delete" }, context(admin))
    await directus.database(collection).where(column, key).delete()
    await capture.activity({ action: "delete", collection, item: key }, {}, context(null))
  }

  it("a row that is edited marks its record, one that goes the record that it was of", async () => {
    await capture.activity({ action: "update", collection: TEXTS, item: uuid(30) }, {}, context(null))
    expect(await marks()).toEqual([`product ${uuid(1)}`])
    await directus.database(TABLES.mark).delete()
    await remove("product_variants_translations", uuid(50), "id")
    expect(await marks()).toEqual([`variant ${uuid(20)}`])
  })

  it("a language that goes marks the records that have texts in it", async () => {
    await directus.database("languages").insert({ code: "de" })
    await remove("languages", "de", "code")
    expect(await marks()).toEqual([`product ${uuid(1)}`, `variant ${uuid(20)}`])
  })

  it("the last values of a product that goes have its texts, and so have those of its parts", async () => {
    await remove("products", uuid(1), "id")
    const { database } = directus
    expect((await readSnapshots(database, "product", [uuid(1)])).get(uuid(1))).toMatchObject(prefixed(GERMAN))
    expect((await readSnapshots(database, "variant", [uuid(20)])).get(uuid(20))).toMatchObject({
      "translations#de-DE/title": "Klein",
    })
  })
})

describe("translations of somebody else's", () => {
  const lookAt = (change: (schema: SchemaOverview) => void) => {
    const schema = structuredClone(directus.schema)
    change(schema)
    const entity = entities.get("product")
    const collection = schema.collections["products"]
    return entity && collection ? storedCollection(schema, entities, entity, collection) : null
  }

  it("a column that is missing is named, and the others are used", () => {
    const found = lookAt(({ collections }) => {
      const fields = collections[TEXTS]?.fields as Record<string, unknown>
      Reflect.deleteProperty(fields, "subtitle")
      Reflect.deleteProperty(fields, "option_values")
    })
    expect(found?.mismatches.map(({ directus: path }) => path)).toEqual([`${TEXTS}.subtitle`, `${TEXTS}.option_values`])
    expect(found?.stored.fields.get("translations")).toMatchObject({ titles: "option_titles", values: null })
  })

  it("a language that needs more than a code and a name is asked for, and none that is there", async () => {
    const schema = structuredClone(directus.schema)
    const fields = schema.collections["languages"]?.fields as Record<string, unknown>
    fields["flag"] = { field: "flag", type: "string", alias: false, nullable: false, defaultValue: null }
    const host = { knex: directus.database, schema, services: {} as never }
    await expect(makeLanguages(host, "languages", ["de", "fr"])).rejects.toThrow(/has no de, fr.* flag. Add them/)
    await directus.database("languages").insert([{ code: "de" }, { code: "fr" }])
    await expect(makeLanguages(host, "languages", ["de", "fr"])).resolves.toBeUndefined()
  })

  it("without a relation, or with a key of the languages that is no text, there are none", () => {
    const missing = [{ directus: "translations", is: "alias" }]
    expect(lookAt((schema) => (schema.relations = []))?.mismatches).toEqual(
      expect.arrayContaining([expect.objectContaining(missing[0])]),
    )
    const byNumber = lookAt(({ collections }) => {
      const code = collections["languages"]?.fields["code"]
      if (code) code.type = "integer"
    })
    expect(byNumber?.mismatches).toMatchObject(missing)
    expect(byNumber?.stored.fields.has("translations")).toBe(false)
  })
})

it.each([
  ["de", "German", "ltr"],
  ["pt-BR", "Brazilian Portuguese", "ltr"],
  ["ar", "Arabic", "rtl"],
  ["he-IL", "Hebrew (Israel)", "rtl"],
  ["fa_IR", "Persian (Iran)", "rtl"],
])("the language %s is %s, %s", (code, name, direction) => {
  expect(languageOf(code)).toEqual({ name, direction })
})
