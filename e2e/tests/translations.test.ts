import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { makeDirectusMessages } from "../clients/directus-messages.ts"
import { makeRecords, type Product, type Row } from "../clients/records.ts"
import { makeTranslations, type Reference } from "../clients/translations.ts"
import { eventually } from "../eventually.ts"
import { Stack } from "../stack/stack.ts"

const mapping = { translations: { locales: { "de-DE": "de", "fr-FR": "fr" } } }
const { unique, admin, productOf } = makeRecords(() => stack)
const { seen: visit, stored, idsOf, translate } = makeTranslations(() => stack)

let stack: Stack
/** Directus is down here: what Medusa does with the texts shows without it. */
let directus: ReturnType<typeof makeDirectusMessages>

beforeAll(async () => {
  stack = await Stack.make("translations_medusa", { translations: true, mapping })
  directus = makeDirectusMessages(stack)
  await stack.medusa.start()
})
afterAll(() => stack?.stop())

const only = <T>([one]: T[]): T => {
  if (one === undefined) throw new Error("There is none.")
  return one
}

/** A product as a customer sees it. */
const seen = (id: string, locale: string) =>
  visit<Product>(`/products/${id}`, locale, "title,subtitle,*options,*options.values")

const textsOf = (fields: Record<string, [unknown, number]> = {}): [key: string, text: unknown][] =>
  Object.entries(fields).flatMap(([name, [text]]): [string, unknown][] =>
    name.startsWith("translations#") ? [[name.slice("translations#".length), text]] : [],
  )

/** Looks at what Medusa last tried to tell of a record: Directus does not answer, and it would ask it ever more seldom. */
const lastSent = (id: string, look: (fields: Record<string, [unknown, number]> | undefined) => void) =>
  eventually("Medusa tells it", async () => {
    await stack.shop.resume()
    look(stack.toDirectus.sent(id).at(-1)?.fields)
  })

const tells = (id: string, expected: Record<string, string>) =>
  lastSent(id, (fields) => {
    const present = textsOf(fields).filter(([, text]) => text !== null)
    expect(Object.fromEntries(present)).toEqual(expected)
  })

const tell = async (entity: string, id: string, fields: Record<string, unknown>) =>
  only(await directus.tell({ entity, id, fields }))

const edit = (item: string, fields: Record<string, unknown>) => tell("product", item, fields)

/** A product that Directus has made, with a text in German and one in French. */
async function made(more: Record<string, unknown> = {}): Promise<{ id: string; item: string }> {
  const item = unique("item")
  const result = await edit(item, {
    title: item,
    handle: item,
    status: "published",
    "translations#de-DE/title": `${item} auf Deutsch`,
    "translations#fr-FR/title": `${item} en français`,
    ...more,
  })
  expect(result).toMatchObject({ st: "created" })
  return { id: result.peer ?? "", item }
}

/** Two products that both sides know and that share an option in Medusa. */
async function sharing() {
  const title = unique("Colour")
  const { product_option: option } = await admin<{ product_option: Product["options"][number] }>("/product-options", {
    ...{ title, values: ["Red"], is_exclusive: false },
  })
  const pairs = [await made(), await made()]
  for (const { id } of pairs)
    await admin(`/products/${id}/options/batch`, {
      add: [{ id: option.id, value_ids: option.values.map(({ id }) => id) }],
    })
  return { option, pairs }
}

