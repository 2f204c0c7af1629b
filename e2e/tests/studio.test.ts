import type { Browser } from "playwright-core"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest"
import { findBarriers, launch } from "../browser.ts"
import { makeJobs } from "../clients/jobs.ts"
import { makeRecords } from "../clients/records.ts"
import { logIn, tabTo, type StudioUser } from "../clients/studio.ts"
import { eventually } from "../eventually.ts"
import { admin as adminLogin } from "../stack/places.ts"
import { inTransaction } from "../stack/databases.ts"
import { Stack } from "../stack/stack.ts"

const PAGE = ".medusa-sync-page"
let stack: Stack
let browser: Browser
let studio: StudioUser
beforeAll(async () => {
  ;[stack, browser] = await Promise.all([Stack.start("studio", { directusEnv: { MEDUSA_SYNC_SWEEP: "0" } }), launch()])
  studio = await logIn(browser, stack.directus.url, adminLogin)
})
afterAll(async () => {
  await browser?.close()
  await stack?.stop()
})
afterEach(() => {
  expect(studio.errors.splice(0)).toEqual([])
})
const { unique, both, cms } = makeRecords(() => stack)
const jobs = makeJobs(() => stack)

const button = (name: string | RegExp) => studio.page.getByRole("button", { name, exact: true })
const text = (words: string | RegExp) => studio.page.locator(PAGE).getByText(words).first()
const sees = (words: string | RegExp) => text(words).waitFor()
/** Confirms what a button has asked. */
const confirm = (name: string) => studio.page.getByRole("dialog").getByRole("button", { name, exact: true }).click()

/** Starts work on the whole catalogue and waits for its end in the host, whose time it is; the page has its own to show it. */
async function runs(name: string, kind: "drift" | "preview"): Promise<void> {
  const before = (await jobs.read("directus", kind)) as { id: string } | null
  await button(name).click()
  await eventually(
    `the ${kind} is done`,
    async () => {
      const { id, state } = await jobs.read("directus", kind)
      expect({ isNew: id !== before?.id, state }).toEqual({ isNew: true, state: "done" })
    },
    { within: 60_000 },
  )
}

/** A product of that name on both sides. */
async function named(title: string): Promise<{ id: string; item: string }> {
  const { product, item } = await both()
  await stack.shop.edit(product.id, { title })
  await stack.settled()
  return { id: product.id, item }
}

/** Both sides change the same fields, each to its own value; the conflicts lie in Directus's inbox. */
async function quarrel(changes: Record<string, [ours: string, theirs: string]>): Promise<{ id: string; item: string }> {
  const records = await named("Linen shirt")
  const side = (i: 0 | 1) => Object.fromEntries(Object.entries(changes).map(([field, values]) => [field, values[i]]))
  await stack.cutLinks()
  await stack.shop.edit(records.id, side(0))
  await stack.cms.edit(records.item, side(1))
  await stack.toDirectus.mend()
  await eventually("Directus has noticed", async () => {
    const found = (await stack.cms.conflicts()).filter(({ localId }) => localId === records.item)
    expect(found.length).toBe(Object.keys(changes).length)
  })
  await stack.toMedusa.mend()
  // Directus has asked in vain for a while, and rests.
  await stack.settled(90_000)
  return records
}

const card = (heading: string) => studio.page.getByRole("article").filter({ hasText: heading })

describe("the overview", () => {
  test("says in words that both sides agree, and the check names each thing that is right", async () => {
    await both()
    await studio.goto("/medusa-sync")
    await sees("Running")
    await sees("None, on either side.")
    await button("Check the connection").click()
    await sees("The connection works.")
    expect(await studio.page.locator(PAGE).getByText("(OK)").count()).toBe(8)
    await studio.shoot("studio-overview")
    expect(await findBarriers(studio.page, PAGE)).toEqual([])
  })

  test("names what is wrong with what to do, when Medusa is away", async () => {
    await studio.goto("/medusa-sync")
    await stack.toMedusa.cut()
    try {
      await button("Check the connection").click()
      await sees(/Check that Medusa runs/)
      await sees("(not checked: fix the step above first)")
    } finally {
      await stack.toMedusa.mend()
    }
    await button("Check the connection").click()
    await sees("The connection works.")
  })

  test("pauses and resumes, and a change waits meanwhile with the reason on its own page", async () => {
    const { product, item } = await both()
    await studio.goto("/medusa-sync")
    await button("Pause").click()
    await confirm("Pause")
    await studio.page.getByRole("heading", { name: /has paused the sync/ }).waitFor()
    await sees(/Paused here by .+, /)
    await studio.shoot("studio-paused")
    expect(await findBarriers(studio.page, PAGE)).toEqual([])
    const title = unique("while-paused")
    await stack.cms.edit(item, { title })
    await studio.goto(`/content/products/${item}`)
    await studio.page.getByText("A change waits because the sync is paused.").waitFor()
    expect((await stack.shop.read(product.id)).title).not.toBe(title)
    await studio.goto("/medusa-sync")
    await button("Resume").click()
    await sees("None, on either side.")
    await eventually("it arrives", async () => expect((await stack.shop.read(product.id)).title).toBe(title))
  })
})

