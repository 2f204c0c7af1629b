import type { Browser, Locator, Page } from "playwright-core"
import { findBarriers, openWindow, type Visit } from "../browser.ts"
import { admin } from "../stack/places.ts"

export interface Look {
  /** A code of the dashboard's languages. */
  language?: string
  dark?: boolean
}

export interface AdminVisit extends Visit {
  /** Opens a page of Medusa Admin and waits for what this plugin shows there. */
  open(path: string): Promise<Page>
  /** Serious findings of axe in what this plugin shows; the rest of the page is Medusa's own. */
  barriers(): Promise<string[]>
}

/** Everything that this plugin draws. */
export const OURS = "[data-directus]"

/** A window in which somebody has logged in to Medusa Admin. */
export async function visitAdmin(
  browser: Browser,
  url: string,
  { language = "en", dark = false }: Look = {},
): Promise<AdminVisit> {
  const visit = await openWindow(browser, { dark })
  const { page, context } = visit
  await context.addInitScript(
    ([lng, theme]) => {
      localStorage.setItem("lng", lng)
      localStorage.setItem("medusa_admin_theme", theme)
    },
    [language, dark ? "dark" : "light"] as const,
  )
  await context.addCookies([{ name: "lng", value: language, url }])
  const post = (path: string, data: object, token?: string) =>
    context.request.post(`${url}${path}`, { data, headers: token ? { authorization: `Bearer ${token}` } : {} })
  const { token } = (await (await post("/auth/user/emailpass", admin)).json()) as { token: string }
  const session = await post("/auth/session", {}, token)
  if (!session.ok()) throw new Error(`Medusa gave no session: ${String(session.status())}`)
  return {
    ...visit,
    async open(path) {
      await page.goto(`${url}/app${path}`)
      await page.locator(OURS).first().waitFor()
      return page
    },
    barriers: () => findBarriers(page, OURS),
  }
}

/** What the plugin shows on the page of a record. */
export const widget = (page: Page): Locator => page.getByRole("region", { name: "Directus" })

export const sees = (what: Locator): Promise<void> => what.first().waitFor()

/** Presses a button without the mouse, once it can be pressed: while a request is under way it is disabled, and loses the focus. */
export async function pressByKeyboard(button: Locator): Promise<void> {
  await button.click({ trial: true })
  await button.focus()
  await button.page().keyboard.press("Enter")
}

/** Presses a button of the dialog that is open, by the keyboard, and waits until the page behind it can be used again. */
export async function confirmByKeyboard(page: Page, name: string): Promise<void> {
  const dialog = page.getByRole("alertdialog")
  await pressByKeyboard(dialog.getByRole("button", { name }))
  await dialog.waitFor({ state: "hidden" })
  // A dialog that has gone gives the focus back in a timer, and would take it from what is focused before.
  await page.evaluate(() => new Promise((wake) => setTimeout(wake, 0)))
}
