import { randomBytes, randomUUID } from "node:crypto"
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest"
import { directionKey, sign } from "medusa-directus-core/host"
import { eventually } from "../eventually.ts"
import { leaks } from "../leaks.ts"
import { recordsOf, type Exchange, type Proxy } from "../proxy.ts"
import { connected } from "../stack/databases.ts"
import { admin, directusToken } from "../stack/places.ts"
import { Stack } from "../stack/stack.ts"

/** A value that no log may show. */
const canary = `canary-${randomBytes(8).toString("hex")}`

let stack: Stack
let id: string
let item: string
/** A product that a message with the right key may spoil: a forged rev makes the real ones look old. */
let victim: { id: string; item: string }
/** A genuine push in each direction, as it went over the wire. */
let genuine: Record<Side, Exchange>

type Side = "medusa" | "directus"
type Row = Record<string, unknown>
type Sent = { status: number; body: string; code: string | undefined }

const sides: Side[] = ["medusa", "directus"]
const receiverOf = (from: Side): Side => (from === "medusa" ? "directus" : "medusa")

/** How far each side has counted by now: a message that counts less would be refused as an old one. */
const beats: Record<Side, number> = { medusa: 0, directus: 0 }
beforeEach(async () => {
  const [medusa] = await stack.sqlMedusa("select beat from directus_sync_control")
  const [directus] = await stack.sqlDirectus("select beat from medusa_sync_control")
  Object.assign(beats, { medusa: Number(medusa?.["beat"]), directus: Number(directus?.["beat"]) })
})

beforeAll(async () => {
  stack = await Stack.start("security")
  id = await stack.shop.create({ title: `${canary} title`, handle: "guarded", description: `${canary} text` })
  item = await stack.itemOf(id)
  await stack.settled()
  await stack.cms.edit(item, { subtitle: `${canary} subtitle` })
  await eventually("the edit arrives", async () => expect((await stack.shop.read(id)).subtitle).toMatch(canary))
  await stack.settled()
  const spare = await stack.shop.create({ title: "Victim", handle: "victim" })
  victim = { id: spare, item: await stack.itemOf(spare) }
  await stack.settled()
  const last = (proxy: Proxy): Exchange => {
    const push = proxy.pushes.filter((each) => recordsOf(each).some((record) => [id, item].includes(record.id))).at(-1)
    if (!push) throw new Error("Nothing was pushed.")
    return push
  }
  genuine = { medusa: last(stack.toDirectus), directus: last(stack.toMedusa) }
})
afterAll(() => stack?.stop())

const addressOf = (side: Side) =>
  side === "medusa" ? `${stack.medusa.url}/hooks/directus` : `${stack.directus.url}/medusa-sync/records`

async function post(to: Side, body: string | Buffer, headers: Record<string, string> = {}): Promise<Sent> {
  const response = await fetch(addressOf(to), {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: body as BodyInit,
  })
  const text = await response.text()
  let code: string | undefined
  try {
    code = (JSON.parse(text) as { error?: { code?: string } }).error?.code
  } catch {
    // Not JSON.
  }
  return { status: response.status, body: text, code }
}

/** A message as `from` would sign it, unless told otherwise. */
async function send(
  from: Side,
  message: unknown,
  {
    secret = stack.secret,
    signer = from,
    purpose = "message" as const,
    at = new Date(),
    to = receiverOf(from),
  }: {
    secret?: string
    signer?: Side
    purpose?: "message" | "answer"
    at?: Date
    to?: Side
  } = {},
): Promise<Sent> {
  const body = typeof message === "string" ? message : JSON.stringify(message)
  const messageId = (typeof message === "object" && message && (message as { id?: string }).id) || randomUUID()
  return post(to, body, sign(directionKey(secret, signer, purpose), messageId, at, body))
}

/** A right message that would change the title, with a rev that is new. */
function forged(from: Side, change: Record<string, unknown> = {}): Record<string, unknown> {
  const message = JSON.parse(genuine[from].body.toString()) as Record<string, unknown>
  const [record] = recordsOf(genuine[from]) as unknown as Record<string, unknown>[]
  const rev = (record?.["rev"] as number) + 1000
  return {
    ...message,
    id: randomUUID(),
    beat: beats[from],
    records: [{ ...record, rev, seen: 1000, fields: { title: ["hacked", rev] } }],
    ...change,
  }
}

