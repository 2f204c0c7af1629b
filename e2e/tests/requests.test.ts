import { mkdirSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { eventually } from "../eventually.ts"
import { recordsOf, type Exchange } from "../proxy.ts"
import { inTransaction } from "../stack/databases.ts"
import { Stack } from "../stack/stack.ts"

const rounds = Number(process.env["BENCH_ROUNDS"] ?? 3)
const reportFile = process.env["BENCH_REPORT"]

interface Figure {
  change: string
  requests: number[]
  records: number[]
  bytes: number[]
}

const figures: Figure[] = []
let stack: Stack
beforeAll(async () => {
  // Medusa's workflow commits in several steps. However often the senders look meanwhile, it is one request.
  stack = await Stack.start("requests", { plugin: { pollInterval: 250 }, directusEnv: { MEDUSA_SYNC_POLL: "250" } })
  // The first product of a process takes it seconds; a poll among them would send what is there.
  await stack.itemOf(await stack.shop.create({ title: "Warm", handle: "warm" }))
  await stack.settled()
})
afterAll(async () => {
  if (reportFile) {
    const columns = ["change", "rounds", "requests", "records", "bytes with headers"]
    const rows = figures.map(({ change, requests, records, bytes }) => [
      ...[change, String(requests.length)],
      ...[requests, records, bytes].map(range),
    ])
    mkdirSync(dirname(reportFile), { recursive: true })
    writeFileSync(reportFile, JSON.stringify({ columns, rows }))
  }
  await stack?.stop()
})

function range(values: number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)]
  return least === most ? String(most) : `${String(least)} to ${String(most)}`
}

type Row = Record<string, unknown> & { id: string }
const admin = <T>(path: string, body: Record<string, unknown>): Promise<T> =>
  stack.shop.sdk.client.fetch<T>(`/admin${path}`, { method: "POST", body })

/** What a change costs on both ways, until both sides rest. */
async function count(
  way: "toDirectus" | "toMedusa",
  make: (round: number) => Promise<unknown>,
  arrived: (round: number) => Promise<unknown>,
) {
  const asked: Exchange[][] = []
  const other = way === "toDirectus" ? stack.toMedusa : stack.toDirectus
  for (let round = 0; round < rounds; round++) {
    await stack.settled()
    stack.toDirectus.forget()
    stack.toMedusa.forget()
    await make(round)
    await eventually("it arrives", () => arrived(round))
    await stack.settled()
    for (const { method, path } of stack[way].exchanges)
      expect([method, path]).toEqual(["POST", way === "toDirectus" ? "/medusa-sync/records" : "/hooks/directus"])
    expect(other.sent()).toEqual([])
    expect([stack.toDirectus.chatter, stack.toMedusa.chatter]).toEqual([0, 0])
    asked.push(stack[way].pushes)
  }
  return asked
}

function note(change: string, asked: Exchange[][]): Figure {
  const figure = {
    change,
    requests: asked.map((exchanges) => exchanges.length),
    records: asked.map((exchanges) => exchanges.flatMap(recordsOf).length),
    bytes: asked.map((exchanges) => exchanges.reduce((sum, { size }) => sum + size, 0)),
  }
  figures.push(figure)
  return figure
}

const sizes = ["S", "M", "L"]
const colours = ["black", "white"]
const fits = ["slim", "wide"]
const combinations = sizes.flatMap((Size) => colours.flatMap((Colour) => fits.map((Fit) => ({ Size, Colour, Fit }))))
const made: string[] = []

test("a product with 3 options, 7 values, 12 variants and 4 images made in Medusa is one request", async () => {
  const asked = await count(
    "toDirectus",
    async (round) => {
      const word = `whole-${String(round)}`
      const { product } = await admin<{ product: Row }>("/products", {
        title: word,
        handle: word,
        options: [
          { title: "Size", values: sizes },
          { title: "Colour", values: colours },
          { title: "Fit", values: fits },
        ],
        images: [1, 2, 3, 4].map((n) => ({ url: `https://cdn.example.com/${word}-${String(n)}.png` })),
        variants: combinations.map((options, n) => ({
          title: Object.values(options).join(" / "),
          sku: `${word}-${String(n)}`,
          options,
          prices: [{ currency_code: "eur", amount: 10 + n }],
        })),
      })
      made.push(product.id)
    },
    async (round) => {
      const item = await stack.itemOf(made[round] ?? "")
      const { data } = await stack.cms.fetchJson<{ data: Row & { variants: Row[]; images: Row[] } }>(
        `/items/products/${item}?fields=*,variants.prices,images.url`,
      )
      expect([data.variants.length, data.images.length]).toEqual([12, 4])
      for (const { prices } of data.variants) expect(prices).toHaveLength(1)
    },
  )
  const { requests, records } = note("A product, 12 variants, 4 images made in Medusa", asked)
  expect(records).toEqual(requests.map(() => 17))
  expect(requests).toEqual(requests.map(() => 1))
})

