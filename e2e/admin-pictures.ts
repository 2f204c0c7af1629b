import type { Browser } from "playwright-core"
import { expect } from "vitest"
import { shoot } from "./browser.ts"
import { sees, visitAdmin, widget, type AdminVisit } from "./clients/medusa-admin.ts"
import { eventually } from "./eventually.ts"
import type { Stack } from "./stack/stack.ts"

/** Makes a small catalogue with something of everything, and takes the pictures of Medusa Admin for docs/. */
export async function takePictures(stack: Stack, browser: Browser, admin: AdminVisit): Promise<void> {
  const { sdk } = stack.shop
  const sizes = ["S", "M", "L"]
  const make = async (title: string, description: string): Promise<string> => {
    const { product } = await sdk.admin.product.create({
      title,
      description,
      subtitle: "Made to last",
      status: "published",
      material: "Linen",
      options: [{ title: "Size", values: sizes }],
      variants: sizes.map((size) => ({
        title: size,
        sku: `${title.toUpperCase().replace(" ", "-")}-${size}`,
        options: { Size: size },
        prices: [{ currency_code: "eur", amount: 89 }],
      })),
    })
    return product.id
  }
  const shirt = await make("Linen Shirt", "A classic shirt, cut straight.")
  await make("Wool Sweater", "Knitted in one piece.")
  const sneaker = await make("Canvas Sneaker", "Light, for summer.")
  await stack.settled()
  await stack.shop.sdk.client.fetch("/admin/directus/pause", { method: "POST", body: {} })
  await stack.shop.edit(shirt, { description: "A classic shirt in linen, cut straight. Machine wash cold." })
  await stack.cms.edit(await stack.itemOf(shirt), {
    description: "Our summer shirt: light, airy and washed soft. Made in Portugal from European linen.",
  })
  await eventually("Medusa notices", async () => expect(await stack.shop.conflicts()).toHaveLength(1))
  await stack.shop.resume()
  await stack.settled()
  await stack.sqlMedusa(
    `update directus_sync_link set state = 'quarantined', reason = 'not_unique: The SKU CANVAS-SNEAKER-M is taken by "Old Sneaker" in Directus. Change one of the two, then retry.'
     where entity = 'variant' and local_id = (select id from product_variant where product_id = $1 and title = 'M')`,
    [sneaker],
  )
  const page = await admin.open(`/products/${shirt}`)
  await sees(widget(page).getByText("Conflict", { exact: true }))
  await page.setViewportSize({ width: 1440, height: 1300 })
  await shoot(widget(page), "admin-product")
  for (const [tab, name, wait] of [
    ["overview", "admin-overview", /^Stopped records: \d/],
    ["conflicts", "admin-conflicts", "Current value"],
    ["stopped", "admin-stopped", "not_unique"],
    ["activity", "admin-activity", "What happened"],
  ] as const) {
    await sees((await admin.open(`/settings/directus?tab=${tab}`)).getByText(wait))
    if (tab === "overview") {
      await page.getByRole("button", { name: "Check now" }).click()
      await sees(page.getByText("The connection works."))
    } else await page.setViewportSize({ width: 1440, height: 900 })
    await shoot(page, name)
  }
  await stack.shop.backfill({ action: "start", perMinute: 12 })
  const german = await visitAdmin(browser, stack.medusa.url, { language: "de" })
  await german.open("/settings/directus?tab=backfill")
  await sees(german.page.getByText(/je Sekunde/))
  await shoot(german.page, "admin-backfill-de")
  await german.context.close()
  await stack.shop.backfill({ action: "cancel" })
  const dark = await visitAdmin(browser, stack.medusa.url, { dark: true })
  await dark.open("/settings/directus?tab=mapping")
  await sees(dark.page.getByText("Directus collection"))
  await shoot(dark.page, "admin-mapping-dark")
  await dark.open(`/products/${shirt}`)
  await sees(widget(dark.page).getByText("Conflict", { exact: true }))
  await dark.page.setViewportSize({ width: 1440, height: 1300 })
  await shoot(widget(dark.page), "admin-product-dark")
  await dark.context.close()
  const [conflict] = await stack.shop.conflicts()
  if (conflict) await stack.shop.decide(conflict.id, { decision: "keep" })
  await stack.shop.quarantine({ action: "retry_all" })
  await stack.settled()
}