async function state() {
  const [product, stored] = [await stack.shop.read(id), await stack.cms.read(item)]
  const count = async (sql: Promise<Record<string, unknown>[]>) => Number((await sql)[0]?.["n"])
  return {
    title: [product.title, stored["title"]],
    products: await count(stack.sqlMedusa("select count(*) n from product")),
    items: await count(stack.sqlDirectus("select count(*) n from products")),
    links: [
      await stack.sqlMedusa("select local_id, rev, seen, acked from directus_sync_link order by 1"),
      await stack.sqlDirectus("select local_id, rev, seen, acked from medusa_sync_link order by 1"),
    ],
  }
}

/** Refused, nothing written, and both servers alive. */
async function refuses(attempt: () => Promise<Sent>, status: number | number[], code?: string): Promise<void> {
  const before = await state()
  const answer = await attempt()
  expect([status].flat(), answer.body).toContain(answer.status)
  if (code !== undefined) expect(answer.code).toBe(code)
  expect(answer.body).not.toContain(canary)
  expect(await state()).toEqual(before)
  expect((await fetch(`${stack.medusa.url}/health`)).status).toBe(200)
  expect((await fetch(`${stack.directus.url}/server/ping`)).status).toBe(200)
}

describe.each(sides)("a message of %s", (from) => {
  test("signed with a wrong secret is refused with 401", () =>
    refuses(() => send(from, forged(from), { secret: "not-the-secret-of-this-installation" }), 401))

  test("without a signature is refused with 401", () =>
    refuses(() => post(receiverOf(from), JSON.stringify(forged(from))), 401))

  test("that is sent again as it was is refused with 409", () => {
    const { body, headers } = genuine[from]
    const signed = Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith("webhook-")))
    return refuses(() => post(receiverOf(from), body, signed as Record<string, string>), 409, "replayed")
  })

  test("that was changed on its way is refused with 401", () => {
    const { body, headers } = genuine[from]
    const signed = Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith("webhook-")))
    const changed = Buffer.from(body.toString().replace(/"rev":\d+/, '"rev":9999'))
    return refuses(() => post(receiverOf(from), changed, signed as Record<string, string>), 401)
  })

  test("that is thrown back at its sender is refused", () => {
    const { body, headers } = genuine[from]
    const signed = Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith("webhook-")))
    return refuses(() => post(from, body, signed as Record<string, string>), 401)
  })

  test("that is signed by the key of an answer, or of the other direction, is refused with 401", async () => {
    await refuses(() => send(from, forged(from), { purpose: "answer" }), 401)
    await refuses(() => send(from, forged(from), { signer: receiverOf(from) }), 401)
    await refuses(() => send(from, forged(from), { signer: receiverOf(from), purpose: "answer" }), 401)
  })

  test("that says it comes from the receiver's own side is refused with 403", () =>
    refuses(() => send(from, forged(from, { from: `${receiverOf(from)}:x` })), 403, "wrong_receiver"))

  test("whose time is ten minutes off is refused with 401", async () => {
    for (const minutes of [-10, 10])
      await refuses(() => send(from, forged(from), { at: new Date(Date.now() + minutes * 60_000) }), 401, "clock_skew")
  })

  test("of another database or mapping is refused with 409", async () => {
    await refuses(() => send(from, forged(from, { epoch: randomUUID() })), 409, "epoch_mismatch")
    await refuses(() => send(from, forged(from, { peer_epoch: randomUUID() })), 409, "epoch_mismatch")
    await refuses(() => send(from, forged(from, { config: "another" })), 409, "config_mismatch")
  })

  test("above 512 kB is refused with 413", async () => {
    const large = { ...forged(from), padding: "x".repeat(520 * 1024) }
    await refuses(() => send(from, large), 413)
  })

  test("of many megabytes is refused", () =>
    // Directus's own limit answers 400 for it.
    refuses(() => send(from, { ...forged(from), padding: "x".repeat(5 * 1024 * 1024) }), [400, 413]))

  const deep = (levels: number) => "[".repeat(levels) + "]".repeat(levels)
  const hostile: [string, (message: Record<string, unknown>) => unknown][] = [
    ["is not JSON", () => '{"v":1'],
    ["is null", () => "null"],
    ["is an array", () => "[]"],
    ["has __proto__", (message) => JSON.stringify(message).replace('"fields":{', '"fields":{"__proto__":["x",1],')],
    ["has __proto__ at the top", (message) => JSON.stringify(message).replace("{", '{"__proto__":{"admin":true},')],
    ["has constructor", (message) => JSON.stringify(message).replace('"fields":{', '"fields":{"constructor":["x",1],')],
    ["is nested 50,000 levels", (message) => JSON.stringify(message).replace('"hacked"', deep(50_000))],
    ["is nested 20 levels", (message) => JSON.stringify(message).replace('"hacked"', deep(20))],
    [
      "has 101 records",
      (message) => ({
        ...message,
        records: Array.from({ length: 101 }, (_, i) => ({ ...(message["records"] as object[])[0], id: `x${i}` })),
      }),
    ],
    [
      "has one record twice",
      (message) => ({
        ...message,
        records: [(message["records"] as object[])[0], (message["records"] as object[])[0]],
      }),
    ],
    [
      "has 2,000 fields",
      (message) => ({
        ...message,
        records: [
          {
            ...(message["records"] as object[])[0],
            fields: Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`f${i}`, ["x", 1]])),
          },
        ],
      }),
    ],
    ["has a rev beyond what a number holds", (message) => JSON.stringify(message).replace(/"rev":\d+/, '"rev":1e300')],
    ["has a negative rev", (message) => JSON.stringify(message).replace(/"rev":\d+/, '"rev":-1')],
    ["has a key that nobody knows", (message) => ({ ...message, extra: 1 })],
    ["is of another version", (message) => ({ ...message, v: 2 })],
  ]
  test.each(hostile)("that %s is refused with 400", (_name, twist) => {
    const message = forged(from)
    return refuses(() => send(from, twist(message)), 400)
  })

  test("with fields outside of the receiver's mapping writes none of them", async () => {
    const message = forged(from)
    const [record] = message["records"] as Record<string, unknown>[]
    const rev = record?.["rev"] as number
    const [own, peer] = from === "medusa" ? [victim.id, victim.item] : [victim.item, victim.id]
    const fields = {
      deleted_at: ["2020-01-01T00:00:00Z", rev],
      external_id: ["stolen", rev],
      id: ["x", rev],
      metadata: [{ a: 1 }, rev],
      user_created: ["x", rev],
      is_giftcard: [true, rev],
      medusa_id: ["x", rev],
    }
    const row = async () => [
      await stack.sqlMedusa("select id, deleted_at, external_id, metadata, is_giftcard from product where id = $1", [
        victim.id,
      ]),
      await stack.sqlDirectus("select id, medusa_id from products where id = $1", [victim.item]),
    ]
    const rows = await row()
    const answer = await send(from, { ...message, records: [{ ...record, id: own, peer, fields }] })
    expect(answer.status).toBe(200)
    expect(JSON.parse(answer.body)).toMatchObject({ results: [{ st: "ok", peer }] })
    expect(await row()).toEqual(rows)
  })
})

