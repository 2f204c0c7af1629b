import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { makeRecords, type Product, type Row } from "../clients/records.ts"
import { makeTranslations } from "../clients/translations.ts"
import { eventually } from "../eventually.ts"
import { Stack } from "../stack/stack.ts"

const mapping = { translations: { locales: { "de-DE": "de", "fr-FR": "fr" } } }
/** The sweeps are off: what a trigger or a hook should see must not arrive because a sweep found it. */
const withoutSweep = { plugin: { sweepInterval: 0 }, directusEnv: { MEDUSA_SYNC_SWEEP: "0" } }
const { unique, admin, cms, productOf, itemOf, recordOf } = makeRecords(() => stack)
const { salesChannel, seen, stored, idsOf, translate } = makeTranslations(() => stack)

let stack: Stack
beforeAll(async () => {
  stack = await Stack.start("translations_both", { translations: true, mapping, ...withoutSweep })
})
afterAll(() => stack?.stop())

const only = <T>([one]: T[]): T => {
  if (one === undefined) throw new Error("There is none.")
  return one
}

/** The rows of an item's translations: the language's code → texts. */
async function texts(item: string, collection = "products"): Promise<Record<string, Row>> {
  const { data } = await cms<{ data: Row[] }>(
    `/items/${collection}_translations?filter[${collection}_id][_eq]=${item}&sort=id`,
  )
  return Object.fromEntries(data.map((row) => [String(row["languages_code"]), row]))
}

const shows = (item: string, expected: Record<string, Record<string, unknown>>, collection = "products") =>
  eventually("Directus shows the texts", async () => expect(await texts(item, collection)).toMatchObject(expected))

/** What an editor saves in the form of an item. */
async function write(item: string, language: string, text: Record<string, unknown>, collection = "products") {
  const row = (await texts(item, collection))[language]
  const changes = row
    ? { create: [], update: [{ id: row.id, ...text }], delete: [] }
    : { create: [{ languages_code: { code: language }, ...text }], update: [], delete: [] }
  await cms(`/items/${collection}/${item}`, "PATCH", { translations: changes })
}

const customerSees = (path: string, expected: Record<string, unknown>, locale = "de-DE", fields = "*") =>
  eventually("a customer sees the text", async () => expect(await seen(path, locale, fields)).toMatchObject(expected))

/** A published product of Medusa with two values of one option, whose original texts are not empty. */
async function product(): Promise<{ product: Product; item: string; word: string }> {
  const word = unique("product")
  const { product: made } = await admin<{ product: Row }>("/products", {
    ...{ title: word, subtitle: "Cool", description: "A shirt.", material: "Wool", handle: word, status: "published" },
    sales_channels: [{ id: await salesChannel() }],
    options: [{ title: "Size", values: ["S", "M"] }],
    variants: ["S", "M"].map((size) => ({
      ...{ title: size, sku: `${word}-${size}`, material: "Wool", options: { Size: size }, prices: [] },
    })),
  })
  const item = await itemOf("products", made.id)
  return { product: await productOf(made.id), item, word }
}

/** With a title in German and one in French, which both sides have and nobody is about to tell anything of. */
async function translated() {
  const made = await product()
  await translate("product", made.product.id, "de-DE", { title: "Hemd" })
  await translate("product", made.product.id, "fr-FR", { title: "Chemise" })
  await shows(made.item, { de: { title: "Hemd" }, fr: { title: "Chemise" } })
  await stack.settled()
  return { ...made, id: made.product.id }
}

const changeInMedusa = async (id: string, locale: string, translations: Record<string, string>) => {
  const [row] = await stack.sqlMedusa(
    "select id from translation where reference_id = $1 and locale_code = $2 and deleted_at is null",
    [id, locale],
  )
  await admin("/translations/batch", { update: [{ id: row?.["id"], translations }] })
}