describe("the inbox", () => {
  test("shows both values side by side; keep, take by keyboard and another value, and both hosts hold it", async () => {
    const { id, item } = await quarrel({
      title: ["Linen shirt, long", "Linen shirt with long sleeves"],
      subtitle: ["For warm days", "Light, for summer"],
      description: ["Woven in Portugal.", "Woven and sewn in Portugal."],
    })
    await studio.goto("/medusa-sync/conflicts")
    await card("Subtitle").getByText("Other value, from Directus").waitFor()
    await studio.shoot("studio-conflicts")
    expect(await findBarriers(studio.page, PAGE)).toEqual([])

    const gone = (heading: string) => card(heading).waitFor({ state: "detached" })
    await card("· Title").getByRole("button", { name: "Keep current" }).click()
    await gone("· Title")
    await tabTo(studio.page, "Edit…")
    await studio.page.reload()
    await card("Subtitle").getByRole("button", { name: "Keep current" }).focus()
    await tabTo(studio.page, "Use other value")
    await studio.page.keyboard.press("Enter")
    await gone("Subtitle")
    await card("Description").getByRole("button", { name: "Edit…" }).click()
    await studio.page.getByLabel("The value that shall stand").fill("a third text")
    await button("Save").click()
    await sees("No conflicts")

    await eventually("both hold what was decided", async () => {
      const here = await stack.cms.read(item)
      const there = await stack.shop.read(id)
      const decided = { title: "Linen shirt, long", subtitle: "Light, for summer", description: "a third text" }
      expect(here).toMatchObject(decided)
      expect(there).toMatchObject(decided)
    })
  })

  test("of ten thousand shows pages, and one kind of them", async () => {
    await stack.sqlDirectus(
      `insert into medusa_sync_conflict
         (id, entity, local_id, peer_id, field, kind, losing_side, losing_value, winning_fingerprint, at)
       select 'huge-' || n, case when n % 2 = 0 then 'product' else 'variant' end, gen_random_uuid()::text, 'p', 'title',
         'concurrent', 'medusa', '"x"', 'f', '2026-01-01T00:00:00.000Z' from generate_series(1, 10000) n`,
    )
    try {
      await studio.goto("/medusa-sync/conflicts")
      await sees("1–25 of 10,000")
      await button("Next").click()
      await sees("26–50 of 10,000")
      await studio.page.getByRole("combobox", { name: /^Type/ }).selectOption("variant")
      await sees("1–25 of 5,000")
    } finally {
      await stack.sqlDirectus("delete from medusa_sync_conflict where id like 'huge-%'")
    }
  })

  test("says that it loads, that it failed and how to go on, and that it is empty", async () => {
    const route = /medusa-sync\/conflicts/
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => (release = resolve))
    await studio.page.route(route, async (request) => {
      if (request.request().resourceType() === "document") return request.continue()
      await held
      return request.fulfill({ status: 503, json: { errors: [{ message: "The sync is off" }] } })
    })
    await studio.goto("/medusa-sync/conflicts")
    await studio.page.getByRole("status", { name: "Loading" }).waitFor()
    release()
    await studio.page.getByRole("alert").getByText("The sync is off").waitFor()
    await studio.shoot("studio-error")
    expect(await findBarriers(studio.page, PAGE)).toEqual([])
    await studio.page.unroute(route)
    await button("Try again").click()
    await sees("Nothing has to be decided in Directus.")
    expect(await findBarriers(studio.page, PAGE)).toEqual([])
  })
})

