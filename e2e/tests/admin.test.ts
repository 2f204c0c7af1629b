import type { Browser, Locator, Page } from "playwright-core"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { takePictures } from "../admin-pictures.ts"
import { launch } from "../browser.ts"
import { makeRecords } from "../clients/records.ts"
import {
  confirmByKeyboard,
  pressByKeyboard,
  sees,
  visitAdmin,
  widget,
  type AdminVisit,
} from "../clients/medusa-admin.ts"
import { eventually } from "../eventually.ts"
import { inTransaction } from "../stack/databases.ts"
import { Stack } from "../stack/stack.ts"

/** The dashboard is built once for each state of the plugin. */
const BUILD = 900_000

const mapping = { product: { metadata: { care: { owner: "directus" } } } }

let stack: Stack
let browser: Browser
let admin: AdminVisit
beforeAll(async () => {
  ;[stack, browser] = await Promise.all([Stack.start("admin", { admin: true, mapping }), launch()])
  admin = await visitAdmin(browser, stack.medusa.url)
}, BUILD)
afterAll(async () => {
  await browser?.close()
  await stack?.stop()
})
beforeEach(() => {
  admin.errors.length = 0
})
const { unique, both, collection } = makeRecords(() => stack)

const titleOf = ({ product }: { product: Record<string, unknown> }): string => String(product["title"])
const settings = (tab: string): Promise<Page> => admin.open(`/settings/directus?tab=${tab}`)

/** Both sides change the description while Medusa says nothing: Medusa notices, and its value stands. */
async function conflict(): Promise<{ id: string; item: string; ours: string; theirs: string }> {
  const { product, item } = await both()
  const [ours, theirs] = [unique("ours"), unique("theirs")]
  await stack.shop.sdk.client.fetch("/admin/directus/pause", { method: "POST", body: {} })
  await stack.shop.edit(product.id, { description: ours })
  await stack.cms.edit(item, { description: theirs })
  await eventually("Medusa notices", async () =>
    expect((await stack.shop.conflicts()).map(({ localId }) => localId)).toContain(product.id),
  )
  await stack.shop.resume()
  await stack.settled()
  return { id: product.id, item, ours, theirs }
}

const description = (id: string, value: string): Promise<unknown> =>
  eventually("both sides hold it", async () => expect((await stack.shop.read(id)).description).toBe(value))

describe.runIf(process.env["SCREENSHOTS"])("the pictures of docs/", () => {
  test("are taken", () => takePictures(stack, browser, admin))
})

