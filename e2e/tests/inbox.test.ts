import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { makeRecords } from "../clients/records.ts"
import type { Decision } from "../clients/shop.ts"
import { eventually } from "../eventually.ts"
import { Stack } from "../stack/stack.ts"

let stack: Stack
beforeAll(async () => {
  stack = await Stack.start("inbox", { plugin: { keepDays: 7 }, directusEnv: { MEDUSA_SYNC_KEEP_DAYS: "7" } })
})
afterAll(() => stack?.stop())
const { unique, both, collection, productOf, cms, admin } = makeRecords(() => stack)

interface Pair {
  id: string
  item: string
}

async function pair(): Promise<Pair> {
  const { product, item } = await both()
  return { id: product.id, item }
}

/** Both sides change their record while they do not hear of each other. */
async function quarrel(onMedusa: () => Promise<unknown>, onDirectus: () => Promise<unknown>): Promise<void> {
  await stack.cutLinks()
  await onMedusa()
  await onDirectus()
  await stack.mendLinks()
  await stack.settled()
}

/** The open conflicts about a pair, each with the side whose inbox it lies in. */
async function inbox({ id, item }: Pair) {
  const all = [
    ...(await stack.shop.conflicts()).map((conflict) => ({ ...conflict, side: "medusa" as const })),
    ...(await stack.cms.conflicts()).map((conflict) => ({ ...conflict, side: "directus" as const })),
  ]
  return all.filter(({ localId }) => localId === id || localId === item)
}

async function only(records: Pair) {
  const found = await inbox(records)
  expect(new Set(found.map(({ id }) => id)).size).toBe(1)
  const [conflict] = found
  if (!conflict) throw new Error("There is no conflict.")
  return conflict
}

const decide = (side: "medusa" | "directus", id: string, body: Decision): Promise<unknown> =>
  side === "medusa" ? stack.shop.decide(id, body) : stack.cms.decide(id, body)

async function bothHold({ id, item }: Pair, title: string): Promise<void> {
  await eventually(`both hold ${title}`, async () => {
    expect((await stack.shop.read(id)).title).toBe(title)
    expect((await stack.cms.read(item))["title"]).toBe(title)
  })
}

const bothInboxesEnd = (records: Pair): Promise<unknown> =>
  eventually("neither inbox has it", async () => expect(await inbox(records)).toEqual([]))

/** Medusa's title stays, Directus's lies in an inbox. */
async function titles(): Promise<Pair & { ours: string; theirs: string }> {
  const records = await pair()
  const [ours, theirs] = [unique("of-medusa"), unique("of-directus")]
  await quarrel(
    () => stack.shop.edit(records.id, { title: ours }),
    () => stack.cms.edit(records.item, { title: theirs }),
  )
  return { ...records, ours, theirs }
}

describe("a conflict", () => {
  test("is shown once, with both values, whose it was, when, and what the record is called", async () => {
    const { ours, theirs, ...records } = await titles()
    const conflict = await only(records)
    expect(conflict).toMatchObject({
      ...{ field: "title", kind: "concurrent", losingSide: "directus", losingValue: theirs },
      ...{ value: ours, title: ours },
    })
    expect(Math.abs(Date.now() - Date.parse(conflict.at))).toBeLessThan(60_000)
  })

  test.each([
    ["keep", { decision: "keep" }],
    ["take", { decision: "take" }],
    ["edit", { decision: "edit", value: "a third title" }],
  ] as const)("%s: both sides hold what was decided, and both inboxes end", async (_, body) => {
    const { ours, theirs, ...records } = await titles()
    const { side, id } = await only(records)
    await decide(side, id, body)
    await bothHold(records, { keep: ours, take: theirs, edit: "a third title" }[body.decision])
    await bothInboxesEnd(records)
    await stack.settled()
    expect(await inbox(records)).toEqual([])
  })

  test("that cannot be decided so says why, and stays open", async () => {
    const { ours: _ours, theirs: _theirs, ...records } = await titles()
    const { side, id } = await only(records)
    const refused = async (conflictId: string, body: unknown): Promise<[number, string]> => {
      const [url, key] = side === "medusa" ? ["/admin/directus/conflicts", "medusa"] : ["/medusa-sync/conflicts", ""]
      const error: unknown = await decide(side, conflictId, body as Decision).then(
        () => new Error(`${url} ${key} took it`),
        (refusal: unknown) => refusal,
      )
      const { status, message } = error as { status?: number; message: string }
      return [status ?? Number(/ answered (\d+)/.exec(message)?.[1]), message]
    }
    expect(await refused("nothing", { decision: "keep" })).toEqual([404, expect.stringMatching(/no conflict nothing/)])
    expect((await refused(id, { decision: "maybe" }))[0]).toBe(400)
    expect(await refused(id, { decision: "edit", value: { a: 1 } })).toEqual([
      400,
      expect.stringMatching(/title takes a text or null/),
    ])
    expect((await only(records)).id).toBe(id)
    await decide(side, id, { decision: "keep" })
    expect(await refused(id, { decision: "take" })).toEqual([409, expect.stringMatching(/It was decided at/)])
  })

  test("of a field that Medusa owns lies in Medusa's inbox, and is decided there", async () => {
    const { product, item } = await both()
    const variant = product.variants[0]?.id ?? ""
    const [{ id: variantItem } = { id: "" }] = (
      await cms<{ data: { id: string }[] }>(`/items/product_variants?filter[product][_eq]=${item}`)
    ).data
    const typed = unique("typed-by-hand")
    await cms(`/items/product_variants/${variantItem}`, "PATCH", { sku: typed })
    const records = { id: variant, item: variantItem }
    const conflict = await eventually("it is in the inbox", () => only(records))
    expect(conflict).toMatchObject({ side: "medusa", kind: "read_only", losingValue: typed, losingSide: "directus" })
    await stack.shop.decide(conflict.id, { decision: "take" })
    await eventually("both have the sku that was typed", async () => {
      expect((await productOf(product.id)).variants[0]?.["sku"]).toBe(typed)
      expect((await cms<{ data: { sku: string } }>(`/items/product_variants/${variantItem}`)).data.sku).toBe(typed)
    })
    await bothInboxesEnd(records)
  })

  test("of a reference is taken in the ids of its side", async () => {
    const records = await pair()
    const [ours, theirs] = [await collection(), await collection()]
    await stack.settled()
    await quarrel(
      () => admin(`/products/${records.id}`, { collection_id: ours.id }),
      () => stack.cms.edit(records.item, { collection: theirs.item }),
    )
    const { side, id } = await only(records)
    await decide(side, id, { decision: "take" })
    await eventually("both refer to Directus's choice", async () => {
      expect((await productOf(records.id))["collection_id"]).toBe(theirs.id)
      expect((await stack.cms.read(records.item))["collection"]).toBe(theirs.item)
    })
    await bothInboxesEnd(records)
  })
})