describe("stopped items", () => {
  const stop = (item: string) =>
    stack.sqlDirectus(
      "update medusa_sync_link set state = 'quarantined', attempts = 5, reason = 'not_unique: handle is taken by another product (prod_01KBXQ7V). Change the handle of one of them.' where local_id = $1",
      [item],
    )
  const stateOf = async (item: string) =>
    (await stack.sqlDirectus("select state from medusa_sync_link where local_id = $1", [item]))[0]?.["state"]

  test("are tried again, or left alone and taken up again on their own page", async () => {
    const { item } = await named("Canvas tote")
    await stop(item)
    await studio.goto("/medusa-sync/stopped")
    await sees("Canvas tote")
    await sees(/^handle is taken by another product/)
    await sees(/^not_unique$/)
    await studio.shoot("studio-stopped")
    expect(await findBarriers(studio.page, PAGE)).toEqual([])
    await button("Try again").click()
    await sees("Nothing is stopped")
    expect(await stateOf(item)).toBe("active")

    await stop(item)
    await button("Refresh").click()
    await button("Leave alone").click()
    await confirm("Leave alone")
    await sees("Nothing is stopped")
    expect(await stateOf(item)).toBe("unlinked")
    await studio.goto(`/content/products/${item}`)
    await button("Take up again").click()
    await studio.page.getByText("Medusa and Directus agree.").waitFor()
  })

  test("of ten thousand come in pages", async () => {
    await stack.sqlDirectus(
      `insert into medusa_sync_link (entity, local_id, peer_id, rev, seen, acked, standing, alive_rev, fields, hops, state, reason, attempts)
       select 'product', gen_random_uuid()::text, 'huge-' || n, 1, 1, 1, 'alive', 0, '{}', 0, 'quarantined', 'not_unique: handle', 5
       from generate_series(1, 10000) n`,
    )
    try {
      await studio.goto("/medusa-sync/stopped")
      await sees("1–25 of 10,000")
      await button("Next").click()
      await sees("26–50 of 10,000")
      await studio.goto("/medusa-sync")
      await sees("10,000")
    } finally {
      await stack.sqlDirectus("delete from medusa_sync_link where peer_id like 'huge-%'")
    }
  })
})

describe("a backfill", () => {
  test("says first what it would do, is paused, goes on, and ends; the bar follows", async () => {
    await both()
    await studio.goto("/medusa-sync/backfill")
    await runs("Dry run", "preview")
    await sees("are the same")
    await studio.shoot("studio-dry-run")
    expect(await findBarriers(studio.page, PAGE)).toEqual([])
    await studio.page.getByLabel("At most so many a minute").fill("1")
    await button("Start").click()
    await sees("Under way")
    await studio.shoot("studio-backfill")
    expect(await findBarriers(studio.page, PAGE)).toEqual([])
    await button("Pause").click()
    await sees("Paused")
    await button("Go on").click()
    await sees("Under way")
    await button("End it").click()
    await confirm("End it")
    await sees("Ended before its time")

    await studio.page.getByLabel("At most so many a minute").fill("")
    await studio.page.getByRole("checkbox", { name: "Products", exact: true }).check()
    await button("Start").click()
    await eventually("all are told", async () => expect((await stack.cms.backfill()).state).toBe("done"), {
      within: 60_000,
    })
    await sees("Done")
    expect(await studio.page.getByRole("progressbar").getAttribute("aria-valuenow")).toBe("100")
  })
})

describe("drift", () => {
  /** Nobody reads what categories products are in, so that a look comes to that and no further. */
  const whileHeld = (act: () => Promise<void>): Promise<void> =>
    inTransaction(stack.directusDb, async (run) => {
      await run("lock table products_product_categories in access exclusive mode")
      await act()
    })

  test("that nothing told of is found, and sent", async () => {
    const { product, item } = await both()
    const title = unique("by-sql")
    await stack.sqlDirectus("update products set title = $1 where id = $2", [title, item])
    await studio.goto("/medusa-sync/drift")
    await runs("Look for drift", "drift")
    const row = studio.page.getByRole("row").filter({ hasText: item })
    await row.getByText("changed").waitFor()
    await studio.shoot("studio-drift")
    expect(await findBarriers(studio.page, PAGE)).toEqual([])
    await row.getByRole("button", { name: "Send" }).click()
    await sees("1 item is sent.")
    await eventually("Medusa has it", async () => expect((await stack.shop.read(product.id)).title).toBe(title))
    await stack.settled()
    await runs("Look for drift", "drift")
    await sees("No drift")
    await button("Compare with Medusa").click()
    await sees(/links were put right/)
  })

  test("that takes long to look for shows how far it is, is cancelled, and is there when somebody comes back", async () => {
    await both()
    // Whatever a test before has left untold.
    await stack.cms.repair({ all: true })
    await stack.settled()
    await studio.goto("/medusa-sync/drift")
    const bar = studio.page.getByRole("progressbar", { name: "Looking at every item" })
    await whileHeld(async () => {
      await button("Look for drift").click()
      await bar.waitFor()
      expect(await findBarriers(studio.page, PAGE)).toEqual([])
    })
    await eventually("it is over", async () => (await jobs.read("directus", "drift")).state !== "running", {
      within: 60_000,
    })
    // A host that waits for a table gives a look up after a while: nothing else is to be done in that time.
    await whileHeld(async () => {
      await button("Look for drift").click()
      await button("Cancel").click()
      await sees(/Cancelled after \d+ of \d+ items/)
    })
    await runs("Look for drift", "drift")
    await sees("No drift")
    await studio.goto("/medusa-sync")
    await studio.goto("/medusa-sync/drift")
    await sees(/^As of/)
    await sees("No drift")
  })
})

