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
    goto: (path) => open(page, () => page.goto(`${url}/admin${path}`)),
    shoot: (name) => shoot(page, name),
    close: () => context.close(),
  }
}

/** So often a page is opened that stays empty. */
const TRIES = 3

/**
 * Opens a page of the Studio and waits until it is there. On a busy machine the Studio (12.4) sometimes starts without reading
 * who its user is and what they may do, and then shows no module's page: whoever sees that loads it once more.
 *
 * @param act - loads the page, as a button does that reloads it.
 */
export async function open(page: Page, act: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries++) {
    const isRead = page
      .waitForResponse((answer) => new URL(answer.url()).pathname === "/permissions/me")
      .then(
        () => true,
        () => false,
      )
    await (tries === 1 ? act() : page.reload())
    await page.locator("#main-content, main, .private-view").first().waitFor()
    if (await isRead) return
    if (tries === TRIES) throw new Error(`The Studio stays empty at ${page.url()}.`)
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