describe("texts of every kind", () => {
  test("a product's and its options', from Medusa's API and back from the form", async () => {
    const { product: made, item } = await product()
    const option = only(made.options)
    const small = made.options[0]?.values.find(({ value }) => value === "S")?.id ?? ""
    const german = { title: "Hemd", subtitle: "Kühl", description: "Ein Hemd.", material: "Wolle" }
    await translate("product", made.id, "de-DE", german)
    await translate("product_option", option.id, "de-DE", { title: "Größe" })
    await translate("product_option_value", small, "de-DE", { value: "Klein" })
    await shows(item, {
      de: {
        ...german,
        option_titles: [{ name: "Size", value: "Größe" }],
        option_values: [{ option: "Size", name: "S", value: "Klein" }],
      },
    })

    const edited = { title: "Oberhemd", subtitle: "Cool", description: "Ein Oberhemd.", material: "Merino" }
    const medium = { option: "Size", name: "M", value: "Mittel" }
    await write(item, "de", {
      ...edited,
      option_titles: [{ name: "Size", value: "Weite" }],
      option_values: [{ option: "Size", name: "S", value: "Kleiner" }, medium],
    })
    const values = ["Kleiner", "Mittel"].map((value) => expect.objectContaining({ value }))
    const options = [{ title: "Weite", values: expect.arrayContaining(values) as unknown }]
    await customerSees(`/products/${made.id}`, { ...edited, options }, "de-DE", "*options,*options.values")
    await customerSees(`/products/${made.id}`, { title: made["title"], material: "Wool" }, "fr-FR")
    expect(await stack.conflicts()).toEqual([])
  })

  test("a variant's, a category's and a collection's, both ways", async () => {
    const word = unique("kinds")
    const { product: made } = await product()
    const variant = made.variants.find(({ title }) => title === "S") as Row
    const { product_category: category } = await admin<{ product_category: Row }>("/product-categories", {
      ...{ name: word, description: "All of it.", is_active: true },
    })
    const { collection } = await admin<{ collection: Row }>("/collections", { title: word })

    await translate("product_variant", variant.id, "de-DE", { title: "Klein", material: "Wolle" })
    await translate("product_category", category.id, "de-DE", { name: "Hemden", description: "Alles davon." })
    await translate("product_collection", collection.id, "de-DE", { title: "Winter" })
    const variantItem = await itemOf("product_variants", variant.id)
    const categoryItem = await itemOf("product_categories", category.id)
    const collectionItem = await itemOf("product_collections", collection.id)
    await shows(variantItem, { de: { title: "Klein", material: "Wolle" } }, "product_variants")
    await shows(categoryItem, { de: { name: "Hemden", description: "Alles davon." } }, "product_categories")
    await shows(collectionItem, { de: { title: "Winter" } }, "product_collections")

    await write(variantItem, "de", { title: "Kleiner", material: "Merino" }, "product_variants")
    await write(categoryItem, "de", { name: "Oberhemden", description: "Jedes." }, "product_categories")
    await write(collectionItem, "de", { title: "Sommer" }, "product_collections")
    const small = expect.objectContaining({ title: "Kleiner", material: "Merino" }) as unknown
    const variants = expect.arrayContaining([small]) as unknown
    await customerSees(`/products/${made.id}`, { variants }, "de-DE", "*variants")
    await customerSees(`/product-categories/${category.id}`, { name: "Oberhemden", description: "Jedes." })
    await customerSees(`/collections/${collection.id}`, { title: "Sommer" })
    expect(await stack.conflicts()).toEqual([])
  })

  test("of options and values in whose names stands what divides names elsewhere, and every other printable character", async () => {
    const printable = String.fromCharCode(...Array.from({ length: 0x7f - 0x20 }, (_, i) => 0x20 + i)).trim()
    const word = unique("signs")
    const titles = ["Size #1", printable, "a#b, c: d; e. f/g%2Fh=i|j\nk"]
    const valuesOf = (title: string) => [`#1 ${title}`, `${title} #1B`]
    const { product: made } = await admin<{ product: Row }>("/products", {
      ...{ title: word, handle: word, status: "published", sales_channels: [{ id: await salesChannel() }] },
      options: titles.map((title) => ({ title, values: valuesOf(title) })),
      variants: [
        {
          ...{ title: "One", sku: word, prices: [] },
          options: Object.fromEntries(titles.map((title) => [title, valuesOf(title)[0]])),
        },
      ],
    })
    const item = await itemOf("products", made.id)
    const german = (title: string) => `${title} auf Deutsch`
    await write(item, "de", {
      title: "Hemd",
      option_titles: titles.map((name) => ({ name, value: german(name) })),
      option_values: titles.flatMap((option) =>
        valuesOf(option).map((name) => ({ option, name, value: german(name) })),
      ),
    })
    const options = titles.map((title) =>
      expect.objectContaining({
        title: german(title),
        values: expect.arrayContaining(
          valuesOf(title).map((value) => expect.objectContaining({ value: german(value) })),
        ) as unknown,
      }),
    )
    await customerSees(
      `/products/${made.id}`,
      { title: "Hemd", options: expect.arrayContaining(options) as unknown },
      "de-DE",
      "*options,*options.values",
    )
    await cms(`/items/products/${item}`, "PATCH", { subtitle: "later", status: "draft" })
    await eventually("later edits arrive too", async () =>
      expect(await productOf(made.id)).toMatchObject({ subtitle: "later", status: "draft" }),
    )
    expect(await stack.conflicts()).toEqual([])
  })

  test("of a product that an editor makes in one form, at once", async () => {
    const word = unique("made")
    const item = await stack.cms.create({
      ...{ title: word, handle: word, status: "published", options: [{ title: "Size", values: ["S", "M"] }] },
      variants: [
        {
          ...{ title: "S", sku: word, options: [{ name: "Size", value: "S" }] },
          translations: [{ languages_code: "de", title: "Klein" }],
        },
      ],
      translations: [
        {
          ...{ languages_code: "de", title: "Mütze" },
          option_titles: [{ name: "Size", value: "Größe" }],
          option_values: [{ option: "Size", name: "M", value: "Mittel" }],
        },
        { languages_code: "fr", title: "Bonnet" },
      ],
    })
    const id = await recordOf(item)
    const medium = expect.objectContaining({ value: "Mittel" }) as unknown
    await customerSees(
      `/products/${id}`,
      {
        title: "Mütze",
        options: [{ title: "Größe", values: expect.arrayContaining([medium]) as unknown }],
        variants: [{ title: "Klein" }],
      },
      "de-DE",
      "*options,*options.values,*variants",
    )
    await customerSees(`/products/${id}`, { title: "Bonnet" }, "fr-FR")
    const told = stack.toMedusa.sent(item)
    expect(told).toHaveLength(1)
    await stack.settled()
    expect(stack.toMedusa.sent(item)).toHaveLength(1)
  })
})

