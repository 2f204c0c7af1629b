import { join } from "node:path"
import type { JobKind, Side } from "medusa-directus-core/host"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { migrateMedusa } from "../../scripts/stack/index.ts"
import { makeInShop } from "../before-sync.ts"
import { makeJobs } from "../clients/jobs.ts"
import { eventually } from "../eventually.ts"
import { inTransaction } from "../stack/databases.ts"
import { Stack } from "../stack/stack.ts"

const PRODUCTS = 250
const CATEGORIES = 10
/** With four variants to each product. */
const RECORDS = CATEGORIES + PRODUCTS * 5
const SILENT = 120
/** A process that was killed is waited for, and the next one starts. */
const TAKEN_UP = 60_000

const SIDES = ["medusa", "directus"] as const
/** What is read for a page of variants in Medusa, and for one of products in Directus, and for no page before. */
const HELD = { medusa: "product_variant_price_set", directus: "products_product_categories" }
/** What a look for drift has found by then. */
const FOUND = { medusa: SILENT, directus: 0 }

let stack: Stack
const { ask, start, cancel, read } = makeJobs(() => stack)

beforeAll(async () => {
  stack = await Stack.start("jobs", { plugin: { sweepInterval: 0 }, directusEnv: { MEDUSA_SYNC_SWEEP: "0" } })
  for (let n = 0; n < CATEGORIES; n++)
    await stack.shop.sdk.admin.productCategory.create({
      name: `Category ${String(n)}`,
      handle: `category-${String(n)}`,
    })
  await makeInShop(stack, "j", PRODUCTS)
  await eventually(
    "all of it is in Directus",
    async () => {
      const [row] = await stack.sqlDirectus("select count(*)::int as n from product_variants")
      expect(row?.["n"]).toBe(PRODUCTS * 4)
    },
    { within: 180_000 },
  )
  await stack.settled(120_000)
}, 400_000)
afterAll(() => stack?.stop())

/** So many products change, and nobody is told. */
async function changeSilently(side: Side, word: string): Promise<void> {
  const change = (table: string) =>
    `update ${table} set material = '${word}' where id in (select id from ${table} order by handle limit ${String(SILENT)})`
  if (side === "directus") await stack.sqlDirectus(change("products"))
  else await stack.sqlMedusa(`do $$ begin set local session_replication_role = replica; ${change("product")}; end $$`)
}

/** Who walks through the catalogue stands still there until `work` is done. */
async function standingStill(side: Side, work: () => Promise<void>): Promise<void> {
  const url = side === "medusa" ? stack.medusaDb : stack.directusDb
  await inTransaction(url, async (run) => {
    await run(`lock table ${HELD[side]} in access exclusive mode`)
    await work()
  })
}

const inTheMiddle = (side: Side, kind: JobKind) =>
  eventually(
    `${kind} of ${side} is in the middle`,
    async () => {
      const job = await read(side, kind)
      expect(job).toMatchObject({ state: "running", total: expect.any(Number) as number })
      expect(job.done).toBeGreaterThan(0)
      expect(job.done).toBeLessThan(job.total)
      return job
    },
    { within: 20_000 },
  )

const ended = (side: Side, kind: JobKind, within = 30_000) =>
  eventually(
    `${kind} of ${side} has ended`,
    async () => {
      const job = await read(side, kind)
      expect(job.state).not.toBe("running")
      return job
    },
    { within },
  )

/** The answer of the route of before there were jobs. */
async function inOneRequest(side: Side, kind: JobKind): Promise<unknown> {
  const [path, body] = {
    drift: ["drift", undefined] as const,
    repair: ["repair", { all: true }] as const,
    preview: ["backfill", { action: "preview" }] as const,
    backfill: ["backfill", undefined] as const,
  }[kind]
  const { status, text } = await ask(side, path, body)
  expect({ status, text }).toMatchObject({ status: 200 })
  return JSON.parse(text)
}

