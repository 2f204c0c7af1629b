import { randomUUID } from "node:crypto"
import { directionKey, sign } from "medusa-directus-core/host"
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest"
import { makeContent } from "../clients/content.ts"
import { directusRoutes, medusaRoutes, type Route } from "../clients/routes.ts"
import { admin as administrator, directusToken } from "../stack/places.ts"
import { Stack } from "../stack/stack.ts"

let stack: Stack
let callers: Record<Caller, Record<string, string>>
let shirt: { id: string; item: string }
const { admin, cms, itemOf, publishableKey } = makeContent(() => stack)

/** Who stands at a door, the same for both hosts; the last one has the secret and the key of the other direction. */
const CALLERS = [
  "nobody",
  "customer",
  "publishable key",
  "other host's admin",
  "editor",
  "secret API key",
  "administrator",
  "wrong direction",
] as const
type Caller = (typeof CALLERS)[number]

/** Who a route is for. `peer` takes signed messages alone; behind `keyed` Medusa's own guard stands as well. */
type For = "peer" | "keyed" | "reader" | "studio" | "admin"
interface Row {
  for: For
  query?: () => string
  body?: object
}

/** A new route without a row fails. The bodies change nothing that a test needs. */
const ROWS: Record<Route, Row> = {
  "POST /hooks/directus": { for: "peer" },
  "POST /admin/directus/records": { for: "keyed" },
  "GET /admin/directus/backfill": { for: "admin" },
  "POST /admin/directus/backfill": { for: "admin", body: { action: "preview" } },
  "POST /admin/directus/check": { for: "admin" },
  "POST /admin/directus/compare": { for: "admin" },
  "GET /admin/directus/conflicts": { for: "admin" },
  "POST /admin/directus/conflicts/:id": { for: "admin", body: { decision: "keep" } },
  "GET /admin/directus/drift": { for: "admin" },
  "GET /admin/directus/health": { for: "admin" },
  "GET /admin/directus/jobs/:kind": { for: "admin" },
  "POST /admin/directus/jobs/:kind": { for: "admin", body: { action: "cancel" } },
  "GET /admin/directus/journal": { for: "admin" },
  "GET /admin/directus/links": { for: "admin" },
  "GET /admin/directus/mapping": { for: "admin" },
  "GET /admin/directus/overview": { for: "admin" },
  "POST /admin/directus/pause": { for: "admin", body: {} },
  "GET /admin/directus/peer/conflicts": { for: "admin" },
  "GET /admin/directus/quarantine": { for: "admin" },
  "POST /admin/directus/quarantine": { for: "admin", body: { action: "retry_all" } },
  "POST /admin/directus/repair": { for: "admin", body: { records: [{ entity: "product", id: "nobody" }] } },
  "POST /admin/directus/resume": { for: "admin", body: {} },
  "GET /admin/directus/states/:entity/:id": { for: "admin" },
  "POST /admin/directus/states/:entity/:id/sync": { for: "admin" },
  "GET /admin/directus/status": { for: "admin" },
  "POST /medusa-sync/records": { for: "peer" },
  "POST /medusa-sync/content": { for: "peer" },
  "GET /medusa-sync/state": { for: "reader", query: () => `collection=products&item=${shirt.item}` },
  "POST /medusa-sync/states": { for: "reader", body: { collection: "products", items: [] } },
  "GET /medusa-sync/summary": { for: "studio" },
  "POST /medusa-sync/send": { for: "admin", body: { collection: "products", items: [] } },
  "GET /medusa-sync/status": { for: "admin" },
  "GET /medusa-sync/health": { for: "admin" },
  "GET /medusa-sync/conflicts": { for: "admin" },
  "POST /medusa-sync/conflicts/:id": { for: "admin", body: { decision: "keep" } },
  "GET /medusa-sync/peer/conflicts": { for: "admin" },
  "GET /medusa-sync/backfill": { for: "admin" },
  "POST /medusa-sync/backfill": { for: "admin", body: { action: "preview" } },
  "GET /medusa-sync/jobs/:kind": { for: "admin" },
  "POST /medusa-sync/jobs/:kind": { for: "admin", body: { action: "cancel" } },
  "GET /medusa-sync/quarantine": { for: "admin" },
  "POST /medusa-sync/quarantine": { for: "admin", body: { action: "retry_all" } },
  "GET /medusa-sync/journal": { for: "admin", query: () => `item=${shirt.item}` },
  "GET /medusa-sync/drift": { for: "admin" },
  "POST /medusa-sync/compare": { for: "admin" },
  "POST /medusa-sync/repair": { for: "admin", body: { records: [{ entity: "product", id: "nobody" }] } },
  "GET /medusa-sync/mapping": { for: "admin" },
  "POST /medusa-sync/check": { for: "admin" },
  "POST /medusa-sync/pause": { for: "admin", body: {} },
  "POST /medusa-sync/resume": { for: "admin", body: {} },
}

/** Who gets in, beside the peer. */
const WELCOME: Record<For, readonly Caller[]> = {
  peer: [],
  keyed: ["secret API key"],
  reader: ["editor", "administrator"],
  studio: ["editor", "administrator"],
  admin: ["administrator"],
}

const isMedusa = (route: Route): boolean => !route.includes(" /medusa-sync")

