import type { Browser, Page } from "playwright-core"
import { openWindow, shoot, type Visit } from "../browser.ts"

/** A user of the Studio who has logged in, at its pages. */
export interface StudioUser extends Visit {
  /** Opens a page below /admin and waits until the Studio is there. */
  goto(path: string): Promise<void>
  /** Keeps a picture for docs/ when they are refreshed (`npm run screenshots`). */
  shoot(name: string): Promise<void>
  close(): Promise<void>
}

/** Directus asks an administrator about the licence at the first visit; whoever has answered has these. */
const ANSWERED = ["license-onboarding-dismissed", "license-banner-dismissed"]

export async function logIn(
  browser: Browser,
  url: string,
  login: { email: string; password: string },
): Promise<StudioUser> {
  const visit = await openWindow(browser)
  const { context, page } = visit
  const answer = await context.request.post(`${url}/auth/login`, { data: { ...login, mode: "session" } })
  if (!answer.ok()) throw new Error(`The login answered ${String(answer.status())}: ${await answer.text()}`)
  await context.addCookies(ANSWERED.map((name) => ({ name, value: "true", url })))
  return {
    ...visit,
    async goto(path) {
      await page.goto(`${url}/admin${path}`)
      await page.locator("#main-content, main, .private-view").first().waitFor()
    },
    shoot: (name) => shoot(page, name),
    close: () => context.close(),
  }
}

/** Moves the focus with the Tab key until it is on the control of that name. */
export async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const isThere = () =>
    page.evaluate(() => {
      const at = document.activeElement
      return at?.getAttribute("aria-label") ?? at?.textContent?.trim() ?? ""
    })
  for (let presses = 0; presses < 200; presses++) {
    await page.keyboard.press("Tab")
    const label = await isThere()
    if (typeof name === "string" ? label === name : name.test(label)) return
  }
  throw new Error(`The Tab key does not reach ${String(name)}.`)
}