describe("while the sides cannot hear each other", () => {
  test("German edited in Directus and French in Medusa are both kept", async () => {
    const { id, item } = await translated()
    await stack.cutLinks()
    await write(item, "de", { title: "Herrenhemd" })
    await changeInMedusa(id, "fr-FR", { title: "Chemisier" })
    await stack.mendLinks()
    await shows(item, { de: { title: "Herrenhemd" }, fr: { title: "Chemisier" } })
    await customerSees(`/products/${id}`, { title: "Herrenhemd" })
    await customerSees(`/products/${id}`, { title: "Chemisier" }, "fr-FR")
    expect(await stack.conflicts()).toEqual([])
  })

  test("the same text edited on both sides is Medusa's in the end, and the other one is in the inbox", async () => {
    const { id, item } = await translated()
    await stack.cutLinks()
    await write(item, "de", { title: "Aus Directus" })
    await changeInMedusa(id, "de-DE", { title: "Aus Medusa" })
    await stack.mendLinks()
    await shows(item, { de: { title: "Aus Medusa" }, fr: { title: "Chemise" } })
    await stack.settled()
    expect((await stored(id))["de-DE"]).toEqual({ title: "Aus Medusa" })
    expect(await stack.conflicts()).toMatchObject([
      { field: "translations#de-DE/title", losingSide: "directus", losingValue: "Aus Directus" },
    ])
  })

  test("what was edited in Medusa while Directus was stopped arrives when it starts", async () => {
    const { id, item } = await translated()
    await stack.directus.stop()
    await changeInMedusa(id, "de-DE", { title: "Inzwischen" })
    await translate("product", id, "es-ES", { title: "Camisa" })
    await stack.directus.start()
    await shows(item, { de: { title: "Inzwischen" }, fr: { title: "Chemise" } })
  })
})

describe("a text that goes", () => {
  test("in Directus shows the original to customers: emptied, and with its whole row", async () => {
    const { id, item, word } = await translated()
    await write(item, "de", { title: null })
    await customerSees(`/products/${id}`, { title: word })
    const french = (await texts(item))["fr"]
    await cms(`/items/products/${item}`, "PATCH", {
      translations: { create: [], update: [], delete: [french?.id] },
    })
    await customerSees(`/products/${id}`, { title: word }, "fr-FR")
    await stack.settled()
    expect(await stored(id)).toEqual({})
  })

  test("in Medusa is empty in Directus: out of the texts, and with the whole translation", async () => {
    const { id, item } = await translated()
    await changeInMedusa(id, "de-DE", { title: "" })
    await shows(item, { de: { title: null }, fr: { title: "Chemise" } })
    await admin("/translations/batch", { delete: await idsOf(id) })
    await shows(item, { de: { title: null }, fr: { title: null } })
  })
})

test("a locale that the mapping does not name stays as it is on its side, and each status names it", async () => {
  const { id, item } = await translated()
  await cms("/items/languages", "POST", { code: "it", name: "Italian" })
  await write(item, "it", { title: "Camicia" })
  await translate("product", id, "es-ES", { title: "Camisa" })
  await write(item, "de", { title: "Oberhemd" })
  await customerSees(`/products/${id}`, { title: "Oberhemd" })
  await changeInMedusa(id, "fr-FR", { title: "Chemisier" })
  await shows(item, { de: { title: "Oberhemd" }, fr: { title: "Chemisier" }, it: { title: "Camicia" } })
  expect(Object.keys(await texts(item)).sort()).toEqual(["de", "fr", "it"])
  expect(await stored(id)).toEqual({
    "de-DE": { title: "Oberhemd" },
    "fr-FR": { title: "Chemisier" },
    "es-ES": { title: "Camisa" },
  })
  expect(await stack.shop.status()).toMatchObject({ translations: { unmapped: ["es-ES"] } })
  expect(await stack.cms.status()).toMatchObject({ translations: { unmapped: ["it"] } })
})