test("tags that both sides add at once are no conflict", async () => {
  const records = await pair()
  const [ours, theirs] = [unique("tag-m"), unique("tag-d")]
  const { product_tag: tag } = await admin<{ product_tag: { id: string } }>("/product-tags", { value: ours })
  await stack.settled()
  await quarrel(
    () => admin(`/products/${records.id}`, { tags: [{ id: tag.id }] }),
    () => stack.cms.edit(records.item, { tags: [theirs] }),
  )
  expect((await stack.cms.read(records.item))["tags"]).toEqual([theirs, ours].sort())
  expect(await inbox(records)).toEqual([])
})

test("the journal tells what happened to a product in order: its way here, the conflict, the decision and by whom", async () => {
  const { ours: _ours, theirs: _theirs, ...records } = await titles()
  const { side, id } = await only(records)
  await decide(side, id, { decision: "take" })
  await bothInboxesEnd(records)
  await stack.settled()
  const lines = (side === "medusa" ? await stack.shop.journal(records.id) : await stack.cms.journal(records.item))
    .reverse()
    .map(({ event, reason }) => `${event} ${reason ?? ""}`.trim())
  const conflict = lines.findIndex((line) => line.includes("conflict: title"))
  const decision = lines.findIndex((line) => /^resolved the value that had lost was taken by .+/.test(line))
  expect(conflict, lines.join("\n")).toBeGreaterThan(0)
  expect(decision, lines.join("\n")).toBeGreaterThan(conflict)
  expect(lines.length, lines.join("\n")).toBeGreaterThan(decision + 1)
})

test("the journal and decided conflicts are kept for as many days as asked; open ones stay", async () => {
  const past = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString()
  const names = ["old", "young"] as const
  const days = { old: 8, young: 6 }
  for (const name of names) {
    const at = past(days[name])
    const conflict = ["product", `kept-${name}`, "peer", "title", "concurrent", "medusa", '"x"', "fp", at]
    await stack.sqlMedusa(
      `insert into directus_sync_journal_entry (id, at, entity, local_id, direction, event, fields, sync_id)
       values ($1, $2, 'product', $3, 'in', 'updated', '{}', 'test')`,
      [`test-${name}`, at, `kept-${name}`],
    )
    await stack.sqlDirectus(
      `insert into medusa_sync_journal (at, entity, local_id, direction, event, fields, sync_id)
       values ($1, 'product', $2, 'in', 'updated', '[]', 'test')`,
      [at, `kept-${name}`],
    )
    for (const resolved of [at, null]) {
      const columns =
        "(id, entity, local_id, peer_id, field, kind, losing_side, losing_value, winning_fingerprint, at, resolved_at, told)"
      const values = [`test-${name}-${resolved ? "decided" : "open"}`, ...conflict, resolved]
      const marks = values.map((_, i) => `$${String(i + 1)}`).join()
      await stack.sqlMedusa(`insert into directus_sync_conflict ${columns} values (${marks}, true)`, values)
      await stack.sqlDirectus(`insert into medusa_sync_conflict ${columns} values (${marks}, true)`, values)
    }
  }
  await stack.sqlMedusa("delete from directus_sync_turn where task = 'prune'")
  await stack.sqlDirectus("delete from medusa_sync_turn where task = 'prune'")
  const left = async (run: Stack["sqlMedusa"], journal: string, conflict: string) => [
    ...(await run(`select local_id from ${journal} where sync_id = 'test' order by 1`)),
    ...(await run(`select id from ${conflict} where id like 'test-%' order by 1`)),
  ]
  const kept = [
    { local_id: "kept-young" },
    { id: "test-old-open" },
    { id: "test-young-decided" },
    { id: "test-young-open" },
  ]
  await eventually(
    "what is too old is gone",
    async () => {
      expect(await left(stack.sqlMedusa.bind(stack), "directus_sync_journal_entry", "directus_sync_conflict")).toEqual(
        kept,
      )
      expect(await left(stack.sqlDirectus.bind(stack), "medusa_sync_journal", "medusa_sync_conflict")).toEqual(kept)
    },
    { within: 60_000 },
  )
})
