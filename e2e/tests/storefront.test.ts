import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
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
async function open(key: string, more: { studioUrl?: string } = {}): Promise<StorefrontServer> {
  const port = await findFreePort()
  const logFile = join(stack.dir, `storefront-${String(port)}.log`)
  const imageOrigins = [`${stack.directus.url}/assets`]
  const medusaUrl = stack.medusa.url
  const server = storefrontServer({ medusaUrl, publishableKey: key, port, logFile, imageOrigins, ...more })
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

/** What the page's policy has kept from it. */
function watchPolicy(page: Page): string[] {
  const refused: string[] = []
  page.on("console", (message) => {
    if (/content security policy/i.test(message.text())) refused.push(message.text())
  })
  return refused
}

async function visit(path: string, look: (page: Page) => Promise<void>): Promise<void> {
  const { context, page, errors } = await openWindow(browser)
  const refused = watchPolicy(page)
  try {
    await page.goto(`${storefront.url}${path}`)
    await look(page)
    expect({ errors, refused }).toEqual({ errors: [], refused: [] })
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

const ADDRESSES = [
  ["a list", "/en", 200, "Medusa Shorts"],
  ["a product", "/en/products/t-shirt", 200, "All products"],
  ["a product that is not there", "/de/products/nothing", 404, "Alle Produkte"],
  ["what is no page", "/en/products/t-shirt/more", 404, "All products"],
  ["a language that it has not", "/fr", 404, "All products"],
] as const

test.each(ADDRESSES)("the page of %s comes with its policy, keeps to it, and works", async (_, path, status, link) => {
  await visit("/icon.svg", async (page) => {
    const answer = await page.goto(`${storefront.url}${path}`)
    expect(answer?.status()).toBe(status)
    const { "content-security-policy": policy = "", ...headers } = answer?.headers() ?? {}
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "referrer-policy": "strict-origin-when-cross-origin",
    })
    expect(headers["x-powered-by"]).toBeUndefined()
    expect(policy).toMatch(/^default-src 'none'; script-src 'self' 'nonce-[\w-]{36}'; /)
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain("unsafe")
    // A page that was not hydrated would be loaded anew, and forget this.
    await page.evaluate(() => Object.assign(globalThis, { remembered: true }))
    await page.getByRole("link", { name: link }).first().click()
    await page.waitForURL((url) => url.pathname !== path)
    await page.getByRole("heading", { level: 1 }).waitFor()
    expect(await page.evaluate(() => "remembered" in globalThis)).toBe(true)
  })
})

test("each visitor has a nonce of his own", async () => {
  const nonce = async () =>
    /nonce-([\w-]+)/.exec((await fetch(`${storefront.url}/en`)).headers.get("content-security-policy") ?? "")?.[1]
  const [one, two] = [await nonce(), await nonce()]
  expect(one).toMatch(/^[\w-]{36}$/)
  expect(two).not.toBe(one)
})

test("what gets into a page in spite of all neither runs nor leaves it", async () => {
  const { context, page } = await openWindow(browser)
  const refused = watchPolicy(page)
  await page.goto(`${storefront.url}/en/products/t-shirt`)
  const outside: string[] = []
  await page.route(/elsewhere/, (route) => {
    outside.push(route.request().url())
    return route.fulfill({ body: "globalThis.taken = true", contentType: "text/javascript" })
  })
  await page.evaluate(() => {
    const inline = document.createElement("script")
    inline.textContent = "globalThis.taken = true"
    const external = document.createElement("script")
    external.src = "https://elsewhere.example.com/taken.js"
    document.body.append(inline, external)
    document.body.insertAdjacentHTML(
      "beforeend",
      `<img alt="" src="https://elsewhere.example.com/seen.png"><img alt="" src="/none.png" onerror="globalThis.taken = true">
       <iframe src="https://elsewhere.example.com/"></iframe><base href="https://elsewhere.example.com/">
       <form id="away" action="https://elsewhere.example.com/"></form>`,
    )
    ;(document.getElementById("away") as unknown as { requestSubmit(): void }).requestSubmit()
    void fetch("https://elsewhere.example.com/told").catch(() => undefined)
  })
  await eventually("all of them are refused", () => {
    const kinds = ["script-src", "img-src", "frame-src|default-src", "form-action", "connect-src", "base-uri"]
    const missing = kinds.filter((kind) => !refused.some((text) => new RegExp(kind).test(text)))
    if (missing.length > 0) throw new Error(`not refused: ${missing.join(", ")}\n${refused.join("\n")}`)
  })
  expect(await page.evaluate(() => "taken" in globalThis)).toBe(false)
  expect(outside).toEqual([])
  await context.close()
})

test("no site may show a page in a frame but the Studio that is named", async () => {
  let framed = ""
  const studio = createServer((_, answer) =>
    answer.setHeader("content-type", "text/html").end(`<iframe src="${framed}">`),
  )
  await new Promise<void>((ready) => studio.listen(0, "127.0.0.1", ready))
  const studioUrl = `http://localhost:${String((studio.address() as AddressInfo).port)}`
  const named = await open(await publishableKey(), { studioUrl: `${studioUrl}/admin` })
  const isShown = async (server: StorefrontServer): Promise<boolean> => {
    framed = `${server.url}/en`
    const { context, page } = await openWindow(browser)
    const refused = watchPolicy(page)
    await page.goto(studioUrl)
    const heading = page.frameLocator("iframe").getByRole("heading", { name: "Everyday basics" })
    const seen = await eventually("the frame is shown or refused", async () =>
      refused.some((text) => text.includes("frame-ancestors")) ? "refused" : (await heading.count()) === 1 && "shown",
    )
    await context.close()
    return seen === "shown"
  }
  expect(await isShown(named)).toBe(true)
  expect(await isShown(storefront)).toBe(false)
  await new Promise((closed) => studio.close(closed))
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
  const refused = watchPolicy(page)
  await page.goto(`${storefront.url}/en`)
  await page.getByRole("heading", { name: "The shop does not answer" }).waitFor()
  await isSound(page, "en")
  expect(refused).toEqual([])
  await context.close()
})
