import { afterAll, beforeAll, expect, test } from "vitest"
import { recordsOf, type Exchange } from "../proxy.ts"
import { mulberry32 } from "../random.ts"
import { Report } from "../report.ts"
import { seed, sizes } from "../sizes.ts"
import { Stack } from "../stack/stack.ts"

const { handles } = sizes
/** Both hosts make so many within a second. */
const together = 10
const share = 0.2

const report = new Report("handles")
const random = mulberry32(seed())
let stack: Stack
beforeAll(async () => {
  stack = await Stack.start("handles")
})
afterAll(async () => {
  report.write()
  await stack?.stop()
})

const handleOf = (n: number): string => `same-${String(n)}`
const ours = "handle like 'same-%'"

/** Each record of a push has its ack in the answer. */
const count = (pushes: Exchange[]): number => pushes.reduce((sum, push) => sum + recordsOf(push).length, 0)

/** @returns how long both hosts took together, in milliseconds. */
async function makeOnBoth(numbers: number[]): Promise<number> {
  const began = performance.now()
  const products = numbers.map((n) => ({
    title: `m${String(n)}`,
    handle: handleOf(n),
    options: [{ title: "Size", values: ["M"] }],
  }))
  const items = numbers.map((n) => ({ title: `d${String(n)}`, handle: handleOf(n) }))
  await Promise.all([
    stack.shop.sdk.client.fetch("/e2e", { method: "POST", body: { products } }),
    stack.cms.fetchJson("/items/products", { method: "POST", body: JSON.stringify(items) }),
  ])
  return performance.now() - began
}

test(`${handles} handles that both sides use at once, with one answer in five lost, end as ${handles} pairs`, async () => {
  report.begin()
  const proxies = [stack.toDirectus, stack.toMedusa]
  for (const proxy of proxies) {
    proxy.forget()
    proxy.dropAnswers(Infinity, () => random() < share)
  }
  let apart = 0
  for (let first = 0; first < handles; first += together) {
    const numbers = Array.from({ length: Math.min(together, handles - first) }, (_, i) => first + i)
    apart = Math.max(apart, await makeOnBoth(numbers))
  }
  const made = Date.now()
  await stack.settled(300_000)
  const settled = (Date.now() - made) / 1000
  await stack.mendLinks()

  const products = await stack.sqlMedusa(
    `select id, handle, title from product where ${ours} and deleted_at is null order by handle`,
  )
  const items = await stack.sqlDirectus(
    `select medusa_id as id, handle, title from products where ${ours} order by handle`,
  )
  const kept = await stack.sqlMedusa(
    `select c.id, c.losing_value #>> '{}' as title from directus_sync_conflict c join product p on p.id = c.local_id where p.${ours}`,
  )
  const there = await stack.sqlDirectus(
    `select c.id, c.losing_value::jsonb #>> '{}' as title from medusa_sync_conflict c join products p on p.id::text = c.local_id where p.${ours}`,
  )
  const acks = count(proxies.flatMap((proxy) => proxy.pushes))
  const lost = count(proxies.flatMap((proxy) => proxy.lostAnswers))
  // Both inboxes may hold the same conflict.
  const losers = [...new Map([...kept, ...there].map(({ id, title }) => [id, String(title)])).values()]
  const once = new Set(losers).size
  report.set("handles made on both sides", handles)
  report.set("longest time between the two", `${(apart / 1000).toFixed(1)} s`, "1 s", apart < 1000)
  report.set("acks lost", `${lost} of ${acks}: ${((100 * lost) / acks).toFixed(0)} %`, `${share * 100} %`)
  report.set("products in Medusa", products.length, String(handles), products.length === handles)
  report.set("items in Directus", items.length, String(handles), items.length === handles)
  report.set("titles that lost, each in an inbox once", `${losers.length}, ${once} different`, String(handles))
  report.set("at rest after the last one was made", `${settled.toFixed(1)} s`)

  const names = Array.from({ length: handles }, (_, n) => handleOf(n)).sort()
  expect(products.map(({ handle }) => handle).sort()).toEqual(names)
  expect(items.map(({ handle }) => handle).sort()).toEqual(names)
  expect(items).toEqual(products)
  expect(losers.sort()).toEqual(Array.from({ length: handles }, (_, n) => `d${String(n)}`).sort())
}, 600_000)