beforeAll(async () => {
  stack = await Stack.start("security_routes", { plugin: { content: { product: "*" } } })
  const id = await stack.shop.create({ title: "Shirt", handle: "shirt" })
  shirt = { id, item: await itemOf("products", id) }
  await stack.settled()
  const key = await publishableKey()
  const login = { email: "editor@example.com", password: "editor-password-9K" }
  callers = {
    nobody: {},
    customer: { authorization: `Bearer ${await customer(key)}` },
    "publishable key": { "x-publishable-api-key": key, authorization: `Bearer ${key}` },
    "other host's admin": {},
    editor: { authorization: `Bearer ${await editor(login)}` },
    "secret API key": { authorization: `Basic ${Buffer.from(`${inject("e2e").apiKey}:`).toString("base64")}` },
    administrator: {},
    "wrong direction": {},
  }
})
afterAll(() => stack?.stop())

async function json<T>(url: string, body: object, headers: Record<string, string> = {}): Promise<T> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`POST ${url} answered ${String(answer.status)}: ${await answer.text()}`)
  return (await answer.json()) as T
}

/** @returns the token of somebody who has an account in the shop */
async function customer(key: string): Promise<string> {
  const login = { email: "customer@example.com", password: "customer-password-7" }
  const { url } = stack.medusa
  const { token } = await json<{ token: string }>(`${url}/auth/customer/emailpass/register`, login)
  const headers = { authorization: `Bearer ${token}`, "x-publishable-api-key": key }
  await json(`${url}/store/customers`, { email: login.email }, headers)
  return (await json<{ token: string }>(`${url}/auth/customer/emailpass`, login)).token
}

/** @returns the token of a user of the Studio who may write products and see nothing else */
async function editor(login: { email: string; password: string }): Promise<string> {
  const { data: policy } = await cms<{ data: { id: string } }>("/policies", "POST", {
    ...{ name: "Editors", app_access: true, admin_access: false },
    permissions: {
      create: ["read", "update"].map((action) => ({ collection: "products", action, fields: ["*"] })),
      ...{ update: [], delete: [] },
    },
  })
  const policies = { create: [{ policy: policy.id }], update: [], delete: [] }
  await cms("/users", "POST", { ...login, status: "active", policies })
  return (await json<{ data: { access_token: string } }>(`${stack.directus.url}/auth/login`, login)).data.access_token
}

const adminsOf = {
  medusa: async () => ({
    authorization: `Bearer ${(await json<{ token: string }>(`${stack.medusa.url}/auth/user/emailpass`, administrator)).token}`,
  }),
  directus: () => Promise.resolve({ authorization: `Bearer ${directusToken}` }),
}

async function knock(route: Route, caller: Caller): Promise<number> {
  const [method = "", path = ""] = route.split(" ")
  const { query, body = {} } = ROWS[route] ?? { for: "admin" }
  const [here, there] = isMedusa(route) ? (["medusa", "directus"] as const) : (["directus", "medusa"] as const)
  const text = JSON.stringify(body)
  const signed = sign(directionKey(stack.secret, here, "message"), randomUUID(), new Date(), text)
  const headers = {
    "content-type": "application/json",
    ...callers[caller],
    ...(caller === "administrator" ? await adminsOf[here]() : {}),
    ...(caller === "other host's admin" ? await adminsOf[there]() : {}),
    ...(caller === "wrong direction" ? signed : {}),
  }
  const where = path
    .replace(":kind", "drift")
    .replace(":entity", "product")
    .replace(":id", isMedusa(route) ? shirt.id : "no-such-conflict")
  const answer = await fetch(`${stack[here].url}${where}${query ? `?${query()}` : ""}`, {
    method,
    headers,
    ...(method === "GET" ? {} : { body: text }),
  })
  await answer.arrayBuffer()
  return answer.status
}

test("each route of both halves has a row, and each row a route", () => {
  expect(Object.keys(ROWS).sort()).toEqual([...medusaRoutes(), ...directusRoutes()].sort())
})

describe("who gets in", () => {
  const statuses = new Map<Route, Record<Caller, number>>()
  afterAll(() => {
    const rows = [...statuses].map(
      ([route, of]) => `| \`${route}\` | ${CALLERS.map((caller) => String(of[caller])).join(" | ")} |`,
    )
    console.log(
      [`| route | ${CALLERS.join(" | ")} |`, `| --- | ${CALLERS.map(() => "---").join(" | ")} |`, ...rows].join("\n"),
    )
  })

  test.each(Object.keys(ROWS))("%s lets in whom it is for, and nobody else", async (route) => {
    const row = ROWS[route]
    const of = {} as Record<Caller, number>
    for (const caller of CALLERS) of[caller] = await knock(route, caller)
    statuses.set(route, of)
    const isWelcome = (caller: Caller): boolean => {
      if (row && WELCOME[row.for].includes(caller)) return true
      // Medusa's own guard: an API key is as good as an administrator's login.
      return row?.for === "admin" && caller === "secret API key" && isMedusa(route)
    }
    const inside = CALLERS.filter((caller) => ![401, 403].includes(of[caller]))
    expect({ route, inside, of }).toEqual({ route, inside: CALLERS.filter(isWelcome), of })
    for (const caller of inside) expect(of[caller], `${route} ${caller}`).toBeLessThan(500)
  })
})

test("the sync goes on after all this, and nothing was changed by it", async () => {
  await Promise.all([stack.shop.resume(), stack.cms.resume()])
  await admin(`/products/${shirt.id}`, { material: "wool" })
  await stack.settled()
  expect(await stack.cms.read(shirt.item)).toMatchObject({ title: "Shirt", material: "wool" })
})
