import { randomUUID } from "node:crypto"
import { directionKey, resolveConfig, sign, type Message, type WireRecord } from "medusa-directus-core/host"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { stopAll } from "../../scripts/stack/index.ts"
import { eventually } from "../eventually.ts"
import { Stack } from "../stack/stack.ts"

// Directus alone: Medusa's part is a message as Medusa signs it.
afterAll(() => stopAll())

const mapping = { translations: { locales: { "de-DE": "de", "fr-FR": "fr", "ar-SA": "ar" } } }
const hidden = [
  "product_categories_translations",
  "product_collections_translations",
  "product_variants_translations",
  "products_product_categories",
  "products_translations",
]

type Row = Record<string, unknown>
type Reply = { results?: { st: string; peer: string | null }[] }
type Made = { collection: string; meta: { hidden: boolean } | null }

const items = async (stack: Stack, path: string): Promise<Row[]> =>
  (await stack.cms.fetchJson<{ data: Row[] }>(`/items/${path}`)).data

const write = async (stack: Stack, path: string, body: unknown, method = "POST"): Promise<Row> =>
  (await stack.cms.fetchJson<{ data: Row }>(`/items/${path}`, { method, body: JSON.stringify(body) }))?.data

/** Those that people made, or the extension; tables alone are none. */
const collectionsOf = async (stack: Stack): Promise<Made[]> =>
  (await stack.cms.fetchJson<{ data: Made[] }>("/collections")).data.filter(
    ({ collection, meta }) => meta && !collection.startsWith("directus_"),
  )

const epoch = randomUUID()

/** Posts records as the Medusa of this stack would. */
async function post(stack: Stack, records: WireRecord[]): Promise<Reply> {
  const message: Message = {
    v: 1,
    id: randomUUID(),
    from: "medusa:e2e",
    to: "directus:e2e",
    epoch,
    peer_epoch: null,
    beat: 0,
    peer_beat: 0,
    config: resolveConfig(stack.options.mapping).hash,
    records,
  }
  const body = JSON.stringify(message)
  const headers = sign(directionKey(stack.secret, "medusa", "message"), message.id, new Date(), body)
  const response = await fetch(`${stack.directus.url}/medusa-sync/records`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  })
  return (await response.json()) as Reply
}

/** What Medusa says of a product at `rev`. */
const product = (id: string, peer: string | null, rev: number, texts: Record<string, string | null>): WireRecord => ({
  entity: "product",
  id,
  peer,
  key: { field: "handle", value: id },
  rev,
  seen: 1000,
  full: peer === null,
  hops: 0,
  alive: true,
  alive_rev: 1,
  fields: Object.fromEntries(
    Object.entries({ title: "Shirt", handle: id, status: "draft", ...texts }).map(([name, value]) => [
      name,
      [value, rev],
    ]),
  ),
})

async function apply(stack: Stack, record: WireRecord): Promise<string> {
  const reply = await post(stack, [record])
  const [result] = reply.results ?? []
  expect(result, JSON.stringify(reply)).toMatchObject({ st: expect.stringMatching(/^(ok|created)$/) as string })
  return result?.peer ?? ""
}

const running = (stack: Stack) =>
  eventually("the sync runs", async () => {
    const status = await stack.cms.status()
    if (!status.running) throw new Error(status.reason)
    return status
  })

const translationsOf = (stack: Stack, item: string) =>
  items(stack, `products_translations?filter[products_id][_eq]=${item}&sort=languages_code`)