describe("the widget on a record's page", () => {
  test("says that a product is in sync, which way it came last, what is locked, and what happened", async () => {
    const { product } = await both()
    await stack.settled()
    const page = await admin.open(`/products/${product.id}`)
    const ours = widget(page)
    await sees(ours.getByText("In sync"))
    await sees(ours.getByText("Medusa and Directus agree."))
    await sees(ours.getByText(/Last synced .*(Medusa to Directus|Directus to Medusa)/))
    await sees(ours.getByText("Locked by Directus"))
    await sees(ours.getByText("Care"))
    await sees(ours.getByRole("list", { name: "Timeline" }).getByText("Created in Directus"))
    expect(await ours.getByRole("link", { name: /Open in Directus/ }).getAttribute("href")).toBe(
      `${stack.toDirectus.url}/admin/content/products/${await stack.itemOf(product.id)}`,
    )
    expect(await admin.barriers()).toEqual([])
    expect(admin.errors).toEqual([])
  })

  test("says of a product that is new in Directus that it was made here, not brought back", async () => {
    const title = unique("Made in Directus")
    await stack.cms.create({ title })
    await stack.settled()
    const { products } = await stack.shop.sdk.admin.product.list({ q: title })
    const page = await admin.open(`/products/${String(products[0]?.id)}`)
    const timeline = widget(page).getByRole("list", { name: "Timeline" })
    await sees(timeline.getByText("Made: new in Directus"))
    expect(await timeline.getByText("Brought back from Directus").count()).toBe(0)
  })

  test("shows a change arrive while somebody looks, and waits with the reason while Directus is away", async () => {
    const { product, item } = await both()
    await stack.settled()
    const page = await admin.open(`/products/${product.id}`)
    await sees(widget(page).getByText("In sync"))
    await stack.cutLinks()
    const title = unique("while away")
    await stack.shop.edit(product.id, { title })
    await page.reload()
    await sees(widget(page).getByText("Waiting", { exact: true }))
    await sees(widget(page).getByText(/Directus does not answer/))
    await stack.mendLinks()
    await widget(page).getByRole("button", { name: "Sync now" }).click()
    await sees(widget(page).getByText("In sync"))
    await eventually("Directus has it", async () => expect((await stack.cms.read(item))["title"]).toBe(title))
  })

  test("says of what waits for a record that was left alone which one that is, leads there, and is sent when that one is", async () => {
    const { product } = await both()
    const season = await collection()
    await stack.settled()
    const alone = (state: string) =>
      stack.sqlMedusa("update directus_sync_link set state = $1 where local_id = $2", [state, season.id])
    await alone("unlinked")
    await stack.shop.sdk.admin.product.update(product.id, { collection_id: season.id })
    const page = await admin.open(`/products/${product.id}`)
    const ours = widget(page)
    await sees(ours.getByText("Stopped", { exact: true }))
    await sees(ours.getByText(/^It waits for “.*”, which was left alone\. Take that one up again/))
    const raw = ours.getByText(season.id)
    expect(await raw.isVisible()).toBe(false)
    await ours.getByText("Technical details").click()
    await sees(raw)
    expect(await ours.getByRole("link", { name: season.word }).getAttribute("href")).toMatch(
      new RegExp(`/collections/${season.id}$`),
    )
    expect(await admin.barriers()).toEqual([])
    await alone("active")
    await ours.getByRole("button", { name: "Sync now" }).click()
    await sees(ours.getByText("In sync"))
  })

  test("says who has paused Directus, and what Directus changes shows on the open page by itself", async () => {
    const { product, item } = await both()
    await stack.settled()
    const page = await admin.open(`/products/${product.id}`)
    await sees(widget(page).getByText("In sync"))
    const title = unique("typed in Directus")
    await stack.cms.edit(item, { title })
    await sees(page.getByRole("heading", { name: title }))
    await stack.cms.fetchJson("/medusa-sync/pause", { method: "POST", body: "{}" })
    try {
      await sees(
        widget(page).getByText(/^Paused in Directus by .+, .+ Its changes come here when it is resumed there\.$/),
      )
      await sees(widget(page).getByText("Paused", { exact: true }))
      const overview = await settings("overview")
      await sees(overview.getByRole("group", { name: "Directus to Medusa" }).getByText(/Paused in Directus by /))
    } finally {
      await stack.cms.resume()
    }
  })

  test("says that a conflict waits in Directus, whose text lost, and where it is decided", async () => {
    const { product, item } = await both()
    const [ours, theirs] = [unique("ours"), unique("theirs")]
    await stack.cutLinks()
    await stack.shop.edit(product.id, { material: ours })
    await stack.cms.edit(item, { material: theirs })
    await stack.toDirectus.mend()
    const kept = await eventually("Directus has noticed", async () => {
      const [found] = (await stack.cms.conflicts()).filter(({ localId }) => localId === item)
      if (!found) throw new Error("no conflict yet")
      return found
    })
    await stack.toMedusa.mend()
    await stack.settled(90_000)
    // One that Medusa has noticed too is decided here.
    for (const { id, localId } of await stack.shop.conflicts())
      if (localId === product.id) await stack.sqlMedusa("delete from directus_sync_conflict where id = $1", [id])
    const page = await admin.open(`/products/${product.id}`)
    await sees(widget(page).getByText("Conflict", { exact: true }))
    await sees(widget(page).getByText("A conflict waits for a decision in Directus."))
    expect(await admin.barriers()).toEqual([])
    const there = (await settings("conflicts")).getByRole("article", { name: /Material/ })
    await sees(there.getByText(kept.losingSide === "medusa" ? ours : theirs))
    await sees(
      there.getByText(`What was typed in ${kept.losingSide === "medusa" ? "Medusa" : "Directus"} did not win.`),
    )
    expect(await there.getByRole("link", { name: /Decide in Directus/ }).getAttribute("href")).toMatch(
      new RegExp(`/admin/content/products/${item}$`),
    )
    expect(await admin.barriers()).toEqual([])
    await sees((await settings("overview")).getByText("1 more in Directus"))
    const german = await visitAdmin(browser, stack.medusa.url, { language: "de" })
    const card = widget(await german.open(`/products/${product.id}`))
    await sees(card.getByText("Ein Konflikt wartet in Directus auf eine Entscheidung."))
    await sees(
      (await german.open("/settings/directus?tab=conflicts")).getByText("Diese werden in Directus entschieden."),
    )
    await german.context.close()
    await stack.cms.decide(kept.id, { decision: "keep" })
    const again = await admin.open(`/products/${product.id}`)
    await sees(widget(again).getByText("In sync"))
    expect(admin.errors).toEqual([])
  })

  test("decides a conflict for the value that stands", async () => {
    const { id, ours, theirs } = await conflict()
    const page = await admin.open(`/products/${id}`)
    await sees(widget(page).getByText("Conflict", { exact: true }))
    const card = widget(page).getByRole("article", { name: /Description/ })
    await sees(card.getByText(ours))
    await sees(card.getByText(theirs))
    expect(await admin.barriers()).toEqual([])
    await card.getByRole("button", { name: "Keep current" }).click()
    await sees(widget(page).getByText("In sync"))
    expect((await stack.shop.read(id)).description).toBe(ours)
    expect((await stack.shop.conflicts()).map(({ localId }) => localId)).not.toContain(id)
  })

  test("decides a conflict for the value that lost", async () => {
    const { id, theirs } = await conflict()
    const page = await admin.open(`/products/${id}`)
    await widget(page).getByRole("button", { name: "Use other value" }).click()
    await sees(widget(page).getByText("In sync"))
    await description(id, theirs)
  })

  test("decides a conflict with another value, by the keyboard alone", async () => {
    const { id, item } = await conflict()
    const page = await admin.open(`/products/${id}`)
    const edit = widget(page).getByRole("button", { name: "Edit…" })
    await sees(edit)
    await edit.focus()
    await page.keyboard.press("Enter")
    const box = widget(page).getByRole("textbox", { name: "Another value for Description" })
    await sees(box)
    const value = unique("a third one")
    await page.keyboard.press("Tab")
    await box.focus()
    await page.keyboard.press("Control+A")
    await page.keyboard.type(value)
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await sees(widget(page).getByText("In sync"))
    await description(id, value)
    await eventually("Directus, too", async () => expect((await stack.cms.read(item))["description"]).toBe(value))
  })

  test("stands on the pages of a variant, a category and a collection", async () => {
    const { product } = await both()
    const { sdk } = stack.shop
    const { product: whole } = await sdk.admin.product.create({
      title: unique("with a variant"),
      options: [{ title: "Size", values: ["M"] }],
      variants: [{ title: "M", options: { Size: "M" }, prices: [] }],
    })
    const { product_category: category } = await sdk.admin.productCategory.create({ name: unique("category") })
    const { collection } = await sdk.admin.productCollection.create({ title: unique("collection") })
    await stack.settled()
    for (const path of [
      `/products/${whole.id}/variants/${String(whole.variants?.[0]?.id)}`,
      `/categories/${category.id}`,
      `/collections/${collection.id}`,
      `/products/${product.id}`,
    ]) {
      const page = await admin.open(path)
      await sees(widget(page).getByText("In sync"))
      expect(await admin.barriers(), path).toEqual([])
    }
  })
})

