import type { Browser } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { findBarriers, launch } from "../browser.ts"
import { makeRecords } from "../clients/records.ts"
import { logIn, open, type StudioUser } from "../clients/studio.ts"
import { eventually } from "../eventually.ts"
import { admin as adminLogin } from "../stack/places.ts"
import { Stack } from "../stack/stack.ts"

const ITEM = ".medusa-sync-item"
let stack: Stack
let browser: Browser
beforeAll(async () => {
  ;[stack, browser] = await Promise.all([Stack.start("studio-items"), launch()])
})
afterAll(async () => {
  await browser?.close()
  await stack?.stop()
})
const { unique, both, collection, cms } = makeRecords(() => stack)

async function asAdmin<T>(work: (studio: StudioUser) => Promise<T>): Promise<T> {
  const studio = await logIn(browser, stack.directus.url, adminLogin)
  try {
    const result = await work(studio)
    expect(studio.errors).toEqual([])
    return result
  } finally {
    await studio.close()
  }
}

/** Sets what the administrator has chosen for the Studio, and sets it back to what it was. */
async function asAdminWith<T>(settings: Record<string, unknown>, work: (studio: StudioUser) => Promise<T>): Promise<T> {
  const { data: before } = await cms<{ data: Record<string, unknown> }>("/users/me?fields=language,text_direction")
  await cms("/users/me", "PATCH", settings)
  try {
    return await asAdmin(work)
  } finally {
    await cms("/users/me", "PATCH", before)
  }
}

/** A user of the Studio who may read and write products, and nothing of the sync. */
async function editor(settings: Record<string, unknown> = {}): Promise<{ email: string; password: string }> {
  const word = unique("editor")
  const { data: policy } = await cms<{ data: { id: string } }>("/policies", "POST", {
    ...{ name: word, app_access: true, admin_access: false },
    permissions: {
      create: ["read", "update"].map((action) => ({ collection: "products", action, fields: ["*"] })),
      ...{ update: [], delete: [] },
    },
  })
  const login = { email: `${word}@example.com`, password: `${word}-password-9K` }
  await cms("/users", "POST", {
    ...login,
    ...settings,
    ...{ status: "active", policies: { create: [{ policy: policy.id }], update: [], delete: [] } },
  })
  return login
}