describe("what Directus tells", () => {
  test("a new product has its translations, and those of its options, at once", async () => {
    const { id, item } = await made({
      options: [{ title: "Size / Größe", values: ["Small", "Large"] }],
      "translations#de-DE/subtitle": "Kühl",
      "translations#de-DE/options/Size %2F Größe": "Größe",
      "translations#de-DE/options/Size %2F Größe/Small": "Klein",
    })
    const option = only((await productOf(id)).options)
    expect(await stored(id)).toEqual({
      "de-DE": { title: `${item} auf Deutsch`, subtitle: "Kühl" },
      "fr-FR": { title: `${item} en français` },
    })
    expect(await stored(option.id)).toEqual({ "de-DE": { title: "Größe" } })
    expect(await seen(id, "de-DE")).toMatchObject({
      title: `${item} auf Deutsch`,
      options: [{ title: "Größe", values: expect.arrayContaining([expect.objectContaining({ value: "Klein" })]) }],
    })
    const counts = await stack.sqlMedusa(
      "select translated_field_count n from translation where reference_id = $1 order by locale_code",
      [id],
    )
    expect(counts).toEqual([{ n: 2 }, { n: 1 }])
  })

  test("a text that is taken away shows the original again, and every other text stays", async () => {
    // Medusa translates no text that is empty itself.
    const { id, item } = await made({ subtitle: "Cool", "translations#de-DE/subtitle": "Kühl" })
    await translate("product", id, "es-ES", { title: "En español" })
    await stack.sqlMedusa(
      `update translation set translations = translations || '{"seo": "of the shop''s own"}' where reference_id = $1 and locale_code = 'de-DE'`,
      [id],
    )
    expect(await edit(item, { "translations#de-DE/title": null })).toMatchObject({ st: "ok" })
    expect(await stored(id)).toEqual({
      "de-DE": { subtitle: "Kühl", seo: "of the shop's own" },
      "fr-FR": { title: `${item} en français` },
      "es-ES": { title: "En español" },
    })
    expect(await seen(id, "de-DE")).toMatchObject({ title: item, subtitle: "Kühl" })
    await edit(item, { "translations#fr-FR/title": null })
    expect(Object.keys(await stored(id)).sort()).toEqual(["de-DE", "es-ES"])
    expect(await seen(id, "fr-FR")).toMatchObject({ title: item })
    await edit(item, { "translations#fr-FR/title": "De nouveau" })
    expect(await seen(id, "fr-FR")).toMatchObject({ title: "De nouveau" })
  })

  test("a German text edited there and a French one here are both kept", async () => {
    const { id, item } = await made()
    await stack.sqlMedusa(
      `update translation set translations = '{"title": "Ici"}' where reference_id = $1 and locale_code = 'fr-FR'`,
      [id],
    )
    await edit(item, { "translations#de-DE/title": "Dort" })
    expect(await stored(id)).toEqual({ "de-DE": { title: "Dort" }, "fr-FR": { title: "Ici" } })
    await tells(id, { "fr-FR/title": "Ici" })
  })

  test("variants, categories and collections have translations too, from the first message on", async () => {
    const { id: productId, item: productItem } = await made({ options: [{ title: "Size", values: ["S"] }] })
    const [category, collection, variant] = [unique("category"), unique("collection"), unique("variant")]
    const results = [
      await tell("category", category, {
        ...{ name: category, handle: category },
        "translations#de-DE/description": "Alles für draußen",
      }),
      await tell("collection", collection, {
        ...{ title: collection, handle: collection },
        "translations#de-DE/title": "Winter",
      }),
      await tell("variant", variant, {
        ...{ product: productItem, title: "S", sku: variant, "options#Size": "S" },
        "translations#de-DE/title": "Klein",
        "translations#de-DE/material": "Wolle",
      }),
    ]
    const ids = results.map(({ peer }) => peer ?? "")
    expect(await Promise.all(ids.map(stored))).toEqual([
      { "de-DE": { description: "Alles für draußen" } },
      { "de-DE": { title: "Winter" } },
      { "de-DE": { title: "Klein", material: "Wolle" } },
    ])
    expect((await productOf(productId)).variants.map(({ id }) => id)).toEqual([ids[2]])
  })

  test("a text of an option that the product does not have is refused, and nothing is written", async () => {
    const { id, item } = await made()
    const before = await stored(id)
    const fields = { "translations#de-DE/options/Colour": "Farbe", "translations#de-DE/title": "Anders" }
    const result = await edit(item, fields)
    expect(result).toMatchObject({ st: "failed", code: "rejected_by_host" })
    expect(result.reason).toMatch(/Add it to the product's options/)
    expect(await stored(id)).toEqual(before)
  })

  test("subscribers get Medusa's own events", async () => {
    const { id, item } = await made()
    await edit(item, { "translations#de-DE/title": "Neu" })
    await edit(item, { "translations#de-DE/title": null })
    const ids = await idsOf(id)
    await eventually("all have come", async () => {
      const { events } = await stack.shop.witnessed()
      const own = events.filter(({ data }) => ids.includes(data.id)).map(({ name }) => name)
      expect(own).toEqual([
        ...["translation.created", "translation.created", "translation.updated", "translation.deleted"],
      ])
    })
  })
})

describe("what Medusa tells", () => {
  test("texts of a product, its options and values, in the languages of the mapping", async () => {
    const word = unique("product")
    const { product } = await admin<{ product: Product }>("/products", {
      ...{ title: word, handle: word, options: [{ title: "Size", values: ["S", "M"] }] },
    })
    await translate("product", product.id, "de-DE", { title: "Hemd", subtitle: "" })
    await translate("product", product.id, "es-ES", { title: "Camisa" })
    await tells(product.id, { "de-DE/title": "Hemd" })
    const option = only(product.options)
    await translate("product_option", option.id, "fr-FR", { title: "Taille" })
    await tells(product.id, { "de-DE/title": "Hemd", "fr-FR/options/Size": "Taille" })
    const small = option.values.find(({ value }) => value === "S")
    await translate("product_option_value", small?.id ?? "", "de-DE", { value: "Klein" })
    const all = { "de-DE/title": "Hemd", "fr-FR/options/Size": "Taille", "de-DE/options/Size/S": "Klein" }
    await tells(product.id, all)

    await admin(`/product-options/${option.id}`, { title: "Größe" })
    const renamed = {
      "de-DE/title": "Hemd",
      "fr-FR/options/Größe": "Taille",
      "de-DE/options/Größe/S": "Klein",
    }
    await tells(product.id, renamed)
  })

  test("texts of a variant, a category and a collection, also by plain SQL", async () => {
    const word = unique("record")
    const { product } = await admin<{ product: Product }>("/products", {
      ...{ title: word, handle: word, options: [{ title: "Size", values: ["S"] }] },
      variants: [{ title: "S", options: { Size: "S" }, prices: [] }],
    })
    const { product_category: category } = await admin<{ product_category: Row }>("/product-categories", { name: word })
    const { collection } = await admin<{ collection: Row }>("/collections", { title: word })
    for (const [reference, { id }, column] of [
      ["product_variant", only(product.variants), "material"],
      ["product_category", category, "name"],
      ["product_collection", collection, "title"],
    ] as [Reference, Row, string][]) {
      await stack.sqlMedusa(
        `insert into translation (id, reference, reference_id, locale_code, translations)
         values ($1, $2, $3, 'de-DE', jsonb_build_object($4::text, 'Eins'))`,
        [unique("trans"), reference, id, column],
      )
      await tells(id, { [`de-DE/${column}`]: "Eins" })
      await stack.sqlMedusa("delete from translation where reference_id = $1", [id])
      await tells(id, {})
    }
  })

  test("a text of a shared option, to every product that has it", async () => {
    const { option, pairs } = await sharing()
    await translate("product_option_value", only(option.values).id, "de-DE", { value: "Rot" })
    for (const { id } of pairs) await tells(id, { [`de-DE/options/${option.title}/Red`]: "Rot" })
  })

  test("a text of a shared option that Directus changed through one product, to the other", async () => {
    const { option, pairs } = await sharing()
    const key = `de-DE/options/${option.title}`
    const told = (text: string, { item: id }: { item: string }) => ({
      ...{ entity: "product", id, fields: { [`translations#${key}`]: text } },
    })
    const [one, other] = pairs as [{ id: string; item: string }, { id: string; item: string }]
    expect(await directus.tell(told("Farbe", one))).toMatchObject([{ st: "ok" }])
    expect(await stored(option.id)).toEqual({ "de-DE": { title: "Farbe" } })
    await tells(other.id, { [key]: "Farbe" })

    // In one message, each another: one text stays, and whose it is not hears of it.
    expect(await directus.tell(told("Farbton", one), told("Kolorit", other))).toMatchObject([
      { st: "ok" },
      { st: "ok" },
    ])
    const { title } = (await stored(option.id))["de-DE"] as { title: string }
    expect(["Farbton", "Kolorit"]).toContain(title)
    await tells(title === "Kolorit" ? one.id : other.id, { [key]: title })
  })

  test("nothing of the texts of a product that is deleted and restored: they stay", async () => {
    const told = () => stack.toDirectus.sent(id).flatMap(({ fields }) => textsOf(fields))
    const { id } = await made({
      options: [{ title: "Size", values: ["S"] }],
      "translations#de-DE/options/Size": "Größe",
    })
    await stack.shop.remove(id)
    await eventually("Medusa tells that it is gone", async () => {
      await stack.shop.resume()
      expect(stack.toDirectus.sent(id).at(-1)?.alive).toBe(false)
    })
    expect(told()).toEqual([])
    await stack.shop.restore(id)
    await stack.shop.edit(id, { subtitle: "back" })
    await lastSent(id, (fields) => expect(fields).toMatchObject({ subtitle: ["back", expect.any(Number)] }))
    // Medusa's module brings no option back that the product had for itself (2.21.2).
    expect((await productOf(id)).options).toEqual([])
    expect(told().filter(([key]) => !key.includes("/options/"))).toEqual([])
  })
})

describe("the status", () => {
  test("names languages that only one side knows", async () => {
    const { id } = await made()
    await translate("product", id, "it-IT", { title: "Camicia" })
    const { stores } = await admin<{ stores: Row[] }>("/stores")
    await admin(`/stores/${only(stores).id}`, { supported_locales: [{ locale_code: "de-DE" }] })
    expect((await stack.shop.status()).translations).toMatchObject({
      unmapped: expect.arrayContaining(["it-IT"]),
      unsupported: ["fr-FR"],
    })
  })

  test("says what to switch on while Medusa's module is off; the shop sells, and no text is lost", async () => {
    const { id, item } = await made()
    const later = { "translations#de-DE/title": "Später" }
    stack.options.translations = false
    stack.writeShop()
    await stack.medusa.restart()
    const { state, reason, translations } = await stack.shop.status()
    expect({ state, translations }).toEqual({ state: "off", translations: null })
    expect(reason).toMatch(/featureFlags: \{ translation: true \}.*@medusajs\/medusa\/translation.*db:migrate/)
    expect(await stack.medusa.log()).toContain("mapping.translations needs Medusa's Translation Module")
    expect((await seen(id, "de-DE")).title).toBe(item)
    expect((await directus.send({ entity: "product", id: item, fields: later })).status).toBe(503)

    stack.options.translations = true
    stack.writeShop()
    await stack.medusa.restart()
    expect(await edit(item, later)).toMatchObject({ st: "ok" })
    expect((await seen(id, "de-DE")).title).toBe("Später")
    expect(await stack.medusa.log()).toMatch(/Medusa has translations in .*it-IT/)
  })

  test("says to migrate while the module has no tables", async () => {
    const bare = await Stack.make("translations_bare", { mapping })
    try {
      bare.options.translations = true
      bare.writeShop()
      await bare.medusa.start()
      const { state, reason } = await bare.shop.status()
      expect({ state, reason }).toEqual({
        state: "off",
        reason: expect.stringMatching(/tables are missing.*db:migrate/),
      })
    } finally {
      await bare.stop()
    }
  })
})