test("both addresses refuse other methods and content types without harm", async () => {
  for (const side of sides) {
    expect((await fetch(addressOf(side))).status).toBeGreaterThanOrEqual(400)
    const plain = await fetch(addressOf(side), { method: "POST", headers: { "content-type": "text/plain" }, body: "x" })
    expect([400, 401, 415]).toContain(plain.status)
  }
})

test("the pages for people are for administrators only", async () => {
  for (const path of [
    "/admin/directus/status",
    "/admin/directus/links",
    "/admin/directus/conflicts",
    "/admin/directus/journal",
  ])
    expect((await fetch(stack.medusa.url + path)).status).toBe(401)
  expect((await fetch(`${stack.medusa.url}/admin/directus/resume`, { method: "POST" })).status).toBe(401)
  for (const path of ["/medusa-sync/status", "/medusa-sync/conflicts", "/medusa-sync/journal?item=1"])
    expect((await fetch(stack.directus.url + path)).status).toBe(403)
  expect((await fetch(`${stack.directus.url}/medusa-sync/resume`, { method: "POST" })).status).toBe(403)
})

describe("a database role that may do little", () => {
  const password = randomBytes(12).toString("hex")
  const made: string[] = []
  const owner = (text: string) => stack.sqlMedusa(text)

  /** A login of its own, which may connect and what is granted. @returns runs its statements in one session. */
  async function login(...grants: string[]): Promise<(...statements: string[]) => Promise<Row[][]>> {
    const name = `throwaway_${randomBytes(6).toString("hex")}`
    made.push(name)
    await owner(`create role ${name} login password '${password}'`)
    await owner(`grant usage on schema public to ${name}`)
    for (const grant of grants) await owner(`grant ${grant} to ${name}`)
    const url = new URL(stack.medusaDb)
    Object.assign(url, { username: name, password })
    return (...statements) =>
      connected(url.href, async (run) => {
        const rows: Row[][] = []
        for (const statement of statements) rows.push(await run(statement))
        return rows
      })
  }

  beforeAll(() => owner("create table sec_secret as select 'nobody sees this' as v"))
  afterAll(async () => {
    await owner("drop table sec_secret")
    for (const name of made) {
      await owner(`drop owned by ${name}`)
      await owner(`drop role ${name}`)
    }
  })

  test("makes no trigger that runs as the owner of Medusa's database", async () => {
    const run = await login("select on product")
    const attack = run(
      "create temp table bait (id text)",
      "create trigger x after insert on bait referencing new table as new_rows for each statement execute function public.directus_sync_capture('x', '(select v from public.sec_secret)', '', '')",
    )
    await expect(attack).rejects.toThrow(/permission denied for function .*directus_sync_capture/)
  })

  /** Changes the victim behind Medusa's back; the sync must have captured it. */
  const change = (material: string) => `update product set material = '${material}' where id = '${victim.id}'`
  const isTold = (material: string) =>
    eventually("Directus is told of it", async () => (await stack.cms.read(victim.item))["material"] === material)

  test("puts no table of its own in the place of the log, and its change is captured", async () => {
    const run = await login("select, update on product")
    const [, , , , , loot, log] = await run(
      "create temp table loot (v text)",
      "create temp table directus_sync_mark_log (entity text, local_id text)",
      "grant all on loot, directus_sync_mark_log to public",
      `create function pg_temp.take() returns trigger language plpgsql as $$
       begin insert into pg_temp.loot select v from public.sec_secret; return new; end $$;
       create trigger y before insert on directus_sync_mark_log for each row execute function pg_temp.take()`,
      change("by a role"),
      "select v from loot",
      "select * from pg_temp.directus_sync_mark_log",
    )
    expect([loot, log]).toEqual([[], []])
    await isTold("by a role")
  })

  test("lends the capture no function of its own, where it may make some beside Medusa's tables", async () => {
    const run = await login("select, update on product", "create on schema public")
    await run(
      `create function public.format(text, text) returns text language plpgsql as $$
       begin perform v from public.sec_secret; return 'x'; end $$`,
      "grant execute on function public.format(text, text) to public",
      change("by a lender"),
      "drop function public.format(text, text)",
    )
    await isTold("by a lender")
  })

  test("is let in by nobody for long: what was granted, or made meanwhile, is taken back at the next start", async () => {
    const run = await login("select on product", "create on schema public")
    const own = "create trigger x after insert on public.sec_bait referencing new table as new_rows for each statement"
    await owner("grant execute on function directus_sync_capture() to public")
    await run(
      "create table public.sec_bait (id text)",
      `${own} execute function public.directus_sync_capture('x', '(select v from public.sec_secret)', '', '')`,
      "create function public.directus_sync_capture(int) returns int language sql as 'select 1'",
    )
    await stack.medusa.restart()
    await eventually("it is shut", async () => {
      const [row] = await owner("select has_function_privilege('public', 'directus_sync_capture()', 'execute') as open")
      return row?.["open"] === false
    })
    expect(await owner("select tgname from pg_trigger where tgrelid = 'sec_bait'::regclass")).toEqual([])
    await expect(run(`${own} execute function public.directus_sync_capture()`)).rejects.toThrow("permission denied")
    await run(change("after a start"))
      .then(() => expect.unreachable("the role may not write products"))
      .catch((error: unknown) => expect(String(error)).toMatch("permission denied"))
    await owner(change("after a start"))
    await isTold("after a start")
    expect((await stack.shop.status()).capture).toBe("installed")
  })

  test("finds no other function or trigger of the sync's, in neither database", async () => {
    const definers =
      "select proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'public' and prosecdef"
    expect(await owner(definers)).toEqual([{ proname: "directus_sync_capture" }])
    expect(await stack.sqlDirectus(definers)).toEqual([])
    const grants = (like: string) =>
      `select c.relname from pg_class c cross join lateral aclexplode(c.relacl) a where c.relname like '${like}' and a.grantee <> c.relowner`
    expect(await owner(grants("directus\\_sync\\_%"))).toEqual([])
    expect(await stack.sqlDirectus(grants("medusa\\_sync\\_%"))).toEqual([])
  })
})