describe("the page of an item", () => {
  test("says how it stands, when and which way last, links to Medusa, and names what Medusa keeps", async () => {
    const { product, item } = await both()
    await stack.shop.edit(product.id, { title: "Wool sweater" })
    await stack.settled()
    await asAdmin(async ({ goto, page, shoot }) => {
      await goto(`/content/products/${item}`)
      const panel = page.locator(ITEM)
      await panel.getByText("Medusa and Directus agree.").waitFor()
      await panel.getByText(/last from Medusa, /).waitFor()
      const link = await panel.getByRole("link", { name: "Open in Medusa" }).getAttribute("href")
      expect(link).toMatch(new RegExp(`/app/products/${product.id}$`))
      await shoot("studio-item")
      expect(await findBarriers(page, ITEM)).toEqual([])
      const [{ id: variant } = { id: "" }] = (
        await cms<{ data: { id: string }[] }>(`/items/product_variants?filter[product][_eq]=${item}`)
      ).data
      await goto(`/content/product_variants/${variant}`)
      await panel.getByText(/Edit in Medusa: .*SKU/).waitFor()
      expect(await panel.getByRole("link", { name: "Open in Medusa" }).getAttribute("href")).toMatch(
        new RegExp(`/app/products/${product.id}/variants/variant_`),
      )
    })
  })

  test("of a new one says when it goes to Medusa", () =>
    asAdmin(async ({ goto, page }) => {
      await goto("/content/products/+")
      await page.locator(ITEM).getByText("Saving sends it to Medusa.").waitFor()
    }))

  test("sends it now, by keyboard, though nothing has told of the change", async () => {
    const { product, item } = await both()
    const title = unique("by-sql")
    await stack.sqlDirectus("update products set title = $1 where id = $2", [title, item])
    await asAdmin(async ({ goto, page }) => {
      await goto(`/content/products/${item}`)
      const send = page.locator(ITEM).getByRole("button", { name: "Sync now" })
      await send.focus()
      await page.keyboard.press("Enter")
      await eventually("Medusa has it", async () => expect((await stack.shop.read(product.id)).title).toBe(title))
      await page
        .locator(ITEM)
        .getByText(/last to Medusa, /)
        .waitFor()
    })
  })

  test("says of what waits for a record that was left alone which one that is, and leads there", async () => {
    const { item } = await both()
    const season = await collection()
    await stack.settled()
    const alone = (state: string) =>
      stack.sqlDirectus("update medusa_sync_link set state = $1 where local_id = $2", [state, season.item])
    await alone("unlinked")
    await stack.cms.edit(item, { collection: season.item })
    await asAdmin(async ({ goto, page }) => {
      await goto(`/content/products/${item}`)
      const panel = page.locator(ITEM)
      await panel.getByText(`It waits for “${season.word}”, which was left alone.`).waitFor()
      const raw = panel.getByText(/ refers to .* which is not there on the other side/)
      expect(await raw.isVisible()).toBe(false)
      await panel.getByText("Technical details").click()
      await raw.waitFor()
      await panel.getByText("Stopped", { exact: true }).waitFor()
      expect(await findBarriers(page, ITEM)).toEqual([])
      const link = panel.getByRole("link", { name: "Open what it waits for" })
      expect(await link.getAttribute("href")).toMatch(new RegExp(`/content/product_collections/${season.item}$`))
      await alone("active")
      await panel.getByRole("button", { name: "Sync now" }).click()
      await panel.getByText("Medusa and Directus agree.").waitFor()
    })
  })

  test("says when Medusa has changed the item since the form was opened, and a reload shows it", async () => {
    const { product, item } = await both()
    await asAdmin(async ({ goto, page }) => {
      await goto(`/content/products/${item}`)
      const panel = page.locator(ITEM)
      await panel.getByText("Medusa and Directus agree.").waitFor()
      const title = unique("changed in Medusa")
      const values = () => page.locator("input").evaluateAll((all) => all.map((one) => (one as HTMLInputElement).value))
      await stack.shop.edit(product.id, { title })
      await panel.getByText(/has changed since you opened it/).waitFor()
      expect(await values()).not.toContain(title)
      expect(await findBarriers(page, ITEM)).toEqual([])
      await open(page, () => panel.getByRole("button", { name: "Reload" }).click())
      await eventually("the form shows it", async () => expect(await values()).toContain(title))
      await panel.getByText("Medusa and Directus agree.").waitFor()
      expect(await panel.getByText(/has changed since you opened it/).count()).toBe(0)
    })
  })

  test("says what waits in Medusa: a pause with who, a conflict with whose text lost, and where it is decided", async () => {
    const { product, item } = await both()
    const user = await logIn(browser, stack.directus.url, adminLogin)
    const { goto, page, shoot } = user
    const panel = page.locator(ITEM)
    try {
      await goto(`/content/products/${item}`)
      await panel.getByText("In sync").waitFor()
      await stack.shop.sdk.client.fetch("/admin/directus/pause", { method: "POST", body: {} })
      await panel.getByText(/Paused in Medusa by .+, .+ Its changes come here when it is resumed there\./).waitFor()
      await page.locator(".medusa-state-chip").getByText("Paused", { exact: true }).waitFor()
      await stack.shop.edit(product.id, { description: "of Medusa" })
      await stack.cms.edit(item, { description: "of Directus" })
      await eventually("Medusa notices", async () => expect((await stack.shop.conflicts()).length).toBeGreaterThan(0))
      await stack.shop.resume()
      await stack.settled()
      await panel.getByText("A conflict waits for a decision in Medusa.").waitFor()
      await panel.getByText("Medusa's value is in use. The one from Directus is kept in Medusa: Description.").waitFor()
      await shoot("studio-item-there")
      expect(await findBarriers(page, ITEM)).toEqual([])
      await goto("/medusa-sync/conflicts")
      const there = page.getByRole("region", { name: "In Medusa" })
      await there.getByText("of Directus").waitFor()
      await there.getByText(/What was typed here did not win/).waitFor()
      expect(await there.getByRole("link", { name: "Decide in Medusa" }).getAttribute("href")).toMatch(
        new RegExp(`/app/products/${product.id}$`),
      )
      expect(await findBarriers(page, ".medusa-sync-page")).toEqual([])
      await goto("/medusa-sync")
      await page.getByText("1 more in Medusa").waitFor()
      expect(user.errors).toEqual([])
      await asAdminWith({ language: "de-DE" }, async (german) => {
        await german.goto(`/content/products/${item}`)
        const shown = german.page.locator(ITEM)
        await shown.getByText("Ein Konflikt wartet in Medusa auf eine Entscheidung.").waitFor()
        await german.goto("/medusa-sync/conflicts")
        await german.page.getByText("1 Konflikt wird in Medusa entschieden.").waitFor()
      })
    } finally {
      await stack.shop.resume()
      for (const { id } of await stack.shop.conflicts()) await stack.shop.decide(id, { decision: "keep" })
      await user.close()
    }
  })

  test("lets an administrator decide its conflicts, and shows an editor only that there are some", async () => {
    const { product, item } = await both()
    const [ours, theirs] = ["Wool sweater, grey", "Grey sweater of wool"]
    await stack.cutLinks()
    await stack.shop.edit(product.id, { title: ours })
    await stack.cms.edit(item, { title: theirs })
    await stack.toDirectus.mend()
    await eventually("Directus has noticed", async () => expect((await stack.cms.conflicts()).length).toBe(1))
    await stack.toMedusa.mend()
    // Directus has asked in vain for a while, and rests.
    await stack.settled(90_000)

    const other = await logIn(browser, stack.directus.url, await editor())
    await other.goto(`/content/products/${item}`)
    const seen = other.page.locator(ITEM)
    await seen.getByText("An administrator decides which value stays.").waitFor()
    expect(await seen.getByText(theirs).count()).toBe(0)
    expect(await seen.getByRole("button").count()).toBe(0)
    await other.close()

    await asAdmin(async ({ goto, page, shoot }) => {
      await goto(`/content/products/${item}`)
      const panel = page.locator(ITEM)
      await panel.getByText(theirs).waitFor()
      await shoot("studio-item-conflict")
      expect(await findBarriers(page, ITEM)).toEqual([])
      await panel.getByRole("button", { name: "Use other value" }).click()
      await panel.getByText("Medusa and Directus agree.").waitFor()
      await panel.getByText(/has changed since you opened it/).waitFor()
    })
    await eventually("both hold it", async () => {
      expect((await stack.shop.read(product.id)).title).toBe(theirs)
      expect((await stack.cms.read(item))["title"]).toBe(theirs)
    })
  })
})

