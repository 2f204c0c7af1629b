import { LIMITS } from "medusa-directus-core/host"
import { afterEach, expect, test } from "vitest"
import { beforeSync, makeInCms, makeInShop, SIZES } from "../before-sync.ts"
import { eventually } from "../eventually.ts"
import { inTransaction, runSql } from "../stack/databases.ts"
import { Stack } from "../stack/stack.ts"

/** Products of each side that were there before the sync. */
const PRODUCTS = 300
const LONG = 240_000

let stack: Stack
afterEach(() => stack?.stop())

/** Without the sweep, by which Directus sends on its own what nobody told of. */
const start = async (name: string): Promise<void> => {
  stack = await Stack.start(name, { directusEnv: { MEDUSA_SYNC_SWEEP: "0" } })
}

async function count(side: "medusa" | "directus"): Promise<{ rows: number; products: number; handles: number }> {
  const [where, run] =
    side === "medusa"
      ? [["product where deleted_at is null", "product_variant where deleted_at is null"], stack.sqlMedusa.bind(stack)]
      : [["products", "product_variants"], stack.sqlDirectus.bind(stack)]
  const [found] = await run(
    `select (select count(*)::int from ${where[0]}) as products, (select count(*)::int from ${where[1]}) as variants,
            (select count(distinct handle)::int from ${where[0]}) as handles`,
  )
  const { products, variants, handles } = found as Record<"products" | "variants" | "handles", number>
  return { rows: products + variants, products, handles }
}

const isDone = async (side: "medusa" | "directus") => {
  const progress = await (side === "medusa" ? stack.shop : stack.cms).backfill()
  if (progress.state !== "done") throw new Error(JSON.stringify(progress))
  return progress
}

test(
  "what was there before arrives once, as the dry run said; a live edit goes first; what needs a person is listed",
  async () => {
    await start("backfill")
    const item = (handle: string, title = handle) => stack.cms.create({ title, handle, status: "published" })
    await beforeSync(stack, async () => {
      await makeInShop(stack, "m", PRODUCTS)
      await makeInCms(stack, "d", PRODUCTS)
      const twin = (title: string, handle: string) => stack.shop.create({ title, handle, status: "published" })
      await twin("same", "same")
      await item("same")
      await twin("of Medusa", "differs")
      await item("differs", "of Directus")
      await twin("twin", "twin")
      await item("twin")
      await item("twin", "the other twin")
    })
    const links = async () => [
      ...(await stack.sqlMedusa("select count(*)::int as n from directus_sync_link")),
      ...(await stack.sqlDirectus("select count(*)::int as n from medusa_sync_link")),
    ]
    const before = await count("directus")

    const preview = await stack.shop.preview()
    expect(preview).toMatchObject({ stopped: 1, same: 0, problems: [{ entity: "product" }] })
    expect(preview.problems[0]?.reason).toMatch(/More than one record here could be the same/)
    expect(preview.match + preview.change).toBeGreaterThanOrEqual(2)
    expect(await links()).toEqual([{ n: 0 }, { n: 0 }])
    expect(await count("directus")).toEqual(before)

    // While nothing gets through, the backfill marks what it may: then somebody edits the last of them.
    await stack.cutLinks()
    await stack.shop.backfill({ action: "start" })
    await eventually("records are taken", async () => (await stack.shop.backfill()).waiting > PRODUCTS)
    const [last] = await stack.sqlMedusa("select id from product order by id desc limit 1")
    const lastId = String(last?.["id"])
    await stack.shop.edit(lastId, { subtitle: "edited meanwhile" })
    stack.toDirectus.forget()
    await stack.mendLinks()
    // A message that was on its way when it was edited may come before it, and nothing else.
    const sentBefore = await eventually("it is sent", () => {
      const at = stack.toDirectus.sent().findIndex(({ id }) => id === lastId)
      if (at < 0) throw new Error("not yet")
      return at
    })
    expect(sentBefore).toBeLessThanOrEqual(LIMITS.records)

    const told = await eventually("Medusa's backfill is done", () => isDone("medusa"), { within: LONG })
    expect(told).toMatchObject({ taken: told.total, done: told.total, waiting: 0, quarantined: 1, secondsLeft: null })
    expect(told.perSecond).toBeGreaterThan(0)
    expect((await count("directus")).rows - before.rows).toBe(preview.create)
    const sent = stack.toDirectus.sent().filter(({ entity }) => entity === "variant")
    expect(new Set(sent.map(({ id }) => id)).size).toBeGreaterThanOrEqual(PRODUCTS * SIZES.length)

    const twins = (await stack.cms.find({ handle: "twin" })).map(({ id }) => id)
    const [stopped] = await stack.shop.quarantine()
    expect(stopped).toMatchObject({ entity: "product", title: "twin", candidates: twins.sort() })
    await stack.cms.edit(twins[1] ?? "", { handle: "another-twin" })
    await stack.shop.quarantine({ action: "retry", entity: "product", local_id: stopped?.local_id ?? "" })
    expect(await stack.itemOf(stopped?.local_id ?? "")).toBe(twins[0])
    await stack.settled(LONG)

    // Past every hook, like a row that was there before.
    await stack.sqlDirectus(
      "insert into products (id, title, handle, status) values (gen_random_uuid(), 'taken', 'm-0', 'published')",
    )
    const shopBefore = await count("medusa")
    const other = await stack.cms.preview()
    expect(other).toMatchObject({ stopped: 1, change: 0, problems: [{ entity: "product" }] })
    expect(other.problems[0]?.reason).toMatch(/^handle is taken by another product/)
    await stack.cms.backfill({ action: "start" })
    const retold = await eventually(
      "Directus's backfill is done",
      async () => {
        // Its retries would take ten minutes.
        await stack.sqlDirectus("update medusa_sync_dirty set run_at = 0 where run_at > 0 and lease_owner is null")
        return isDone("directus")
      },
      { within: LONG },
    )
    expect(retold).toMatchObject({ taken: retold.total, done: retold.total, waiting: 0, quarantined: 1 })
    expect((await count("medusa")).rows - shopBefore.rows).toBe(other.create)
    const [taken] = await stack.cms.quarantine()
    expect(taken).toMatchObject({ entity: "product", title: "taken", parentTitle: null })
    expect(taken?.reason).toMatch(/^not_unique: handle is taken/)
    expect(await stack.cms.quarantine({ action: "discard", entity: "product", item: taken?.localId ?? "" })).toEqual([])

    const [inShop, inCms] = [await count("medusa"), await count("directus")]
    expect(inShop.products).toBe(inShop.handles)
    expect(inCms.products).toBe(inCms.handles + 1)
  },
  6 * LONG,
)