test("the sync works on after all this", async () => {
  await stack.shop.edit(id, { material: `${canary} after` })
  await eventually("it arrives", async () => expect((await stack.cms.read(item))["material"]).toBe(`${canary} after`), {
    within: 75_000,
  })
  await stack.settled(75_000)
})

describe("with a secret API key of Medusa", () => {
  test("the address under /admin takes messages with the key and answers 401 without it", async () => {
    const { apiKey } = inject("e2e")
    const twin = `${stack.medusa.url}/admin/directus/records`
    const body = JSON.stringify(forged("directus"))
    const headers = { "content-type": "application/json" }
    const before = await state()
    expect((await fetch(twin, { method: "POST", body, headers })).status).toBe(401)
    const wrong = { ...headers, authorization: `Basic ${Buffer.from("sk_wrong:").toString("base64")}` }
    expect((await fetch(twin, { method: "POST", body, headers: wrong })).status).toBe(401)
    // A signature alone opens nothing there.
    const signed = sign(directionKey(stack.secret, "directus", "message"), randomUUID(), new Date(), body)
    expect((await fetch(twin, { method: "POST", body, headers: { ...headers, ...signed } })).status).toBe(401)
    expect(await state()).toEqual(before)

    stack.writeShop({ secret: apiKey })
    stack.writeCms({ MEDUSA_SYNC_SECRET: undefined, MEDUSA_SECRET_API: apiKey })
    stack.toMedusa.forget()
    await Promise.all([stack.medusa.restart(), stack.directus.restart()])
    await stack.cms.edit(item, { material: "by the API key" })
    await eventually("it arrives in Medusa", async () =>
      expect((await stack.shop.read(id)).material).toBe("by the API key"),
    )
    await stack.shop.edit(id, { material: "and back" })
    await eventually("it arrives in Directus", async () =>
      expect((await stack.cms.read(item))["material"]).toBe("and back"),
    )
    await stack.settled()
    expect(new Set(stack.toMedusa.exchanges.map(({ path }) => path))).toEqual(new Set(["/admin/directus/records"]))
  })
})

test("no log holds a secret, a token, a password or a value", async () => {
  const { apiKey } = inject("e2e")
  // Not the signature: Directus's own request log shows every header but its own tokens, and a message counts once.
  const secrets = {
    secret: stack.secret,
    apiKey,
    basic: Buffer.from(`${apiKey}:`).toString("base64"),
    token: directusToken,
    password: admin.password,
    canary,
    hacked: "hacked",
  }
  for (const host of [stack.medusa, stack.directus]) expect((await host.log()).length).toBeGreaterThan(100)
  expect(await leaks(stack, secrets)).toEqual([])
})