test("a list shows the state of each item as a chip, by one request", async () => {
  const { item } = await both()
  const { product } = await both()
  await stack.shop.edit(product.id, { title: "Canvas tote" })
  await stack.settled()
  await stack.sqlDirectus("update medusa_sync_link set state = 'quarantined', reason = 'x' where local_id = $1", [item])
  try {
    await asAdmin(async ({ goto, page, shoot }) => {
      const asked: string[] = []
      page.on("request", (request) => {
        if (request.url().endsWith("/medusa-sync/states")) asked.push(request.url())
      })
      await goto("/content/products")
      await page.locator(".medusa-state-chip").getByText("Stopped").waitFor()
      await page.locator(".medusa-state-chip").getByText("In sync").first().waitFor()
      expect(asked.length).toBe(1)
      await shoot("studio-list")
    })
  } finally {
    await stack.sqlDirectus("update medusa_sync_link set state = 'active', reason = null where local_id = $1", [item])
  }
})

describe("who is no administrator", () => {
  test("sees the state of what they may read, and steers nothing, in the Studio and on the server", async () => {
    const { item } = await both()
    const login = await editor()
    const other = await logIn(browser, stack.directus.url, login)
    await other.goto(`/content/products/${item}`)
    await other.page.locator(ITEM).getByText("Medusa and Directus agree.").waitFor()
    expect(await other.page.locator(ITEM).getByRole("button").count()).toBe(0)
    await other.goto("/content/products")
    await other.page.locator(".medusa-state-chip").first().waitFor()
    await other.goto("/medusa-sync")
    expect(await other.page.locator(".medusa-sync-page").count()).toBe(0)

    const status = async (method: "get" | "post", path: string, data?: unknown) =>
      (await other.context.request[method](`${stack.directus.url}/medusa-sync/${path}`, { data })).status()
    expect(await status("get", `state?collection=products&item=${item}`)).toBe(200)
    expect(await status("get", "summary")).toBe(200)
    const variants = (await cms<{ data: { id: string }[] }>("/items/product_variants?limit=1")).data
    const variant = variants[0]?.id ?? ""
    expect(await status("get", `state?collection=product_variants&item=${variant}`)).toBe(403)
    expect(await status("post", "states", { collection: "product_variants", items: [variant] })).toBe(403)
    for (const path of ["send", "pause", "resume", "check", "repair", "compare", "backfill", "quarantine"])
      expect([path, await status("post", path, {})]).toEqual([path, 403])
    for (const path of ["status", "health", "conflicts", "quarantine", "drift", "mapping", "journal", "backfill"])
      expect([path, await status("get", path)]).toEqual([path, 403])
    await other.close()
    const stranger = await fetch(`${stack.directus.url}/medusa-sync/state?collection=products&item=${item}`)
    expect(stranger.status).toBe(403)
  })
})