describe("Settings, Directus", () => {
  test("says that all is well, and the check passes each step", async () => {
    await stack.settled()
    const page = await settings("overview")
    await sees(page.getByText("No problems."))
    await page.getByRole("button", { name: "Check now" }).click()
    await sees(page.getByText("The connection works."))
    expect(await admin.barriers()).toEqual([])
  })

  test("names the step at which the connection fails, with its fix, and that it is right again", async () => {
    const page = await settings("overview")
    await stack.cutLinks()
    try {
      await page.getByRole("button", { name: "Check now" }).click()
      await sees(page.getByText(/Directus answers: No/))
      await sees(page.getByText(/Check that Directus runs, that its half of the sync is on/).first())
      expect(await admin.barriers()).toEqual([])
    } finally {
      await stack.mendLinks()
    }
    await page.getByRole("button", { name: "Check now" }).click()
    await sees(page.getByText("The connection works."))
  })

  test("pauses and resumes each direction, by the keyboard alone", async () => {
    const { product, item } = await both()
    await stack.settled()
    const page = await settings("overview")
    await pressByKeyboard(page.getByRole("button", { name: "Pause sending", exact: true }))
    await confirmByKeyboard(page, "Pause sending")
    await sees(page.getByText(/has paused the sync$/))
    expect(await stack.shop.status()).toMatchObject({ state: "paused", paused: { code: "by_person" } })
    const title = unique("while paused")
    await stack.shop.edit(product.id, { title })
    await stack.cms.edit(item, { subtitle: title })
    await eventually("Directus's change still comes", async () =>
      expect((await stack.shop.read(product.id)).subtitle).toBe(title),
    )
    expect((await stack.cms.read(item))["title"]).not.toBe(title)

    await pressByKeyboard(page.getByRole("button", { name: "Pause both ways", exact: true }))
    await confirmByKeyboard(page, "Pause both ways")
    await eventually("nothing is taken either", async () =>
      expect((await stack.shop.status()).paused).toMatchObject({ code: "by_person", both: true }),
    )
    await pressByKeyboard(
      page.getByRole("group", { name: "Medusa to Directus" }).getByRole("button", { name: "Resume" }),
    )
    await sees(page.getByText("No problems."))
    await eventually("what was held follows", async () => expect((await stack.cms.read(item))["title"]).toBe(title))
  })

  test("lists conflicts, and one is decided there", async () => {
    const { id, theirs } = await conflict()
    const page = await settings("conflicts")
    const card = page.getByRole("article").filter({ hasText: theirs })
    await sees(card)
    expect(await admin.barriers()).toEqual([])
    await card.getByRole("button", { name: "Use other value" }).click()
    await description(id, theirs)
    await eventually("the card is gone", async () => expect(await card.count()).toBe(0))
  })

  test("lists stopped records with the reason; one is left alone, one is tried again", async () => {
    const [one, other] = [await both(), await both()]
    await stack.settled()
    await stack.sqlMedusa(
      `update directus_sync_link set state = 'quarantined', reason = 'not_unique: The handle is taken in Directus.' where local_id = any($1)`,
      [[one.product.id, other.product.id]],
    )
    const page = await settings("stopped")
    const row = (title: string): Locator => page.getByRole("listitem").filter({ hasText: title })
    await sees(row(titleOf(one)).getByText("The handle is taken in Directus."))
    expect(await admin.barriers()).toEqual([])
    await row(titleOf(one)).getByRole("button", { name: "Try again" }).click()
    await eventually("it is sent", async () =>
      expect((await stack.shop.links({ local_id: one.product.id }))[0]?.state).toBe("active"),
    )
    await row(titleOf(other)).getByRole("button", { name: "Leave alone" }).click()
    await page.getByRole("alertdialog").getByRole("button", { name: "Leave alone" }).click()
    await eventually("it is left alone", async () =>
      expect((await stack.shop.links({ local_id: other.product.id }))[0]?.state).toBe("unlinked"),
    )
    await admin.open(`/products/${other.product.id}`)
    await sees(widget(page).getByText("Left alone"))
    await widget(page).getByRole("button", { name: "Take up again" }).click()
    await sees(widget(page).getByText("In sync"))
  })

  test("says what a backfill would do, runs it with its progress, and ends", async () => {
    await both()
    await stack.settled()
    const page = await settings("backfill")
    await page.getByRole("button", { name: "Dry run" }).click()
    await sees(page.getByText("What a backfill would do"))
    await page.getByRole("textbox", { name: /Records a minute/ }).fill("60")
    await page.getByRole("button", { name: "Start backfill" }).click()
    await page.getByRole("alertdialog").getByRole("button", { name: "Start backfill" }).click()
    const bar = page.getByRole("progressbar")
    await sees(bar)
    await eventually("it moves", async () => expect(Number(await bar.getAttribute("aria-valuenow"))).toBeGreaterThan(0))
    expect(await admin.barriers()).toEqual([])
    await page.getByRole("button", { name: "Pause", exact: true }).click()
    await sees(page.getByText("Paused", { exact: true }))
    await page.getByRole("button", { name: "Go on" }).click()
    await page.getByRole("button", { name: "End it" }).click()
    await page.getByRole("alertdialog").getByRole("button", { name: "End it" }).click()
    await sees(page.getByText("Ended early"))
  })

  test("finds drift, and tells it", async () => {
    const { product, item } = await both()
    await stack.settled()
    const title = unique("by nobody")
    await stack.sqlMedusa(
      `do $$ begin set local session_replication_role = replica; update product set title = '${title}' where id = '${product.id}'; end $$`,
    )
    const page = await settings("drift")
    await page.getByRole("button", { name: "Check for differences" }).click()
    const drifted = page.getByRole("row", { name: new RegExp(`${title}.*Title`) })
    await sees(drifted)
    expect(await admin.barriers()).toEqual([])
    await drifted.getByRole("button", { name: "Tell Directus" }).click()
    await eventually("it is no drift any more", async () => expect(await drifted.count()).toBe(0))
    await eventually("Directus has it", async () => expect((await stack.cms.read(item))["title"]).toBe(title))
    // Both have written down what the other one has.
    await stack.settled()
    await page.getByRole("button", { name: "Compare both sides" }).click()
    await sees(page.getByText(/Compared: 0 groups differed/))
  })

  test("shows how far a look for drift is, cancels it, and shows the last one to who comes back", async () => {
    await both()
    await stack.settled()
    await inTransaction(stack.medusaDb, async (run) => {
      await run("lock table product_variant_price_set in access exclusive mode")
      const page = await settings("drift")
      await page.getByRole("button", { name: "Check for differences" }).click()
      await sees(page.getByRole("progressbar", { name: /records looked at/ }))
      expect(await admin.barriers()).toEqual([])
      await page.getByRole("button", { name: "Cancel" }).click()
      await sees(page.getByText(/Cancelled after \d+ of \d+ records/))
    })
    const page = await settings("drift")
    await page.getByRole("button", { name: "Check for differences" }).click()
    await sees(page.getByText("Nothing differs."))
    await settings("overview")
    await sees((await settings("drift")).getByText(/^As of/))
    await sees(page.getByText("Nothing differs."))
  })

  test("shows the mapping as a table, and the activity of one record", async () => {
    const page = await settings("mapping")
    const table = page.getByRole("region", { name: "Products", exact: true })
    await sees(table.getByRole("row", { name: /Care.*metadata\.care.*Only Directus/ }))
    expect(await admin.barriers()).toEqual([])
    const { product } = await both()
    await stack.settled()
    await admin.open(`/settings/directus?tab=activity&id=${product.id}`)
    await sees(page.getByRole("link", { name: String(product["title"]) }))
    expect(await admin.barriers()).toEqual([])
  })

  test("works by the keyboard from tab to tab", async () => {
    const page = await settings("overview")
    await page.getByRole("tab", { name: "Overview" }).focus()
    await page.keyboard.press("ArrowRight")
    await sees(page.getByRole("heading", { name: "Conflict inbox" }))
    expect(page.url()).toContain("tab=conflicts")
    await page.keyboard.press("End")
    await sees(page.getByRole("heading", { name: "Mapping" }))
  })

  test("says what could not be loaded, and tries again", async () => {
    await admin.page.route("**/admin/directus/mapping", (route) => route.abort())
    const page = await settings("mapping")
    await sees(page.getByRole("alert").getByText("It could not be loaded"))
    expect(await admin.barriers()).toEqual([])
    await page.unroute("**/admin/directus/mapping")
    await page.getByRole("button", { name: "Try again" }).click()
    await sees(page.getByRole("region", { name: "Products", exact: true }))
  })

  test("shows the shape of what is coming while it loads", async () => {
    let answer = (): void => undefined
    const held = new Promise<void>((resolve) => (answer = resolve))
    await admin.page.route("**/admin/directus/mapping", async (route) => {
      await held
      await route.continue()
    })
    const page = await settings("mapping")
    await sees(page.getByRole("status").getByText("Loading …"))
    answer()
    await sees(page.getByRole("region", { name: "Products", exact: true }))
    await page.unroute("**/admin/directus/mapping")
  })
})