test("a title edited in Medusa is one request of at most 1 kB with its headers", async () => {
  const [id = ""] = made
  const item = await stack.itemOf(id)
  const asked = await count(
    "toDirectus",
    (round) => stack.shop.edit(id, { title: `Linen shirt ${String(round)}` }),
    async (round) => expect((await stack.cms.read(item))["title"]).toBe(`Linen shirt ${String(round)}`),
  )
  const { requests, bytes } = note("A title edited in Medusa", asked)
  expect(requests).toEqual(requests.map(() => 1))
  for (const size of bytes) expect(size).toBeLessThanOrEqual(1000)
})

test("a title edited in Directus is one request of at most 1 kB with its headers", async () => {
  const [id = ""] = made
  const item = await stack.itemOf(id)
  const asked = await count(
    "toMedusa",
    (round) => stack.cms.edit(item, { title: `Wool shirt ${String(round)}` }),
    async (round) => expect((await stack.shop.read(id)).title).toBe(`Wool shirt ${String(round)}`),
  )
  const { requests, bytes } = note("A title edited in Directus", asked)
  expect(requests).toEqual(requests.map(() => 1))
  for (const size of bytes) expect(size).toBeLessThanOrEqual(1000)
})

const batch: string[] = []

test("100 products made in one batch in Medusa are at most 2 requests", async () => {
  const asked = await count(
    "toDirectus",
    async (round) => {
      const { created } = await admin<{ created: Row[] }>("/products/batch", {
        create: Array.from({ length: 100 }, (_, n) => ({
          title: `batch ${String(round)} ${String(n)}`,
          handle: `batch-${String(round)}-${String(n)}`,
          material: `made ${String(round)}`,
          options: [{ title: "Size", values: ["S"] }],
        })),
      })
      batch.splice(0, batch.length, ...created.map(({ id }) => id))
    },
    async (round) => expect(await stack.cms.find({ material: `made ${String(round)}` })).toHaveLength(100),
  )
  const { requests } = note("100 products made in one batch in Medusa", asked)
  for (const many of requests) expect(many).toBeLessThanOrEqual(2)
})

test("100 products edited in one batch in Medusa are at most 2 requests", async () => {
  const asked = await count(
    "toDirectus",
    (round) => admin("/products/batch", { update: batch.map((id) => ({ id, subtitle: `edited ${String(round)}` })) }),
    async (round) => expect(await stack.cms.find({ subtitle: `edited ${String(round)}` })).toHaveLength(100),
  )
  const { requests } = note("100 products edited in one batch in Medusa", asked)
  for (const many of requests) expect(many).toBeLessThanOrEqual(2)
})

test("100 products edited in one batch in Directus are at most 2 requests", async () => {
  const asked = await count(
    "toMedusa",
    async (round) => {
      const items = await stack.cms.find({ subtitle: `edited ${String(rounds - 1)}` })
      await stack.cms.fetchJson("/items/products", {
        method: "PATCH",
        body: JSON.stringify({ keys: items.map(({ id }) => id), data: { material: `cloth ${String(round)}` } }),
      })
    },
    async (round) => {
      const rows = await stack.sqlMedusa("select id from product where material = $1", [`cloth ${String(round)}`])
      expect(rows).toHaveLength(100)
    },
  )
  const { requests } = note("100 products edited in one batch in Directus", asked)
  for (const many of requests) expect(many).toBeLessThanOrEqual(2)
})

test("a batch's trigger finds the records of its rows by an index, and reads no whole table in the shop's transaction", async () => {
  await admin("/products", { title: "Indexed", handle: "indexed", options: [{ title: "Size", values: ["S"] }] })
  const read = await inTransaction(stack.medusaDb, async (run) => {
    await run("update product_product_option_value set updated_at = now()")
    return run("select seq_scan, idx_scan from pg_stat_xact_user_tables where relname = 'product_product_option'")
  })
  expect(read).toEqual([{ seq_scan: "0", idx_scan: expect.stringMatching(/^[1-9]/) }])
})

test("a change whose workflow may be under way is looked at no more than the polls do, until it is a second old", async () => {
  const id = await stack.shop.create({ title: "Silent", handle: "silent" })
  const item = await stack.itemOf(id)
  await stack.settled()
  const looks = new Set<unknown>()
  const began = Date.now()
  await stack.sqlMedusa("update product set title = 'Without an event' where id = $1", [id])
  await eventually("it arrives", async () => {
    const asked = await stack.sqlMedusa(
      "select query_start::text as at from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and query like '%from directus_sync_mark_log%'",
    )
    for (const { at } of asked) looks.add(at)
    expect((await stack.cms.read(item))["title"]).toBe("Without an event")
  })
  // Polls every 250 ms, and what is done when it is told.
  expect(looks.size).toBeLessThanOrEqual(2 + (Date.now() - began) / 200)
})