test("a project of an earlier version gets the field and the column once, and keeps what somebody has changed", async () => {
  const fieldsOf = async (collection: string) => {
    const { data } = await cms<{ data: { field: string; meta: { display: string | null; interface: string } }[] }>(
      `/fields/${collection}`,
    )
    return {
      key: data.find(({ field }) => field === "id")?.meta.display,
      state: data.find(({ field }) => field === "medusa_sync")?.meta.interface,
    }
  }
  const columnsOf = async (collection: string): Promise<string[]> => {
    const filter = encodeURIComponent(JSON.stringify({ collection: { _eq: collection }, user: { _null: true } }))
    const { data } = await cms<{ data: { layout_query: { tabular: { fields: string[] } } }[] }>(
      `/presets?filter=${filter}`,
    )
    return data[0]?.layout_query.tabular.fields ?? []
  }
  const before = await columnsOf("products")
  await stack.directus.stop()
  const [made, changed] = ["products", "product_categories"]
  await stack.sqlDirectus("delete from directus_fields where field = 'medusa_sync' and collection = $1", [made])
  for (const collection of [made, changed])
    await stack.sqlDirectus(
      "update directus_fields set display = null, translations = null where field = 'id' and collection = $1",
      [collection],
    )
  const setColumns = (collection: string | undefined, columns: string[]) =>
    stack.sqlDirectus('update directus_presets set layout_query = $1 where collection = $2 and "user" is null', [
      JSON.stringify({ tabular: { fields: columns, page: 1 } }),
      collection,
    ])
  const old = before.filter((column) => column !== "id")
  await setColumns(made, old)
  await setColumns(changed, ["handle"])
  await stack.directus.start()
  await eventually("the sync runs again", async () => expect((await stack.cms.status()).running).toBe(true))

  expect(await fieldsOf("products")).toEqual({ key: "medusa-sync-state", state: "medusa-sync-state" })
  expect(await columnsOf("products")).toEqual(before)
  expect(await fieldsOf("product_categories")).toMatchObject({ key: "medusa-sync-state" })
  expect(await columnsOf("product_categories")).toEqual(["handle"])
})

describe("languages", () => {
  test("German: the module, the item and prices and stock as Germans write them", async () => {
    const { item } = await both()
    await asAdminWith({ language: "de-DE" }, async ({ goto, page, shoot }) => {
      await goto("/medusa-sync")
      await page.getByText("Keine, auf keiner der beiden Seiten.").waitFor()
      await shoot("studio-overview-de")
      await goto(`/content/products/${item}`)
      await page.locator(ITEM).getByText("Medusa und Directus stimmen überein.").waitFor()
      await page
        .locator(ITEM)
        .getByText(/zuletzt von Medusa, /)
        .waitFor()
      await goto("/content/product_variants")
      await page
        .getByText(/10,00\s€/)
        .first()
        .waitFor()
    })
  })

  test("from right to left: nothing is wider than the page, and axe finds nothing", async () => {
    const { item } = await both()
    await asAdminWith({ text_direction: "rtl" }, async ({ goto, page, shoot }) => {
      for (const path of ["", "/conflicts", "/stopped", "/backfill", "/drift", "/mapping"]) {
        await goto(`/medusa-sync${path}`)
        await page.locator(".medusa-sync-page").waitFor()
        expect(await page.evaluate(() => document.documentElement.dir)).toBe("rtl")
        expect(await page.evaluate(() => document.body.scrollWidth - document.body.clientWidth)).toBe(0)
        expect(await findBarriers(page, ".medusa-sync-page")).toEqual([])
      }
      await shoot("studio-rtl")
      await goto(`/content/products/${item}`)
      await page.locator(ITEM).getByText("Medusa and Directus agree.").waitFor()
    })
  })
})
