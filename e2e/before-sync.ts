import { join } from "node:path"
import { inject } from "vitest"
import { writeTestMedusaApp } from "../scripts/stack/index.ts"
import { writeCms, writeShop } from "./stack/projects.ts"
import type { Stack } from "./stack/stack.ts"

const TOGETHER = 100
export const SIZES = ["S", "M", "L", "XL"]

/** Seconds that the host took. */
export interface Made {
  seconds: number
}

/** Starts both hosts without the plugin, the extension and what they put into the databases to see changes. */
async function removeSync(stack: Stack): Promise<void> {
  const { packed } = inject("e2e")
  const [shop, cms] = [join(stack.dir, "medusa"), join(stack.dir, "directus")]
  await Promise.all([stack.medusa.stop(), stack.directus.stop()])
  await stack.sqlMedusa("drop function directus_sync_capture() cascade")
  writeShop(shop, packed, {})
  writeTestMedusaApp({ dir: shop })
  writeCms(cms, packed, { withExtension: false })
  await Promise.all([stack.medusa.start(), stack.directus.start()])
}

/**
 * Runs `work` on both hosts without the plugin, the extension and what they put into the databases to see changes; then
 * installs all of it again. The collections must be there.
 */
export async function beforeSync(stack: Stack, work: () => Promise<void>): Promise<void> {
  await removeSync(stack)
  await work()
  await Promise.all([stack.medusa.stop(), stack.directus.stop()])
  stack.writeShop()
  writeCms(join(stack.dir, "directus"), inject("e2e").packed)
  await stack.start()
}

const hundreds = (count: number): number[][] =>
  Array.from({ length: Math.ceil(count / TOGETHER) }, (_, page) =>
    Array.from({ length: Math.min(TOGETHER, count - page * TOGETHER) }, (_, i) => page * TOGETHER + i),
  )

async function timed(work: () => Promise<unknown>): Promise<Made> {
  const began = performance.now()
  await work()
  return { seconds: (performance.now() - began) / 1000 }
}

const common = (name: string) => ({
  title: `Shirt ${name}`,
  handle: name,
  status: "published",
  description: `What there is to say about the shirt ${name}.`,
  material: "cotton",
})

/** Products with four variants each, by Medusa's own workflow in batches of 100. */
export const makeInShop = (stack: Stack, word: string, count: number): Promise<Made> =>
  timed(async () => {
    for (const page of hundreds(count)) {
      const products = page.map((n) => ({
        ...common(`${word}-${String(n)}`),
        options: [{ title: "Size", values: SIZES }],
        variants: SIZES.map((size) => ({
          title: size,
          sku: `${word}-${String(n)}-${size}`,
          manage_inventory: false,
          options: { Size: size },
          prices: [{ currency_code: "eur", amount: 10 }],
        })),
      }))
      await stack.shop.sdk.client.fetch("/e2e", { method: "POST", body: { products } })
    }
  })

/** The same by Directus's own API in batches of 100. */
export const makeInCms = (stack: Stack, word: string, count: number): Promise<Made> =>
  timed(async () => {
    for (const page of hundreds(count)) {
      const items = page.map((n) => ({
        ...common(`${word}-${String(n)}`),
        options: [{ title: "Size", values: SIZES }],
        variants: SIZES.map((size, rank) => ({
          title: size,
          sku: `${word}-${String(n)}-${size}`,
          rank,
          manage_inventory: false,
          options: [{ name: "Size", value: size }],
          prices: [{ currency_code: "eur", amount: "10" }],
        })),
      }))
      await stack.cms.fetchJson("/items/products", { method: "POST", body: JSON.stringify(items) })
    }
  })