test("a product that is deleted and restored in Medusa keeps its texts on both sides", async () => {
  const { id, item } = await translated()
  await stack.shop.remove(id)
  await eventually("it is archived", async () => expect((await stack.cms.read(item))["status"]).toBe("archived"))
  await shows(item, { de: { title: "Hemd" }, fr: { title: "Chemise" } })
  await stack.shop.restore(id)
  await eventually("it is back", async () => expect((await stack.cms.read(item))["status"]).toBe("published"))
  // Medusa's module takes a product back without the sales channels that it had.
  await admin(`/products/${id}`, { sales_channels: [{ id: await salesChannel() }] })
  await customerSees(`/products/${id}`, { title: "Hemd" })
  await write(item, "de", { title: "Wieder da" })
  await customerSees(`/products/${id}`, { title: "Wieder da" })
  await shows(item, { de: { title: "Wieder da" }, fr: { title: "Chemise" } })
})

test("a product that an editor brings back keeps its texts, and those of its options", async () => {
  const { id, item, product: made } = await translated()
  await translate("product_option", only(made.options).id, "de-DE", { title: "Größe" })
  const german = { title: "Hemd", option_titles: [{ name: "Size", value: "Größe" }] }
  await shows(item, { de: german })
  await stack.shop.remove(id)
  await eventually("it is archived", async () => expect((await stack.cms.read(item))["status"]).toBe("archived"))
  await stack.cms.edit(item, { status: "published" })
  await eventually("it is back", async () => expect((await productOf(id)).options).toMatchObject([{ title: "Size" }]))
  await stack.settled()
  await shows(item, { de: german, fr: { title: "Chemise" } })
  expect(await stored(id)).toEqual({ "de-DE": { title: "Hemd" }, "fr-FR": { title: "Chemise" } })
  expect(await stored(only((await productOf(id)).options).id)).toEqual({ "de-DE": { title: "Größe" } })
})

test("one edited text is one push with that text alone, and nothing comes back", async () => {
  const { id, item } = await translated()
  const forget = () => [stack.toDirectus, stack.toMedusa].forEach((way) => way.forget())
  const fieldsOf = (sent: { fields: object }[]) => sent.map(({ fields }) => Object.keys(fields))
  forget()
  await write(item, "de", { title: "Gezählt" })
  await customerSees(`/products/${id}`, { title: "Gezählt" })
  await stack.settled()
  expect(fieldsOf(stack.toMedusa.sent())).toEqual([["translations#de-DE/title"]])
  expect(stack.toDirectus.sent()).toEqual([])

  forget()
  await changeInMedusa(id, "fr-FR", { title: "Compté" })
  await shows(item, { fr: { title: "Compté" } })
  await stack.settled()
  expect(fieldsOf(stack.toDirectus.sent())).toEqual([["translations#fr-FR/title"]])
  expect(stack.toMedusa.sent()).toEqual([])

  forget()
  await write(item, "de", { title: "Gezählt" })
  await changeInMedusa(id, "fr-FR", { title: "Compté" })
  await stack.settled()
  expect([...stack.toDirectus.sent(), ...stack.toMedusa.sent()]).toEqual([])
})

test("plain SQL on Medusa's table arrives by its trigger", async () => {
  const { id, item } = await translated()
  await stack.sqlMedusa(
    `update translation set translations = '{"title": "Per SQL"}' where reference_id = $1 and locale_code = 'de-DE'`,
    [id],
  )
  await shows(item, { de: { title: "Per SQL" }, fr: { title: "Chemise" } })
})

describe("with the sweep", () => {
  beforeAll(async () => {
    stack.writeCms({ MEDUSA_SYNC_SWEEP: "2000" })
    await stack.directus.restart()
  })

  test("plain SQL on Directus's table is found: a text changed, one made, one deleted", async () => {
    const { id, item, word } = await translated()
    const sql = (text: string) => stack.sqlDirectus(text, [item])
    await sql("update products_translations set title = 'Per SQL' where products_id = $1 and languages_code = 'de'")
    await customerSees(`/products/${id}`, { title: "Per SQL" })
    await sql("delete from products_translations where products_id = $1 and languages_code = 'fr'")
    await customerSees(`/products/${id}`, { title: word }, "fr-FR")
    await sql(
      "insert into products_translations (id, products_id, languages_code, subtitle) values (gen_random_uuid(), $1, 'fr', 'Encore')",
    )
    await customerSees(`/products/${id}`, { subtitle: "Encore" }, "fr-FR")
  })
})