describe.each(SIDES)("in %s", (side) => {
  const host = () => stack[side]
  const word = `silk of ${side}`
  const kill = async (): Promise<void> => {
    await host().kill("SIGKILL")
    await host().start()
  }

  test("a look for drift answers at once, shows how far it is, is one at a time, and ends when it is cancelled", async () => {
    await changeSilently(side, word)
    await standingStill(side, async () => {
      const { status, job } = await start(side, "drift")
      expect({ status, job }).toMatchObject({ status: 202, job: { kind: "drift", state: "running" } })
      await eventually("it has found what is before that place", async () =>
        expect(await inTheMiddle(side, "drift")).toMatchObject({ id: job.id, result: { count: FOUND[side] } }),
      )
      const second = await start(side, "drift")
      expect(second.status).toBe(409)
      expect(second.text).toMatch(/under way since .*(\d+ of \d+ records)/)
      // Who asks by the route of before gets the job when it takes too long.
      const waited = await ask(side, "drift")
      expect(waited.status).toBe(202)
      expect(waited.text).toContain(job.id)
      expect(await cancel(side, "drift")).toMatchObject({ status: 200, job: { id: job.id, state: "cancelled" } })
      expect((await cancel(side, "drift")).status).toBe(404)
    })
    expect(await read(side, "drift")).toMatchObject({ state: "cancelled", result: { count: FOUND[side] } })
  })

  test("a look for drift goes on where it was when the host is killed, and finds what one request finds", async () => {
    const { job } = await start(side, "drift").then(async (told) => {
      await ended(side, "drift")
      return told
    })
    let middle: Awaited<ReturnType<typeof inTheMiddle>> | undefined
    await standingStill(side, async () => {
      const again = await start(side, "drift")
      expect(again.job.id).not.toBe(job.id)
      middle = await inTheMiddle(side, "drift")
      await host().kill("SIGKILL")
    })
    await host().start()
    const after = await ended(side, "drift", TAKEN_UP)
    expect(after).toMatchObject({ id: middle?.id, state: "done", error: null, result: { count: SILENT } })
    expect(after.done).toBe(after.total)
    expect(after.total).toBeGreaterThanOrEqual(RECORDS)
    const drifts = await inOneRequest(side, "drift")
    expect(drifts).toMatchObject(side === "medusa" ? { count: SILENT } : { meta: { count: SILENT } })
    expect(await (side === "medusa" ? stack.shop : stack.cms).drift()).toMatchObject(after.result)
  })

  test("a preview goes on where it was when the host is killed while the other side is silent", async () => {
    const proxy = side === "medusa" ? stack.toDirectus : stack.toMedusa
    proxy.blackhole()
    await start(side, "preview")
    await eventually("it asks", async () => expect(await read(side, "preview")).toMatchObject({ state: "running" }))
    await kill()
    await proxy.mend()
    const job = await ended(side, "preview", TAKEN_UP)
    expect(job).toMatchObject({ state: "done", result: { change: SILENT, stopped: 0, create: 0 } })
    const told = (await inOneRequest(side, "preview")) as { preview?: unknown; data?: unknown }
    expect(told.preview ?? told.data).toEqual(job.result)
  })

  test("a repair of all that is killed in the middle goes on, and all arrives once it has ended", async () => {
    await standingStill(side, async () => {
      await start(side, "repair")
      await inTheMiddle(side, "repair")
      await host().kill("SIGKILL")
    })
    await host().start()
    const job = await ended(side, "repair", TAKEN_UP)
    expect(job).toMatchObject({ state: "done" })
    await stack.settled(60_000)
    expect(await inOneRequest(side, "drift")).toMatchObject(
      side === "medusa" ? { count: 0 } : { data: [], meta: { count: 0 } },
    )
    const there = await (side === "medusa"
      ? stack.sqlDirectus("select count(*)::int as n from products where material = $1", [word])
      : stack.sqlMedusa("select count(*)::int as n from product where material = $1", [word]))
    expect(there).toEqual([{ n: SILENT }])
    expect(await inOneRequest(side, "repair")).toMatchObject(
      side === "medusa" ? { marked: 0 } : { data: { marked: 0 } },
    )
  })

  test("a backfill is read, started and cancelled like the others", async () => {
    const { status, job } = await start(side, "backfill", { kinds: ["product"], perMinute: 1 })
    expect({ status, job }).toMatchObject({
      status: 202,
      job: { kind: "backfill", state: "running", parameters: { kinds: ["product"], perMinute: 1 } },
    })
    expect((await start(side, "backfill")).status).toBe(400)
    expect(await cancel(side, "backfill")).toMatchObject({ job: { id: job.id, state: "cancelled" } })
    expect((await ask(side, "jobs/nothing")).status).toBe(404)
    expect((await ask(side, "jobs/drift", { action: "pause" })).status).toBe(400)
  })
})

test("a database of the version before gets the table", async () => {
  await Promise.all([stack.medusa.stop(), stack.directus.stop()])
  await stack.sqlMedusa("drop table directus_sync_job")
  await stack.sqlMedusa("delete from mikro_orm_migrations where name like 'Migration20261130220000%'")
  await stack.sqlDirectus("drop table medusa_sync_job")
  const { env, logFile } = stack.medusa.spec
  await migrateMedusa({ appDir: join(stack.dir, "medusa"), env, logFile })
  await stack.start()
  for (const side of SIDES) {
    await eventually("the sync is up", async () => expect(await read(side, "drift")).toBeNull(), { within: 30_000 })
    expect(await inOneRequest(side, "drift")).toMatchObject(side === "medusa" ? { count: 0 } : { meta: { count: 0 } })
  }
})
