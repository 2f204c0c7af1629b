import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { Browser } from "playwright-core"
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest"
import {
  bootstrapDirectus,
  directusServer,
  findFreePort,
  medusaServer,
  type DirectusServer,
  type MedusaServer,
} from "../../scripts/stack/index.ts"
import { launch } from "../browser.ts"
import { makeCms, type Cms } from "../clients/cms.ts"
import { visitAdmin, widget } from "../clients/medusa-admin.ts"
import { makeShop, type Shop } from "../clients/shop.ts"
import { eventually } from "../eventually.ts"
import { cloneDatabase, directusDatabase, runSql } from "../stack/databases.ts"
import { ask } from "../stack/npm.ts"
import { buildShop, plainCms, plainCommandLine, plainDir, plainShop, WAYS } from "../stack/plain-projects.ts"
import { admin, directusToken } from "../stack/places.ts"

/** The first time, npm fetches both hosts and compiles what Directus brings. */
const INSTALL = 3_000_000

const secret = "plain-shared-secret-T4x8"
const http = { STORE_CORS: "*", ADMIN_CORS: "*", AUTH_CORS: "*", JWT_SECRET: secret, COOKIE_SECRET: secret }

let shopDir: string
let built: string
beforeAll(async () => {
  const { packed, postgresUrl } = inject("e2e")
  shopDir = await plainShop(packed)
  await runSql(postgresUrl, "drop database if exists plain_template with (force)")
  await runSql(postgresUrl, "create database plain_template")
  const url = new URL(postgresUrl)
  url.pathname = "/plain_template"
  built = await buildShop(shopDir, { ...http, DATABASE_URL: url.href, MEDUSA_SYNC_SECRET: secret })
}, INSTALL)

test("npm finds nothing to complain about, and nothing that the dashboard shares is there twice", async () => {
  const { code, stdout } = await ask("npm", ["ls", "--all"], { cwd: shopDir })
  expect(
    code,
    stdout
      .split("\n")
      .filter((line) => /invalid|missing|extraneous/.test(line))
      .join("\n"),
  ).toBe(0)
  const lock = JSON.parse(readFileSync(join(shopDir, "package-lock.json"), "utf8")) as { packages: object }
  const folders = Object.keys(lock.packages)
  const medusas = ["admin-sdk", "framework", "icons", "js-sdk", "medusa", "ui"].map((name) => `@medusajs/${name}`)
  const shared = ["react", "react-dom", "react-router-dom", "react-i18next", "@tanstack/react-query"]
  const copies = [...medusas, ...shared, "medusa-directus-core", "medusa-plugin-directus"].map((name) => [
    name,
    folders.filter((folder) => folder.endsWith(`node_modules/${name}`)),
  ])
  expect(copies).toEqual(copies.map(([name]) => [name, [`node_modules/${String(name)}`]]))
})

describe.each(WAYS)("with the extension in Directus %s", (way) => {
  let medusa: MedusaServer
  let directus: DirectusServer
  let shop: Shop
  let cms: Cms
  let key: string

  beforeAll(async () => {
    const { packed, postgresUrl } = inject("e2e")
    const projectDir = await plainCms(packed, way)
    const name = way === "by npm" ? "plain_npm" : "plain_copied"
    const [medusaPort, directusPort] = [await findFreePort(), await findFreePort()]
    const [medusaUrl, directusUrl] = [`http://localhost:${medusaPort}`, `http://localhost:${directusPort}`]
    const medusaDb = await cloneDatabase(postgresUrl, "plain_template", `${name}_medusa`)
    // Neither "development", where Medusa builds the admin while it serves, nor "production", where a session wants https.
    const env = {
      ...http,
      NODE_ENV: "e2e",
      DATABASE_URL: medusaDb,
      DIRECTUS_URL: directusUrl,
      MEDUSA_SYNC_SECRET: secret,
    }
    const logFile = join(plainDir, `${name}-medusa.log`)
    medusa = medusaServer({ appDir: built, env, logFile, port: medusaPort })
    const project = {
      projectDir,
      env: {
        ...directusDatabase(await cloneDatabase(postgresUrl, "template0", `${name}_directus`)),
        SECRET: "plain-directus-secret",
        ADMIN_EMAIL: admin.email,
        ADMIN_PASSWORD: admin.password,
        ADMIN_TOKEN: directusToken,
        MEDUSA_URL: medusaUrl,
        MEDUSA_SYNC_SECRET: `string:${secret}`,
      },
      logFile: join(plainDir, name, "directus.log"),
    }
    await bootstrapDirectus(project)
    directus = directusServer({ ...project, port: directusPort })
    await Promise.all([medusa.start(), directus.start()])
    key = await makeKey(medusaUrl)
    shop = makeShop(medusaUrl, key)
    cms = makeCms(directusUrl, directusToken)
  }, INSTALL)
  afterAll(() => Promise.all([medusa?.stop(), directus?.stop()]))

  test("a product travels both ways", async () => {
    const id = await shop.create({ title: "From the shop", handle: "from-the-shop" })
    const item = await eventually("it is in Directus", async () => {
      const [found] = await cms.find({ medusa_id: id })
      if (!found) throw new Error("It has no item.")
      return found.id
    })
    await cms.edit(item, { title: "Edited in Directus" })
    await eventually("the shop shows the edit", async () =>
      expect((await shop.read(id)).title).toBe("Edited in Directus"),
    )
    await cms.create({ title: "From the editor" })
    await eventually("what Directus made is in the shop", async () =>
      expect(await shop.find({ title: "From the editor" })).toHaveLength(1),
    )
  })

  test("the command line, installed by npm alone, finds all well", async () => {
    const cwd = await plainCommandLine(inject("e2e").packed)
    const env = {
      MEDUSA_URL: medusa.url,
      DIRECTUS_URL: directus.url,
      MEDUSA_SECRET_API: key,
      DIRECTUS_TOKEN: directusToken,
      MEDUSA_SYNC_SECRET: secret,
    }
    await eventually(
      "doctor finds no problem",
      async () => {
        const { code, stdout, stderr } = await ask("npx", ["--no-install", "medusa-directus", "doctor"], { cwd, env })
        expect(code, stdout + stderr).toBe(0)
      },
      { within: 75_000 },
    )
  })

  describe.skipIf(process.env["E2E_BROWSER"] === "none")("in a browser", () => {
    let browser: Browser
    beforeAll(async () => {
      browser = await launch()
    })
    afterAll(() => browser?.close())

    test("Medusa Admin, as `medusa build` made it, has the plugin's pages and card", async () => {
      const visit = await visitAdmin(browser, medusa.url)
      await visit.open("/settings/directus")
      const id = await shop.create({ title: "Looked at", handle: `looked-at-${way.length}` })
      await widget(await visit.open(`/products/${id}`)).waitFor()
      expect(visit.errors).toEqual([])
    })
  })
})

/** A secret API key of Medusa, made as an administrator makes one. */
async function makeKey(url: string): Promise<string> {
  const post = async <T>(path: string, body: object, token?: string): Promise<T> => {
    const headers = { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) }
    const answer = await fetch(`${url}${path}`, { method: "POST", headers, body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
    return (await answer.json()) as T
  }
  const { token } = await post<{ token: string }>("/auth/user/emailpass", admin)
  const made = await post<{ api_key: { token: string } }>("/admin/api-keys", { title: "Plain", type: "secret" }, token)
  return made.api_key.token
}
