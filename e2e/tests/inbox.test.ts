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

describe("what waits on the other side", () => {
  interface Shown {
    state: string
    cause: string | undefined
    pausedBy: string | undefined
    lost: string[] | undefined
  }
  interface Sides {
    cause: string
    peer: { lost: string[] } | string
    pauses: { peer: { by?: string } | null }
  }
  const shownOf = (state: string, sides: Sides | null): Shown => ({
    state,
    cause: sides?.cause,
    pausedBy: sides?.pauses.peer?.by,
    lost: typeof sides?.peer === "object" ? sides.peer.lost : undefined,
  })

  /** What each side's page of the record says. */
  async function shown({ id, item }: Pair): Promise<{ medusa: Shown; directus: Shown }> {
    const { state: ours } = await admin<{ state: { verdict: string; sides: Sides | null } }>(
      `/directus/states/product/${id}`,
    )
    const path = `/medusa-sync/state?collection=products&item=${item}`
    const { data: theirs } = await cms<{ data: Sides & { state: string } }>(path)
    return { medusa: shownOf(ours.verdict, ours.sides), directus: shownOf(theirs.state, theirs) }
  }
  const states = async (records: Pair): Promise<[string, string]> => {
    const { medusa, directus } = await shown(records)
    return [medusa.state, directus.state]
  }
  interface Health {
    problems: { code: string }[]
  }
  const codesOf = ({ problems }: Health): string[] => problems.map(({ code }) => code)
  const medusaProblems = async (): Promise<string[]> =>
    codesOf((await admin<{ overview: { health: Health } }>("/directus/overview")).overview.health)
  const directusProblems = async (): Promise<string[]> =>
    codesOf((await cms<{ data: Health }>("/medusa-sync/health")).data)
  const bothTellOf = (code: string): Promise<unknown> =>
    eventually(`both overviews tell of ${code}`, async () => {
      expect(await medusaProblems()).toContain(code)
      expect(await directusProblems()).toContain(code)
    })

  test("a conflict is told on both sides, with whose text lost, until it is decided on one of them", async () => {
    const records = await pair()
    const [ours, theirs] = [unique("ours"), unique("theirs")]
    await admin("/directus/pause", {})
    await stack.shop.edit(records.id, { description: ours })
    await stack.cms.edit(records.item, { description: theirs })
    await eventually("Medusa notices", async () =>
      expect((await stack.shop.conflicts()).map(({ localId }) => localId)).toContain(records.id),
    )
    await stack.shop.resume()
    await stack.settled()
    expect(await shown(records)).toEqual({
      medusa: { state: "conflict", cause: "record", pausedBy: undefined, lost: [] },
      directus: { state: "conflict", cause: "peer", pausedBy: undefined, lost: ["description"] },
    })
    const there = async () => {
      const { data } = await cms<{ data: { conflicts: Record<string, unknown>[] } }>("/medusa-sync/peer/conflicts")
      return data.conflicts.filter(({ local }) => local === records.id)
    }
    expect(await there()).toEqual([
      expect.objectContaining({
        ...{ entity: "product", peer: records.item, local: records.id, field: "description" },
        ...{ loser: "directus", value: theirs, directusField: "description" },
        medusaPage: expect.stringMatching(new RegExp(`/app/products/${records.id}$`)) as string,
      }),
    ])
    await bothTellOf("open_conflicts")
    await stack.shop.decide((await only(records)).id, { decision: "keep" })
    await eventually("both say so", async () => expect(await states(records)).toEqual(["synced", "synced"]))
    expect(await there()).toEqual([])
  })

  test("a conflict of Directus's inbox is told in Medusa, with the page where it is decided", async () => {
    const records = await pair()
    await stack.cutLinks()
    await stack.shop.edit(records.id, { description: "of Medusa" })
    await stack.cms.edit(records.item, { description: "of Directus" })
    await stack.toDirectus.mend()
    await eventually("Directus notices", async () =>
      expect((await stack.cms.conflicts()).map(({ localId }) => localId)).toContain(records.item),
    )
    await stack.toMedusa.mend()
    await stack.settled(90_000)
    const found = (await inbox(records)).map(({ side }) => side)
    expect(await states(records)).toEqual(["conflict", "conflict"])
    const { inbox: there } = await admin<{ inbox: { conflicts: { id: string; directus_url: string }[] } }>(
      "/directus/peer/conflicts",
    )
    const [kept] = await inbox(records)
    // One that lies in both inboxes is shown once.
    const told = there.conflicts.filter(({ id }) => id === kept?.id)
    expect(told.length).toBe(found.includes("medusa") ? 0 : 1)
    for (const { directus_url: url } of told) expect(url).toMatch(new RegExp(`/content/products/${records.item}$`))
    await decide(kept?.side ?? "directus", kept?.id ?? "", { decision: "keep" })
    await eventually("both say so", async () => expect(await states(records)).toEqual(["synced", "synced"]))
  })

  test("a pause is told on the other side with who and since when, and so is a change that waits there", async () => {
    const records = await pair()
    await cms("/medusa-sync/pause", "POST", {})
    try {
      const { medusa, directus } = await shown(records)
      expect(directus).toMatchObject({ state: "paused", cause: "pause" })
      expect(medusa).toMatchObject({ state: "paused", cause: "peer_pause" })
      expect(medusa.pausedBy).toBeTruthy()
      await eventually("Medusa's overview tells of it", async () =>
        expect(await medusaProblems()).toContain("peer_paused"),
      )
      await stack.cms.edit(records.item, { description: unique("later") })
      expect(await states(records)).toEqual(["waiting", "waiting"])
    } finally {
      await stack.cms.resume()
    }
    await eventually("both say so", async () => expect(await states(records)).toEqual(["synced", "synced"]))
  })

  test("a product whose variant is stopped in Directus is not in sync on either side", async () => {
    const records = await pair()
    const stop = (state: string) =>
      stack.sqlDirectus("update medusa_sync_link set state = $1 where entity = 'variant' and parent_id = $2", [
        state,
        records.item,
      ])
    await stop("quarantined")
    expect(await shown(records)).toMatchObject({
      medusa: { state: "stopped", cause: "peer_part" },
      directus: { state: "stopped", cause: "part" },
    })
    const { data: listed } = await cms<{ data: Record<string, { state: string }> }>("/medusa-sync/states", "POST", {
      collection: "products",
      items: [records.item],
    })
    expect(listed[records.item]?.state).toBe("stopped")
    await bothTellOf("quarantined")
    await stop("active")
    expect(await states(records)).toEqual(["synced", "synced"])
  })

  test("while the other side does not answer, nothing is said to be in sync", async () => {
    const records = await pair()
    await stack.cutLinks()
    try {
      expect(await states(records)).toEqual(["unconfirmed", "unconfirmed"])
    } finally {
      await stack.mendLinks()
    }
    await stack.settled()
    await eventually("both say so", async () => expect(await states(records)).toEqual(["synced", "synced"]))
  })
})
