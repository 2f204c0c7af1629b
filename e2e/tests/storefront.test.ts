import { join } from "node:path"
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, expect, test } from "vitest"
import { findFreePort, storefrontServer, type StorefrontServer } from "../../scripts/stack/index.ts"
import { openCms } from "../../examples/starter-store/demo/cms.ts"
import { writeStories } from "../../examples/starter-store/demo/content/write-stories.ts"
import { findBarriers, launch, openWindow, shoot } from "../browser.ts"
import { makeContent } from "../clients/content.ts"
import type { Row } from "../clients/records.ts"
import { eventually } from "../eventually.ts"
import { admin as administrator } from "../stack/places.ts"
import { Stack } from "../stack/stack.ts"

let stack: Stack
let browser: Browser
let storefront: StorefrontServer
const servers: StorefrontServer[] = []
const { admin, itemOf, salesChannel, publishableKey } = makeContent(() => stack)

/** The storefront as `next build` has made it, for one publishable key. */
async function open(key: string): Promise<StorefrontServer> {
  const port = await findFreePort()
  const logFile = join(stack.dir, `storefront-${String(port)}.log`)
  const server = storefrontServer({ medusaUrl: stack.medusa.url, publishableKey: key, port, logFile })
  servers.push(server)
  await server.start()
  return server
}

async function sell(title: string, handle: string, description: string, stock: boolean): Promise<string> {
  const variant = (size: string, amount: number) => ({
    title: size,
    options: { Size: size },
    manage_inventory: !stock,
    prices: [{ amount, currency_code: "eur" }],
  })
  const { product } = await admin<{ product: Row }>("/products", {
    title,
    handle,
    description,
    status: "published",
    options: [{ title: "Size", values: ["S", "M"] }],
    variants: [variant("S", 10), variant("M", 12.5)],
    sales_channels: [{ id: await salesChannel() }],
  })
  return product.id
}

let shirt: string
let shirtItem: string

beforeAll(async () => {
  stack = await Stack.start("storefront", {
    translations: true,
    mapping: { translations: { locales: { "de-DE": "de" } } },
    plugin: { content: { product: "*" } },
  })
  await admin("/regions", { name: "Europe", currency_code: "eur", countries: ["de"] })
  shirt = await sell("Medusa T-Shirt", "t-shirt", "Cotton, for every day and anything but ordinary.", true)
  await sell("Medusa Sweatshirt", "sweatshirt", "Brushed cotton, for the evening.", false)
  await sell("Medusa Sweatpants", "sweatpants", "Soft cotton, for slow mornings.", true)
  await sell("Medusa Shorts", "shorts", "Light cotton, for long days.", true)
  await stack.settled()
  // As the demo does it: fields that an editor adds, and stories in two languages.
  await writeStories(await openCms(stack.directus.url, administrator))
  await stack.settled()
  shirtItem = await itemOf("products", shirt)
  storefront = await open(await publishableKey())
  browser = await launch()
})
afterAll(async () => {
  await browser?.close()
  await Promise.all(servers.map((server) => server.stop()))
  await stack?.stop()
})

async function visit(path: string, look: (page: Page) => Promise<void>): Promise<void> {
  const { context, page, errors } = await openWindow(browser)
  try {
    await page.goto(`${storefront.url}${path}`)
    await look(page)
    expect(errors).toEqual([])
  } finally {
    await context.close()
  }
}

async function isSound(page: Page, lang: string): Promise<void> {
  expect(await page.getAttribute("html", "lang")).toBe(lang)
  for (const landmark of ["banner", "main", "navigation", "contentinfo"] as const)
    expect(await page.getByRole(landmark).count(), landmark).toBeGreaterThanOrEqual(1)
  expect(await page.getByRole("heading", { level: 1 }).count()).toBe(1)
  expect(await page.locator("img:not([alt]), img[alt='']").count()).toBe(0)
  expect(await findBarriers(page, "body")).toEqual([])
}

const description = (page: Page) => page.getAttribute('meta[name="description"]', "content")