describe("in another look", () => {
  test("is German in a German dashboard", async () => {
    const german = await visitAdmin(browser, stack.medusa.url, { language: "de" })
    const page = await german.open("/settings/directus")
    await sees(page.getByRole("tab", { name: "Erstübertragung" }))
    await sees(page.getByText("Keine Probleme."))
    await sees(page.getByRole("link", { name: "Directus", exact: true }))
    await german.context.close()
  })

  test("is dark with a dark dashboard, and still readable", async () => {
    const dark = await visitAdmin(browser, stack.medusa.url, { dark: true })
    const page = await dark.open("/settings/directus?tab=mapping")
    await sees(page.getByRole("region", { name: "Products", exact: true }))
    expect(await page.evaluate(() => document.documentElement.classList.contains("dark"))).toBe(true)
    expect(await dark.barriers()).toEqual([])
    await dark.context.close()
  })

  test("runs from right to left in a dashboard that does", async () => {
    const arabic = await visitAdmin(browser, stack.medusa.url, { language: "ar" })
    const page = await arabic.open("/settings/directus?tab=mapping")
    await sees(page.getByRole("region", { name: "Products", exact: true }))
    expect(await page.evaluate(() => document.documentElement.dir)).toBe("rtl")
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)
    expect(wide).toBe(false)
    expect(await arabic.barriers()).toEqual([])
    await arabic.context.close()
  })
})