/** Writes down five more records as taken, as the sender does, when `act` has read the row and waits to write it. */
async function whileSenderWrites<T>(side: "medusa" | "directus", act: () => Promise<T>): Promise<[T, taken: number]> {
  const [url, table] =
    side === "medusa" ? [stack.medusaDb, "directus_sync_control"] : [stack.directusDb, "medusa_sync_control"]
  const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
    and query ~ 'update .?${table}.? set .?backfill'`
  const [held, taken] = await inTransaction(url, async (run) => {
    const [row] = await run(`update ${table}
      set backfill = jsonb_set(backfill::jsonb, '{taken}', to_jsonb((backfill::jsonb->>'taken')::int + 5))
      returning (backfill::jsonb->>'taken')::int as taken`)
    const acting = act()
    await eventually("it waits for the row", async () => (await runSql(url, waiting)).length > 0)
    return [{ acting }, row?.["taken"] as number] as const
  })
  return [await held.acting, taken]
}

test(
  "it is slowed down, paused, resumed and cancelled, and after kill -9 of both hosts goes on by itself",
  async () => {
    await start("backfill_kill")
    await beforeSync(stack, async () => {
      await makeInShop(stack, "m", PRODUCTS)
      await makeInCms(stack, "d", PRODUCTS)
    })
    const { shop, cms } = stack
    const perMinute = 600
    const began = Date.now()
    const { resumedAt } = await shop.backfill({ action: "start", kinds: ["product"], perMinute })
    expect(Date.parse(resumedAt)).toBeGreaterThanOrEqual(began)
    await eventually("some are taken, no faster than asked", async () => {
      const { taken } = await shop.backfill()
      expect(taken).toBeLessThanOrEqual((perMinute * (Date.now() - Date.parse(resumedAt))) / 60_000)
      return taken >= 20
    })
    await expect(shop.backfill({ action: "start" })).rejects.toMatchObject({
      status: 400,
      message: expect.stringMatching(/running since/) as string,
    })

    await shop.backfill({ action: "pause" })
    await eventually("what was taken is sent", async () => (await shop.backfill()).waiting === 0)
    const paused = await shop.backfill()
    expect(paused).toMatchObject({ state: "paused", secondsLeft: null, done: paused.taken })
    const edited = await shop.create({ title: "Live", handle: "live" })
    await stack.itemOf(edited)
    await stack.settled()
    expect((await shop.backfill()).taken).toBe(paused.taken)

    await shop.backfill({ action: "resume" })
    await eventually("it goes on", async () => (await shop.backfill()).taken > paused.taken)
    await cms.backfill({ action: "start" })
    for (const side of ["medusa", "directus"] as const) {
      const client = side === "medusa" ? shop : cms
      await client.backfill({ action: "pause" })
      const [cancelled, taken] = await whileSenderWrites(side, () => client.backfill({ action: "cancel" }))
      expect(cancelled).toMatchObject({ state: "cancelled", taken })
    }
    await expect(shop.backfill({ action: "resume" })).rejects.toMatchObject({ status: 400 })
    await expect(cms.backfill({ action: "start", kinds: ["shoe"] })).rejects.toThrow(/400.*"shoe\\" is not mapped/)

    await shop.backfill({ action: "start" })
    await cms.backfill({ action: "start" })
    for (const client of [shop, cms])
      await eventually("it is under way", async () => {
        const { done, taken } = await client.backfill()
        return done > 0 && taken > 100
      })
    await Promise.all([stack.medusa.kill("SIGKILL"), stack.directus.kill("SIGKILL")])
    await Promise.all([stack.medusa.start(), stack.directus.start()])
    for (const side of ["medusa", "directus"] as const)
      await eventually(`the backfill of ${side} is done`, () => isDone(side), { within: LONG })
    await stack.settled(LONG)
    for (const side of ["medusa", "directus"] as const) {
      const { products, handles } = await count(side)
      expect([products, handles]).toEqual([2 * PRODUCTS + 1, 2 * PRODUCTS + 1])
    }
    expect((await count("medusa")).rows).toBe((await count("directus")).rows)
  },
  6 * LONG,
)