test("the mapping says of each field where it is kept and who changes it", async () => {
  await studio.goto("/medusa-sync/mapping")
  const row = studio.page.getByRole("row").filter({ has: studio.page.getByRole("rowheader", { name: "SKU" }) })
  await row.waitFor()
  expect((await row.getByRole("cell").allTextContents()).map((cell) => cell.trim())).toEqual([
    ...["sku", "sku", "text", "Medusa", "Medusa"],
  ])
  await studio.shoot("studio-mapping")
  expect(await findBarriers(studio.page, PAGE)).toEqual([])
  await studio.page.getByLabel("Search the fields").fill("barcode")
  await row.waitFor({ state: "detached" })
  expect(await studio.page.getByRole("rowheader").allTextContents()).toEqual(["Barcode"])
})

test("a dashboard shows what moves, waits and needs somebody", async () => {
  await both()
  const { data: dashboard } = await cms<{ data: { id: string } }>("/dashboards", "POST", { name: "Shop", icon: "shop" })
  const place = { position_x: 1, position_y: 1, width: 20, height: 14 }
  const panel = {
    dashboard: dashboard.id,
    type: "medusa-sync",
    show_header: true,
    name: "Medusa",
    options: { hours: 12 },
  }
  await cms("/panels", "POST", { ...panel, ...place })
  await studio.goto(`/insights/${dashboard.id}`)
  const shown = studio.page.locator(".medusa-sync-panel")
  await shown.getByText("Running").waitFor()
  expect(Number(/(\d+) moved in 12 h/.exec(await shown.innerText())?.[1])).toBeGreaterThan(0)
  await studio.shoot("studio-panel")
  expect(await findBarriers(studio.page, ".medusa-sync-panel")).toEqual([])
})

test("a Flow sends an item now, and goes on with how it is then", async () => {
  const { product, item } = await both()
  const { data: flow } = await cms<{ data: { id: string } }>("/flows", "POST", {
    ...{ name: "Send", status: "active", trigger: "webhook", accountability: "all" },
    options: { method: "POST", async: false, return: "$last" },
  })
  const { data: operation } = await cms<{ data: { id: string } }>("/operations", "POST", {
    ...{ flow: flow.id, key: "send", name: "Send", type: "medusa-sync", position_x: 20, position_y: 1 },
    options: { collection: "products", items: ["{{ $trigger.body.id }}"], wait: 20 },
  })
  await cms(`/flows/${flow.id}`, "PATCH", { operation: operation.id })
  const title = unique("by-sql")
  await stack.sqlDirectus("update products set title = $1 where id = $2", [title, item])
  const result = await cms<unknown>(`/flows/trigger/${flow.id}`, "POST", { id: item })
  expect(result).toMatchObject({
    synced: true,
    items: [{ id: item, medusaId: product.id, state: "synced", openConflicts: 0 }],
  })
  expect((await stack.shop.read(product.id)).title).toBe(title)
  await studio.goto(`/settings/flows/${flow.id}`)
  await studio.page.getByText("Sync with Medusa").first().waitFor()
  await studio.shoot("studio-flow")
})

test("the app part of the extension is small", () => {
  const app = readFileSync(join(inject("e2e").packed.extension.folder, "dist", "app.js"))
  expect(gzipSync(app).length).toBeLessThan(150_000)
})