test("the list shows prices and stock of Medusa beside pictures and stories of Directus", async () => {
  await visit("/", async (page) => {
    expect(new URL(page.url()).pathname).toBe("/en")
    expect(await page.title()).toBe("Everyday basics · Medusa & Directus")
    const card = page.getByRole("listitem").filter({ hasText: "Medusa T-Shirt" })
    await card.getByText("It began with a shirt").waitFor()
    await card.getByText("from €10.00").waitFor()
    await card.getByText("In stock").waitFor()
    await page.getByRole("listitem").filter({ hasText: "Sweatshirt" }).getByText("Sold out").waitFor()
    const picture = page.getByAltText("A green T-shirt on a sand-coloured ground")
    expect(await picture.getAttribute("src")).toContain(`${stack.directus.url}/assets/`)
    await eventually("the picture is loaded", () =>
      picture.evaluate((img) => (img as { naturalWidth?: number }).naturalWidth === 600),
    )
    await isSound(page, "en")
    await shoot(page, "storefront-list")
  })
})

test("the page of a product has its title and description from Directus, and an edit there after a reload", async () => {
  await visit("/en/products/t-shirt", async (page) => {
    expect(await page.title()).toBe("The T-shirt that lasts eleven summers · Medusa & Directus")
    expect(await description(page)).toContain("Combed cotton")
    expect(JSON.parse((await page.textContent('script[type="application/ld+json"]')) ?? "")).toMatchObject({
      "@type": "Product",
      name: "Medusa T-Shirt",
      offers: { lowPrice: 10, priceCurrency: "EUR" },
    })
    await page.getByRole("row", { name: "M €12.50 In stock" }).waitFor()
    await isSound(page, "en")
    await shoot(page, "storefront-product")

    const story = "An editor has just written this. </script><b>And nothing else.</b>"
    await stack.cms.edit(shirtItem, { story, seo_title: "Edited" })
    await eventually("the edit is on the page after a reload", async () => {
      await page.reload()
      return (await page.getByText(story).count()) === 1
    })
    expect(await page.title()).toBe("Edited · Medusa & Directus")
  })
})

test("everything is there in German, one key press away", async () => {
  await visit("/en/products/t-shirt", async (page) => {
    const german = page.getByRole("link", { name: "Deutsch" })
    await german.focus()
    await page.keyboard.press("Enter")
    await page.waitForURL("**/de/products/t-shirt")
    await page.getByText("Am Anfang stand ein Hemd").waitFor()
    await page.getByText("10,00 €").waitFor()
    await page.getByAltText("Ein grünes T-Shirt auf sandfarbenem Grund").waitFor()
    expect(await page.title()).toBe("Das T-Shirt für elf Sommer · Medusa & Directus")
    await page.reload()
    expect(await description(page)).toContain("Gekämmte Baumwolle")
    await isSound(page, "de")
    await shoot(page, "storefront-product-german")
  })
})

test("an address that leads nowhere says so, in the page's language", async () => {
  await visit("/de", async (page) => {
    const answer = await page.goto(`${storefront.url}/de/products/nothing`)
    expect(answer?.status()).toBe(404)
    await page.getByRole("heading", { name: "Dieses Produkt gibt es nicht" }).waitFor()
    await isSound(page, "de")
  })
})

test("a shop without products says what to do", async () => {
  const { sales_channel: channel } = await admin<{ sales_channel: Row }>("/sales-channels", { name: "Nothing" })
  const { api_key: key } = await admin<{ api_key: Row & { token: string } }>("/api-keys", {
    title: "Empty",
    type: "publishable",
  })
  await admin(`/api-keys/${key.id}/sales-channels`, { add: [channel.id] })
  const empty = await open(key.token)
  await visit("/en", async (page) => {
    await page.goto(`${empty.url}/en`)
    await page.getByText("There is nothing here yet").waitFor()
    await isSound(page, "en")
  })
})

test("without Directus the pages go on; without Medusa they say so", async () => {
  await stack.settled()
  await stack.directus.stop()
  await visit("/de/products/t-shirt", (page) => page.getByText("Am Anfang stand ein Hemd").waitFor())
  await stack.medusa.stop()
  const { context, page } = await openWindow(browser)
  await page.goto(`${storefront.url}/en`)
  await page.getByRole("heading", { name: "The shop does not answer" }).waitFor()
  await isSound(page, "en")
  await context.close()
})