describe("with locales in the mapping", () => {
  let stack: Stack
  beforeAll(async () => {
    stack = await Stack.make("translations_directus", { mapping })
    await stack.directus.start()
    await running(stack)
  })
  afterAll(() => stack?.stop())

  /** What Directus tries to tell of this field in the end. */
  const tells = (item: string, field: string, value: string | null) =>
    eventually(`${field} is told to Medusa`, async () => {
      // Medusa speaks, so that Directus tries at once.
      await post(stack, [])
      const last = stack.toMedusa.sent(item).findLast(({ fields }) => field in fields)
      expect(last?.fields[field]?.[0]).toBe(value)
    })

  test("the collections are made once: at most ten that people see, the translations hidden", async () => {
    const names = (which: boolean, made: Made[]) =>
      made
        .filter(({ meta }) => Boolean(meta?.hidden) === which)
        .map(({ collection }) => collection)
        .sort()
    const schema = async () => ({
      collections: await collectionsOf(stack),
      fields: await stack.cms.fetchJson("/fields"),
      relations: await stack.cms.fetchJson("/relations"),
      languages: await items(stack, "languages?sort=code"),
    })
    const before = await schema()
    expect(names(true, before.collections)).toEqual(hidden)
    expect(names(false, before.collections)).toContain("languages")
    expect(names(false, before.collections).length).toBeLessThanOrEqual(10)
    expect(before.languages).toEqual([
      { code: "ar", name: "Arabic", direction: "rtl" },
      { code: "de", name: "German", direction: "ltr" },
      { code: "fr", name: "French", direction: "ltr" },
    ])
    expect(await stack.cms.status()).toMatchObject({ leftOut: [], translations: { unmapped: [] } })

    await stack.directus.stop()
    await stack.directus.start()
    await running(stack)
    expect(await schema()).toEqual(before)
    expect(await stack.directus.log()).not.toMatch(/Added to the collection/)
  })

  test("texts that arrive are rows of their languages, and only what changes is written", async () => {
    const item = await apply(
      stack,
      product("arrives", null, 1, {
        "translations#de-DE/title": "Hemd",
        "translations#de-DE/options/Size": "Größe",
        "translations#de-DE/options/Size/Small": "Klein",
        "translations#fr-FR/title": "Chemise",
      }),
    )
    const [german, french] = await translationsOf(stack, item)
    expect(german).toMatchObject({
      languages_code: "de",
      title: "Hemd",
      description: null,
      option_titles: [{ name: "Size", value: "Größe" }],
      option_values: [{ option: "Size", name: "Small", value: "Klein" }],
    })
    expect(french).toMatchObject({ languages_code: "fr", title: "Chemise", option_titles: null })

    await apply(stack, product("arrives", item, 2, { "translations#de-DE/title": "Oberhemd" }))
    expect(await translationsOf(stack, item)).toEqual([{ ...german, title: "Oberhemd" }, french])
    await apply(stack, product("arrives", item, 3, { "translations#fr-FR/title": null }))
    expect(await translationsOf(stack, item)).toEqual([
      { ...german, title: "Oberhemd" },
      { ...french, title: null },
    ])
    expect(stack.toMedusa.sent(item)).toEqual([])
  })

  test("a German text that an editor saves and a French one that arrives are both kept", async () => {
    const item = await apply(
      stack,
      product("both", null, 1, { "translations#de-DE/title": "Hemd", "translations#fr-FR/title": "Chemise" }),
    )
    const [german] = await translationsOf(stack, item)
    await write(stack, `products_translations/${String(german?.["id"])}`, { title: "Herrenhemd" }, "PATCH")
    await apply(stack, { ...product("both", item, 2, { "translations#fr-FR/title": "Chemisier" }), seen: 1 })
    expect((await translationsOf(stack, item)).map(({ title }) => title)).toEqual(["Herrenhemd", "Chemisier"])
    await tells(item, "translations#de-DE/title", "Herrenhemd")
    expect(stack.toMedusa.sent(item).flatMap(({ fields }) => Object.keys(fields))).not.toContain(
      "translations#fr-FR/title",
    )
  })

  test("each way of changing a translation is captured: through the product, in its collection, by a delete", async () => {
    const item = await apply(stack, product("captured", null, 1, { "translations#de-DE/title": "Hemd" }))
    await stack.cms.edit(item, {
      translations: { create: [{ languages_code: { code: "ar" }, title: "قميص" }], update: [], delete: [] },
    })
    await tells(item, "translations#ar-SA/title", "قميص")
    const french = await write(stack, "products_translations", {
      products_id: item,
      languages_code: "fr",
      option_values: [{ option: "Size", name: "Small / 50%", value: "Petit" }],
    })
    await tells(item, "translations#fr-FR/options/Size/Small %2F 50%25", "Petit")
    stack.toMedusa.forget()
    await write(stack, `products_translations/${String(french["id"])}`, undefined, "DELETE")
    await tells(item, "translations#fr-FR/options/Size/Small %2F 50%25", null)
    const [, german] = await translationsOf(stack, item)
    await write(stack, `products_translations/${String(german?.["id"])}`, { products_id: null }, "PATCH")
    await tells(item, "translations#de-DE/title", null)
  })

  test("a language that the mapping does not name stays as it is and is named in the status", async () => {
    const item = await apply(stack, product("spanish", null, 1, { "translations#de-DE/title": "Hemd" }))
    await write(stack, "languages", { code: "es", name: "Spanish" })
    const spanish = { products_id: item, languages_code: "es", title: "Camisa" }
    await write(stack, "products_translations", spanish)
    await apply(stack, { ...product("spanish", item, 2, { "translations#de-DE/title": "Oberhemd" }) })
    expect(await translationsOf(stack, item)).toMatchObject([{ title: "Oberhemd" }, spanish])
    expect(await stack.cms.status()).toMatchObject({ translations: { unmapped: ["es"] } })
  })

  test("a language with texts cannot be deleted, one that was deleted is made again when a text in it arrives", async () => {
    const item = await apply(stack, product("languages", null, 1, { "translations#de-DE/title": "Hemd" }))
    await expect(write(stack, "languages/de", undefined, "DELETE")).rejects.toThrow(
      /answered 400: .*There are texts in the language de/,
    )
    await stack.sqlDirectus("delete from products_translations where languages_code = 'ar'")
    await write(stack, "languages/ar", undefined, "DELETE")
    await apply(stack, product("languages", item, 2, { "translations#ar-SA/title": "قميص" }))
    expect(await items(stack, "languages?filter[code][_eq]=ar")).toMatchObject([{ name: "Arabic", direction: "rtl" }])
    await stack.cms.remove(item)
    expect(await translationsOf(stack, item)).toEqual([])
  })
})

