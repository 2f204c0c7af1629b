import { globSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest"
import { findFreePort, repositoryRoot, storefrontServer, type StorefrontServer } from "../../scripts/stack/index.ts"
import { IMPOSSIBLE_IN_ADDRESS, IMPOSSIBLE_IN_BODY, IMPOSSIBLE_TEXTS, UNKNOWN } from "../clients/impossible-ids.ts"
import { makeContent } from "../clients/content.ts"
import { makeRecords } from "../clients/records.ts"
import { directusToken } from "../stack/places.ts"
import { Stack } from "../stack/stack.ts"

let stack: Stack
beforeAll(async () => {
  stack = await Stack.start("impossible")
})
afterAll(() => stack?.stop())

const { both, admin } = makeRecords(() => stack)
const { publishableKey } = makeContent(() => stack)

/** One place of a route that takes an id or the name of a kind. */
interface Place {
  /** `«»` is where it stands in the address; in none, it stands in the body. */
  path: string
  method: "GET" | "POST"
  body?: (id: string) => unknown
  /** A value of a field, which may be empty, and long. */
  isValue?: true
  /** The answer to an id that could be and is not: a list without it, or the host's own "there is none". */
  unknown: number
}

const get = (path: string, unknown: number): Place => ({ path, method: "GET", unknown })
const post = (path: string, unknown: number, body?: (id: string) => unknown): Place => ({
  path,
  method: "POST",
  unknown,
  ...(body ? { body } : {}),
})

/** Names of the routes, and where each of them takes ids; `null`: the engine judges the bytes. */
type Table = Record<string, Place[] | null>

const records = (more: object) => (id: string) => ({ records: [{ entity: "product", id, ...more }] })

const edit = (value: string) => ({ decision: "edit", value: { deep: [{ [value]: value }] } })

const MEDUSA: Table = {
  "POST /backfill": [
    post("/backfill", 400, (kind) => ({ action: "start", kinds: [kind] })),
    post("/backfill", 400, (kind) => ({ action: "preview", kinds: ["product", kind] })),
  ],
  "GET /backfill": [],
  "POST /check": [],
  "POST /compare": [],
  "GET /conflicts": [get("/conflicts?local_id=«»", 200), get("/conflicts?entity=«»", 200)],
  "POST /conflicts/[id]": [
    post("/conflicts/«»", 404, () => ({ decision: "keep" })),
    { ...post("/conflicts/nothing", 404, edit), isValue: true },
  ],
  "GET /drift": [get("/drift?limit=«»", 400)],
  "GET /jobs/[kind]": [get("/jobs/«»", 404), get("/jobs/drift?limit=«»", 400)],
  "POST /jobs/[kind]": [
    post("/jobs/«»", 404, () => ({ action: "start" })),
    post("/jobs/preview", 400, (kind) => ({ action: "start", kinds: [kind] })),
  ],
  "GET /health": [],
  "GET /journal": [
    get("/journal?local_id=«»", 200),
    get("/journal?entity=«»&titles=true", 200),
    get("/journal?event=«»", 200),
    get("/journal?direction=«»", 400),
  ],
  "GET /links": [
    get("/links?local_id=«»", 200),
    get("/links?peer_id=«»", 200),
    get("/links?entity=«»", 200),
    get("/links?state=«»", 400),
    get("/links?local_id[]=«»", 400),
    get("/links?local_id[$ne]=«»", 400),
    get("/links?limit=x«»", 400),
    get("/links?offset=-1«»", 400),
  ],
  "GET /mapping": [],
  "GET /overview": [],
  "POST /pause": [],
  "GET /peer/conflicts": [],
  "GET /quarantine": [get("/quarantine?entity=«»", 200)],
  "POST /quarantine": [
    post("/quarantine", 404, (id) => ({ action: "retry", entity: "product", local_id: id })),
    post("/quarantine", 404, (id) => ({ action: "discard", entity: "product", local_id: id })),
    post("/quarantine", 404, (kind) => ({ action: "retry", entity: kind, local_id: "x" })),
  ],
  "POST /records": null,
  "POST /repair": [
    post("/repair", 200, records({})),
    post("/repair", 200, (id) => ({ ...records({})(id), thisSideWins: true })),
    post("/repair", 400, (kind) => ({ records: [{ entity: kind, id: "x" }] })),
  ],
  "POST /resume": [],
  "GET /states/[entity]/[id]": [get("/states/product/«»", 404), get("/states/«»/x", 404)],
  "POST /states/[entity]/[id]/sync": [post("/states/product/«»/sync", 404), post("/states/«»/x/sync", 400)],
  "GET /status": [],
}

const items = (id: string) => ({ collection: "products", items: [id] })
const itemsOf = (collection: string) => ({ collection, items: ["x"] })

const DIRECTUS: Table = {
  "POST /records": null,
  "POST /content": null,
  // Of an item that is not there Directus says what it says of one that may not be read.
  "GET /state": [get("/state?collection=products&item=«»", 403), get("/state?collection=«»&item=x", 404)],
  "POST /states": [post("/states", 200, items), post("/states", 404, itemsOf)],
  "GET /summary": [get("/summary?hours=x«»", 400)],
  "POST /send": [post("/send", 200, items), post("/send", 404, itemsOf)],
  "GET /status": [],
  "GET /health": [],
  "GET /conflicts": [get("/conflicts?item=«»", 200), get("/conflicts?entity=«»", 200)],
  "POST /conflicts/:id": [
    post("/conflicts/«»", 404, () => ({ decision: "keep" })),
    { ...post("/conflicts/nothing", 404, edit), isValue: true },
  ],
  "GET /peer/conflicts": [],
  "GET /backfill": [],
  "POST /backfill": [
    post("/backfill", 400, (kind) => ({ action: "start", kinds: [kind] })),
    post("/backfill", 400, (kind) => ({ action: "preview", kinds: ["product", kind] })),
  ],
  "GET /quarantine": [get("/quarantine?entity=«»", 200)],
  "POST /quarantine": [
    post("/quarantine", 404, (item) => ({ action: "retry", entity: "product", item })),
    post("/quarantine", 404, (item) => ({ action: "discard", entity: "product", item })),
    post("/quarantine", 404, (kind) => ({ action: "retry", entity: kind, item: "x" })),
  ],
  "GET /journal": [get("/journal?item=«»", 200), get("/journal?item=x&entity=«»", 200)],
  "GET /drift": [get("/drift?limit=«»", 400)],
  "GET /jobs/:kind": [get("/jobs/«»", 404), get("/jobs/drift?limit=«»", 400)],
  "POST /jobs/:kind": [
    post("/jobs/«»", 404, () => ({ action: "start" })),
    post("/jobs/preview", 400, (kind) => ({ action: "start", kinds: [kind] })),
  ],
  "POST /compare": [],
  "POST /repair": [
    post("/repair", 200, records({})),
    post("/repair", 200, (id) => ({ ...records({})(id), thisSideWins: true })),
    post("/repair", 400, (kind) => ({ records: [{ entity: kind, id: "x" }] })),
  ],
  "GET /mapping": [],
  "POST /check": [],
  "POST /pause": [],
  "POST /resume": [],
}

/** `GET /links`, as the plugin's folders name them. */
function routesOfMedusa(): string[] {
  const folder = join(repositoryRoot, "packages/medusa-plugin/src/api/admin/directus")
  return globSync("**/route.ts", { cwd: folder }).flatMap((file) =>
    [
      ...readFileSync(join(folder, file), "utf8").matchAll(/^export (?:const|async function|function) ([A-Z]+)\b/gm),
    ].map(([, method]) => `${String(method)} /${dirname(file)}`),
  )
}

function routesOfDirectus(): string[] {
  const file = join(repositoryRoot, "packages/directus-extension/src/sync-endpoint/index.ts")
  return [...readFileSync(file, "utf8").matchAll(/router\.(get|post|put|patch|delete|all)\("([^"]+)"/g)].map(
    ([, method, path]) => `${String(method).toUpperCase()} ${String(path)}`,
  )
}

interface Half {
  table: Table
  routes: () => string[]
  base: () => string
  authorization: () => string
  /** A route of the host's own that takes an id in its path, where such a path does not come as far as the half. */
  own?: () => string
}

const HALVES: Record<string, Half> = {
  Medusa: {
    table: MEDUSA,
    routes: routesOfMedusa,
    base: () => `${stack.medusa.url}/admin/directus`,
    authorization: () => `Basic ${inject("e2e").apiKey}`,
    // Medusa 2.21 fails over a path that is no UTF-8 before it looks for a plugin's middleware.
    own: () => `${stack.medusa.url}/admin/products`,
  },
  Directus: {
    table: DIRECTUS,
    routes: routesOfDirectus,
    base: () => `${stack.directus.url}/medusa-sync`,
    authorization: () => `Bearer ${directusToken}`,
  },
}

async function ask(
  { base, authorization }: Half,
  { path, method, body }: Place,
  id: string,
): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${base()}${path.replace("«»", id)}`, {
    method,
    headers: { authorization: authorization(), ...(body ? { "content-type": "application/json" } : {}) },
    ...(body ? { body: JSON.stringify(body(id)) } : {}),
  })
  return { status: answer.status, text: await answer.text() }
}

type Right = (place: Place, id: string) => number | Promise<number>

/** What each place answered to each id, of those that answered something else than they should. */
async function wrongAnswers(half: Half, ids: (place: Place) => Record<string, string>, right: Right) {
  const wrong: string[] = []
  let asked = 0
  for (const [route, places] of Object.entries(half.table))
    for (const place of places ?? [])
      for (const [what, id] of Object.entries(ids(place))) {
        const answer = await ask(half, place, id)
        asked++
        if (answer.status !== (await right(place, id)))
          wrong.push(`${route} ${place.path} with ${what}: ${String(answer.status)} ${answer.text.slice(0, 200)}`)
      }
  return { wrong, asked }
}

const isInAddress = ({ path }: Place): boolean => path.includes("«»")
const isInPath = ({ path }: Place): boolean => path.split("?")[0]?.includes("«»") ?? false

function isNoUtf8(id: string): boolean {
  try {
    decodeURIComponent(id)
    return false
  } catch {
    return true
  }
}

/** 400, unless the host itself fails over the same path. */
async function ownAnswer({ own, authorization }: Half, id: string): Promise<number> {
  if (!own) return 400
  const { status } = await fetch(`${own()}/${id}`, { headers: { authorization: authorization() } })
  return status === 500 ? 500 : 400
}

const encoded = Object.fromEntries(Object.entries(UNKNOWN).map(([what, id]) => [what, encodeURIComponent(id)]))

describe.each(Object.entries(HALVES))("of %s", (name, half) => {
  test("every route has its row here", () => {
    expect(half.routes().sort()).toEqual(Object.keys(half.table).sort())
  })

  test("no route fails over an id that no database keeps: it is refused", async () => {
    const { wrong, asked } = await wrongAnswers(
      half,
      (place) => (isInAddress(place) ? IMPOSSIBLE_IN_ADDRESS : place.isValue ? IMPOSSIBLE_TEXTS : IMPOSSIBLE_IN_BODY),
      (place, id) => (isNoUtf8(id) && isInPath(place) ? ownAnswer(half, id) : 400),
    )
    expect(wrong).toEqual([])
    expect(asked).toBeGreaterThan(100)
  })

  test("an id that nothing has is told so, and nothing is noted down for it", async () => {
    const { wrong } = await wrongAnswers(
      half,
      (place) => (isInAddress(place) ? encoded : UNKNOWN),
      ({ unknown }) => unknown,
    )
    expect(wrong).toEqual([])
    const ids = [Object.values(UNKNOWN)]
    const count = (table: string) => `select count(*)::int as n from ${table} where local_id = any($1)`
    for (const table of ["directus_sync_mark", "directus_sync_link"])
      expect(await stack.sqlMedusa(count(table), ids), table).toEqual([{ n: 0 }])
    for (const table of ["medusa_sync_mark", "medusa_sync_dirty", "medusa_sync_link"])
      expect(await stack.sqlDirectus(count(table), ids), table).toEqual([{ n: 0 }])
  })

  test("a form of another site is no body, and a repair counts the records that are there", async () => {
    const { product, item } = await both()
    const id = name === "Medusa" ? product.id : item
    const headers = { authorization: half.authorization() }
    for (const path of ["repair", "pause", "resume", "backfill", "quarantine"])
      for (const body of [
        new URLSearchParams({
          all: "true",
          both: "true",
          action: "retry_all",
          "records[0][entity]": "product",
          "records[0][id]": id,
        }),
        '{"all": true}',
      ]) {
        const answer = await fetch(`${half.base()}/${path}`, { method: "POST", headers, body })
        expect(answer.status, path).toBe(400)
      }
    const repair = async (...ids: string[]) => {
      const answer = await fetch(`${half.base()}/repair`, {
        method: "POST",
        headers: { ...headers, "content-type": "application/json" },
        body: JSON.stringify({ records: ids.map((each) => ({ entity: "product", id: each })) }),
      })
      const body = (await answer.json()) as { marked?: number; data?: { marked: number } }
      return body.marked ?? body.data?.marked
    }
    expect(await repair("sec-nope", id, ...Object.values(UNKNOWN))).toBe(1)
    expect(await repair("sec-nope")).toBe(0)

    await stack.settled()
    await (name === "Medusa" ? stack.shop.remove(product.id) : stack.cms.remove(item))
    await stack.settled()
    expect(await repair(id), "a record that is gone can be told again").toBe(1)
  })
})

describe("of the storefront", () => {
  let storefront: StorefrontServer
  beforeAll(async () => {
    await admin("/regions", { name: "Europe", currency_code: "eur", countries: ["de"] })
    const port = await findFreePort()
    const logFile = join(stack.dir, "storefront.log")
    storefront = storefrontServer({
      medusaUrl: stack.medusa.url,
      publishableKey: await publishableKey(),
      port,
      logFile,
    })
    await storefront.start()
  })
  afterAll(() => storefront?.stop())

  /** `unknown`: what is answered to a name that could be and is not. */
  const PAGES = [
    ["/en/products/«»", 404],
    ["/de/products/«»", 404],
    ["/«»", 404],
    ["/«»/products/x", 404],
    ["/en/«»", 404],
    ["/en/products/x/«»", 404],
    ["/_next/static/«»", 404],
    ["/en?page=«»", 200],
    ["/en?«»=x", 200],
  ] as const

  const statusOf = async (path: string): Promise<number> =>
    (await fetch(`${storefront.url}${path}`, { redirect: "manual" })).status

  test("no page fails over an address that no product can have", async () => {
    const wrong: string[] = []
    for (const [page, unknown] of PAGES)
      for (const [what, id] of Object.entries(IMPOSSIBLE_IN_ADDRESS)) {
        const status = await statusOf(page.replace("«»", id))
        if (![400, 404, unknown].includes(status)) wrong.push(`${page} with ${what}: ${String(status)}`)
      }
    expect(wrong).toEqual([])
  })

  test("a page of a name that nothing has is not there", async () => {
    const wrong: string[] = []
    for (const [page, unknown] of PAGES)
      for (const [what, id] of Object.entries(encoded)) {
        const status = await statusOf(page.replace("«»", id))
        if (status !== unknown) wrong.push(`${page} with ${what}: ${String(status)}`)
      }
    expect(wrong).toEqual([])
  })
})
