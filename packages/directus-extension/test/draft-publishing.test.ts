import type { Accountability } from "@directus/types"
import { afterEach, describe, expect, it, vi } from "vitest"
import { makeLinkStore } from "../src/ports/link-store"
import { keepOpenDrafts } from "../src/drafts/open-drafts"
import { noteReviews } from "../src/drafts/reviewed"
import { pruneInternalTables } from "../src/schema/internal-tables"
import { TABLES } from "../src/database/tables"
import { useDrafts, PRODUCT, VARIANT, VERSION, editor, changes, listsOf } from "./drafting"
import { uuid } from "./fake-directus"

const drafts = useDrafts()
const { said, log, arrives, context, save, publish, inbox } = drafts

it("what a draft makes is made once, however often it is published", async () => {
  const create = [{ title: "M" }]
  const by = { _user: "editor", _date: "2026-01-01T00:00:00Z" }
  const stamped = changes({ create: create.map((row) => ({ ...row, ...by })), ...by })
  await save({ variants: stamped })
  await publish({ variants: changes({ create }) })
  expect(listsOf((await publish({ variants: changes({ create }) }))["variants"])).toEqual(changes({}))
  await save({ variants: stamped })
  expect(listsOf((await publish({ variants: changes({ create }) }))["variants"])).toEqual(changes({}))
  await save({})

  const delta = await save({
    ...{ collection: { title: "Made" }, variants: changes({ create }), title: "Typed" },
    categories: changes({ create: [{ product_categories_id: { name: "Made" } }] }),
  })
  const made = await publish(delta)
  expect(listsOf(made["variants"])).toEqual(changes({ create }))
  expect(made).toMatchObject({ collection: { title: "Made" }, categories: { create: [expect.anything()] } })
  const again = await publish(await save({ ...delta, material: "Wool" }))
  expect([listsOf(again["variants"]), listsOf(again["categories"])]).toEqual([changes({}), changes({})])
  expect(again).not.toHaveProperty("collection")
  const more = await save({ ...delta, variants: changes({ create: [{ title: "M" }, { title: "L" }] }) })
  expect(listsOf((await publish(more))["variants"])).toEqual(changes({ create: [{ title: "L" }] }))
})

describe("who publishes", () => {
  const compare = (accountability: Accountability | null, fields?: unknown) => {
    let handler: ((request: unknown, response: unknown, next: () => void) => void) | undefined
    noteReviews({ post: (_: string, given: typeof handler) => (handler = given) } as never)
    handler?.({ accountability, body: fields === undefined ? {} : { fields } }, {}, () => undefined)
  }

  it("and has compared the item's own columns decides about them, in that request alone", async () => {
    const delta = await save({ title: "Drafted", variants: changes({ update: [{ id: VARIANT, title: "Small" }] }) })
    await arrives("product", PRODUCT, "products", { title: "Blouse" })
    await arrives("variant", VARIANT, "product_variants", { title: "XS" })
    const [reviewer, other] = [{ ...editor }, { ...editor }]
    compare(reviewer, ["title", "variants"])
    compare(other)
    const { title, variants } = await publish(delta, reviewer)
    expect([title, listsOf(variants)]).toEqual(["Drafted", changes({ update: [{ id: VARIANT }] })])
    expect(await inbox()).toEqual([["variant", "title", "directus", "Small"]])

    await save({ title: "Drafted again" })
    await arrives("product", PRODUCT, "products", { title: "Tunic" })
    expect(await publish({ title: "Drafted again" }, other)).toEqual({})
  })

  it.each([
    ["in a Flow or an extension, where nobody is", null],
    ["by a request", editor],
  ])("%s is asked the same, and each draft asks a person once", async (_, by) => {
    const delta = await save({ title: "Drafted" })
    await arrives("product", PRODUCT, "products", { title: "Blouse" })
    expect(await publish(delta, by)).toEqual({})
    expect(await publish(delta, by)).toEqual({})
    expect(await inbox()).toEqual([["product", "title", "directus", "Drafted"]])
    await drafts.directus.database(TABLES.conflict).delete()
    await arrives("product", PRODUCT, "products", { title: "Tunic" })
    expect(await publish(delta, by)).toEqual({})
    expect(await inbox()).toEqual([])
    const anew = await save({ title: "Typed anew" })
    expect(await publish(anew, by)).toEqual({ title: "Typed anew" })
  })

  it("while Medusa changes the item is refused, with what to do", async () => {
    const delta = await save({ title: "Drafted" })
    const meta = { collection: "products", item: PRODUCT, version: VERSION }
    await drafts.guard.publish(structuredClone(delta), meta, context())
    await drafts.guard.update({}, { collection: "products", keys: [PRODUCT] }, context())
    await arrives("product", PRODUCT, "products", { title: "Blouse" })
    const recorded = drafts.guard.activity(
      { action: "update", collection: "products", item: PRODUCT },
      {},
      context(null),
    )
    await expect(recorded).rejects.toMatchObject({
      code: "UNPROCESSABLE_CONTENT",
      message: expect.stringMatching(/publish it again/) as string,
    })
  })

  it("in vain leaves nothing for the next edit of the item", async () => {
    const delta = await save({ title: "Drafted" })
    await arrives("product", PRODUCT, "products", { title: "Blouse" })
    const by = { ...editor }
    await drafts.guard.publish(
      structuredClone(delta),
      { collection: "products", item: PRODUCT, version: VERSION },
      context(by),
    )
    await drafts.guard.update({}, { collection: "products", keys: [PRODUCT] }, context(by))
    await drafts.guard.update({}, { collection: "products", keys: [PRODUCT] }, context({ ...editor }))
    await drafts.guard.activity({ action: "update", collection: "products", item: PRODUCT }, {}, context(null))
    expect(await inbox()).toEqual([])
  })

  it("a draft of something else, or gives a version another name, is not looked at", async () => {
    await drafts.guard.save({ name: "Draft" }, { keys: [VERSION] }, context())
    await drafts.directus.database("directus_versions").where({ id: VERSION }).update({ collection: "quotes" })
    await save({ text: "Drafted" })
    const quote = { collection: "quotes", item: "1", version: VERSION }
    expect(await drafts.guard.publish({ text: "Drafted" }, quote, context())).toEqual({ text: "Drafted" })
    const fresh = { collection: "products", item: null, version: VERSION }
    expect(await drafts.guard.publish({ title: "New" }, fresh, context())).toEqual({ title: "New" })
    expect(await drafts.directus.database(TABLES.draft)).toEqual([])
  })

  it("goes on when the sync's tables cannot be read, and is told in the log", async () => {
    const delta = await save({ title: "Drafted" })
    await drafts.directus.database.schema.renameTable(TABLES.draft, "away")
    const meta = { collection: "products", item: PRODUCT, version: VERSION }
    const translations = changes({ create: [{ languages_code: "de", title: "Entwurf" }] })
    const whole = { ...delta, translations }
    expect(await drafts.guard.publish(structuredClone(whole), meta, context())).toEqual(whole)
    await save(delta)
    expect(said).toEqual([
      expect.stringMatching(/as it would be without the sync/),
      expect.stringMatching(/not be kept/),
    ])
  })
})

