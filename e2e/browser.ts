import axe, { type Result } from "axe-core"
import { existsSync, mkdirSync } from "node:fs"
import { join } from "node:path"
import { chromium, type Browser, type BrowserContext, type Locator, type Page } from "playwright-core"
import { repositoryRoot } from "../scripts/stack/index.ts"

/** Debian's, unless another one is named: Playwright's own download is not needed. */
const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium"

/** @throws Error that says how to get a browser */
export function launch(): Promise<Browser> {
  if (!existsSync(executablePath))
    throw new Error(
      `There is no Chromium at ${executablePath}. Install it (Debian: apt-get install chromium), or set CHROMIUM to its path.`,
    )
  return chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  })
}

export interface Visit {
  context: BrowserContext
  page: Page
  /** What the page's own code complained about. */
  errors: string[]
}

/** A browser window of its own: no cookies and no cache of another one's. */
export async function openWindow(
  browser: Browser,
  { locale = "en-US", dark = false }: { locale?: string; dark?: boolean } = {},
): Promise<Visit> {
  const context = await browser.newContext({
    locale,
    colorScheme: dark ? "dark" : "light",
    viewport: { width: 1440, height: 900 },
    reducedMotion: "reduce",
  })
  context.setDefaultTimeout(20_000)
  const page = await context.newPage()
  const errors: string[] = []
  page.on("pageerror", (error) => errors.push(error.message))
  return { context, page, errors }
}

const pictures = process.env["SCREENSHOTS"] ? join(repositoryRoot, "docs", "screenshots") : null

/** Keeps a picture for docs/ when they are refreshed (`npm run screenshots`). */
export async function shoot(what: Page | Locator, name: string): Promise<void> {
  if (pictures === null) return
  // Directus blurs its page while it loads.
  const page = "context" in what ? what : what.page()
  await page.locator(".hydrating").waitFor({ state: "hidden" })
  mkdirSync(pictures, { recursive: true })
  await what.screenshot({ path: join(pictures, `${name}.png`), animations: "disabled" })
}

const GRAVE = ["serious", "critical"]

/**
 * Serious findings of axe in a part of the page, each as `rule: the elements`; the rest of the page is the host's own.
 * Looks when no colour is on its way to another one.
 */
export async function findBarriers(page: Page, within: string): Promise<string[]> {
  await page.evaluate(axe.source)
  const found = await page.evaluate(async (selector) => {
    // One that rests, or goes on for ever, has no end to wait for.
    const ends = document
      .getAnimations()
      .filter(({ playState, effect }) => playState === "running" && effect?.getComputedTiming().endTime !== Infinity)
    await Promise.allSettled(ends.map(({ finished }) => finished))
    const { run } = (globalThis as unknown as { axe: typeof axe }).axe
    return (await run(selector, { resultTypes: ["violations"] })).violations
  }, within)
  return found
    .filter(({ impact }: Result) => GRAVE.includes(impact ?? ""))
    .map(({ id, nodes }: Result) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`)
}