test("where the licence has no room for all of them, none is made and the log says what is needed", async () => {
  const stack = await Stack.make("translations_room", { mapping })
  try {
    stack.writeCms({ MEDUSA_SYNC_ENABLED: "false" })
    await stack.directus.start()
    const own = Array.from({ length: 15 }, (_, i) => `own_${String(i)}`)
    for (const collection of own)
      await stack.cms.fetchJson("/collections", {
        method: "POST",
        body: JSON.stringify({ collection, schema: {}, meta: {} }),
      })
    await stack.directus.stop()
    stack.writeCms()
    await stack.directus.start()
    const status = await eventually("the sync has looked", async () => {
      const found = await stack.cms.status()
      if (found.running) throw new Error("the sync runs")
      return found
    })
    expect(status.reason).toMatch(
      /no room: 11 collections are needed .*languages.*, 15 of 25 are in use. None was made/,
    )
    expect((await collectionsOf(stack)).map(({ collection }) => collection).sort()).toEqual([...own].sort())
  } finally {
    await stack.stop()
  }
})

describe("translations that were there before, with names of their own", () => {
  const foreign = {
    ...mapping,
    variant: false,
    image: false,
    category: false,
    collection: false,
    product: {
      collection: "goods",
      fields: { translations: "texts", subtitle: false, material: false, options: false },
    },
  }
  let stack: Stack
  let before: unknown
  const schema = async () => [
    await stack.cms.fetchJson("/fields/goods"),
    await stack.cms.fetchJson("/fields/goods_texts"),
    await stack.cms.fetchJson("/fields/languages"),
  ]
  beforeAll(async () => {
    stack = await Stack.make("translations_own", { mapping: foreign, collection: "goods" })
    stack.writeCms({ MEDUSA_SYNC_ENABLED: "false" })
    await stack.directus.start()
    const make = (path: string, body: unknown) =>
      stack.cms.fetchJson(path, { method: "POST", body: JSON.stringify(body) })
    const key = { field: "id", type: "integer", schema: { is_primary_key: true, has_auto_increment: true }, meta: {} }
    const column = (field: string, type = "string") => ({ field, type, schema: {}, meta: {} })
    await make("/collections", {
      collection: "languages",
      schema: {},
      meta: {},
      fields: [{ field: "tag", type: "string", schema: { is_primary_key: true }, meta: {} }, column("name")],
    })
    await make("/collections", {
      collection: "goods",
      schema: {},
      meta: {},
      fields: [key, column("title"), column("handle")],
    })
    await make("/collections", {
      collection: "goods_texts",
      schema: {},
      meta: {},
      fields: [key, column("good", "integer"), column("lang"), column("title"), column("note")],
    })
    await make("/relations", {
      collection: "goods_texts",
      field: "good",
      related_collection: "goods",
      meta: { one_field: "texts", junction_field: "lang" },
      schema: { on_delete: "SET NULL" },
    })
    await make("/relations", {
      collection: "goods_texts",
      field: "lang",
      related_collection: "languages",
      meta: { one_field: null, junction_field: "good" },
      schema: { on_delete: "SET NULL" },
    })
    await make("/fields/goods", {
      field: "texts",
      type: "alias",
      meta: { interface: "translations", special: ["translations"] },
      schema: null,
    })
    before = await schema()
    await stack.directus.stop()
    stack.writeCms()
    await stack.directus.start()
    await running(stack)
  })
  afterAll(() => stack?.stop())

  const texts = (item: string) => items(stack, `goods_texts?filter[good][_eq]=${item}&sort=lang`)

  test("are used, not altered, and what they lack is named", async () => {
    expect(await schema()).toEqual(before)
    expect(JSON.stringify((await stack.cms.status()) as { leftOut?: unknown })).toContain("goods_texts.description")
    expect((await items(stack, "languages?sort=tag")).map(({ tag }) => tag)).toEqual(["ar", "de", "fr"])
  })

  test("hold the texts that arrive, and an editor's own columns stay", async () => {
    const item = await apply(stack, product("goods", null, 1, { "translations#de-DE/title": "Hemd" }))
    const [row] = await texts(item)
    expect(row).toMatchObject({ lang: "de", title: "Hemd", note: null })
    await write(stack, `goods_texts/${String(row?.["id"])}`, { note: "ours" }, "PATCH")
    await apply(stack, product("goods", item, 2, { "translations#de-DE/title": null }))
    expect(await texts(item)).toMatchObject([{ title: null, note: "ours" }])
    expect(stack.toMedusa.sent(item)).toEqual([])
  })

  test("a language that is deleted takes its texts out of the sync, which Medusa is told", async () => {
    const item = await apply(stack, product("no-language", null, 1, { "translations#fr-FR/title": "Chemise" }))
    await write(stack, "languages/fr", undefined, "DELETE")
    await eventually("Medusa is told", async () => {
      await post(stack, [])
      expect(stack.toMedusa.sent(item).at(-1)?.fields).toMatchObject({
        "translations#fr-FR/title": [null, expect.any(Number)],
      })
    })
  })
})