describe("what is kept of drafts", () => {
  const kept = async () =>
    (await drafts.directus.database(TABLES.draft).whereNot({ field: "" }).pluck("field")).sort() as string[]

  it("is of the fields that are in them, and of no others", async () => {
    await save({ title: "Drafted", material: "Wool" })
    expect(await kept()).toEqual(["material", "title"])
    await save({ title: "Drafted" })
    expect(await kept()).toEqual(["title"])
  })

  it("goes with them, however they go", async () => {
    await save({ title: "Drafted" })
    await drafts.guard.deleted({ keys: [VERSION] }, context())
    expect(await drafts.directus.database(TABLES.draft)).toEqual([])
    await save({ title: "Drafted" })
    await pruneInternalTables(drafts.directus.database, new Date(), 30)
    expect(await kept()).toEqual(["title"])
    await drafts.directus.database("directus_versions").delete()
    await pruneInternalTables(drafts.directus.database, new Date(), 30)
    expect(await drafts.directus.database(TABLES.draft)).toEqual([])
  })

  it("begins, for those that are older, when the sync starts: they publish what Medusa changes of later no more", async () => {
    const delta = { title: "Drafted", material: "Wool" }
    await drafts.directus
      .database("directus_versions")
      .where({ id: VERSION })
      .update({ delta: JSON.stringify(delta) })
    await drafts.directus.database("directus_versions").insert([
      { id: uuid(901), collection: "quotes", item: "1", delta: "{}" },
      { id: uuid(902), collection: "products", item: null, delta: '{"title":"New"}' },
    ])
    await keepOpenDrafts({ ...drafts.directus.reader, schema: drafts.directus.schema }, log)
    expect(await kept()).toEqual(["material", "title"])
    await arrives("product", PRODUCT, "products", { title: "Blouse" })
    // A second start takes nothing back.
    await keepOpenDrafts({ ...drafts.directus.reader, schema: drafts.directus.schema }, log)
    expect(await publish(delta)).toEqual({ material: "Wool" })
    expect(await inbox()).toEqual([["product", "title", "directus", "Drafted"]])
  })

  it("and of one that was published without it, or made its item, is what it has published", async () => {
    const meta = { collection: "products", item: PRODUCT, version: VERSION, payload: { title: "Shirt" } }
    await drafts.guard.published(meta, context())
    await arrives("product", PRODUCT, "products", { title: "Blouse" })
    expect(await publish({ title: "Shirt", material: "Wool" })).toEqual({ material: "Wool" })
  })

  it("is found again by a link that stays as it is", async () => {
    const [link] = await makeLinkStore(drafts.directus.database, "sqlite3").find("product", [PRODUCT])
    await save({ title: "Drafted" })
    expect((await drafts.directus.database(TABLES.draft).where({ field: "title" }).first())?.fp).toBe(
      link?.fields["title"]?.fp,
    )
  })
})

describe("a publishing that failed", () => {
  afterEach(() => void vi.useRealTimers())

  it("refuses no later edit of a Flow, which is another one", async () => {
    vi.useFakeTimers({ toFake: ["performance"] })
    const delta = await save({ title: "Drafted" })
    const { guard } = drafts
    await guard.publish(delta, { collection: "products", item: PRODUCT, version: VERSION }, context(null))
    await arrives("product", PRODUCT, "products", { title: "Blouse" })
    vi.advanceTimersByTime(61_000)
    await guard.update({ title: "Of a Flow" }, { collection: "products", keys: [PRODUCT] }, context(null))
    const row = { action: "update", collection: "products", item: PRODUCT }
    expect(await guard.activity(row, {}, context(null))).toBe(row)
  })
})