/** Last: it leaves ten thousand problems behind. */
describe("with 10,000 problems", () => {
  beforeAll(async () => {
    await stack.sqlMedusa(
      `insert into directus_sync_link (entity, local_id, fields, state, reason)
       select 'variant', 'variant_huge_' || lpad(i::text, 5, '0'), '{}', 'quarantined', 'rejected_by_host: It is number ' || i from generate_series(1, 5000) i`,
    )
    await stack.sqlMedusa(
      `insert into directus_sync_conflict (id, entity, local_id, peer_id, field, kind, losing_side, losing_value, winning_fingerprint, at)
       select 'huge_' || i, 'variant', 'variant_huge_' || lpad(i::text, 5, '0'), 'x' || i, 'title', 'concurrent', 'directus', to_jsonb('lost ' || i), 'x', now() - i * interval '1 minute'
       from generate_series(1, 5000) i`,
    )
  })

  test("a page of them is shown, the last one too, and filters find those of a kind", async () => {
    const page = await settings("stopped")
    await sees(page.getByText("It is number 1", { exact: true }))
    expect(await page.getByRole("button", { name: "Leave alone" }).count()).toBe(20)
    await page.getByRole("button", { name: "Next" }).click()
    await sees(page.getByText("It is number 21", { exact: true }))
    await admin.open("/settings/directus?tab=stopped&page=250")
    await sees(page.getByText("It is number 5000", { exact: true }))
    await admin.open("/settings/directus?tab=stopped&kind=category")
    await sees(page.getByText("None of this kind."))
    await admin.open("/settings/directus?tab=conflicts")
    await sees(page.getByText("lost 1", { exact: true }))
    expect(await page.getByRole("article").count()).toBe(20)
    await sees(page.getByRole("tab", { name: "Conflicts (5,000)" }))
    expect(await admin.barriers()).toEqual([])
  })
})
