import { randomBytes } from "node:crypto"
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest"
import { directionKey, sign, type Message } from "medusa-directus-core/host"
import { hostileMessage } from "medusa-directus-core/testing"
import { eventually } from "../eventually.ts"
import { leaks } from "../leaks.ts"
import { recordsOf } from "../proxy.ts"
import { mulberry32 } from "../random.ts"
import { admin, directusToken } from "../stack/places.ts"
import { Stack } from "../stack/stack.ts"

type Side = "medusa" | "directus"

const seed = Number(process.env["E2E_SEED"] ?? Date.now() % 1_000_000)
/** Messages to each host. */
const each = Number(process.env["E2E_HOSTILE"] ?? 400)
/** Stands in what people type, in what attackers send and in secrets that are wrong. */
const canary = `canary-${randomBytes(8).toString("hex")}`

let stack: Stack
let id: string
let item: string
beforeAll(async () => {
  stack = await Stack.start("hostile")
  id = await stack.shop.create({ title: `${canary} title`, handle: "guarded" })
  item = await stack.itemOf(id)
  await stack.settled()
  await stack.cms.edit(item, { subtitle: `${canary} subtitle` })
  await eventually("the edit arrives", async () => expect((await stack.shop.read(id)).subtitle).toMatch(canary))
  await stack.settled()
})
afterAll(() => stack?.stop())

const addressOf = (side: Side) =>
  side === "medusa" ? `${stack.medusa.url}/hooks/directus` : `${stack.directus.url}/medusa-sync/records`

/** All that a message could write, as one text; not what the hosts' own greetings count. */
const STORED = {
  medusa: [
    "product",
    "product_variant",
    "directus_sync_link",
    "directus_sync_mark",
    "directus_sync_mark_log",
    "directus_sync_conflict",
    "directus_sync_journal_entry",
    "(select epoch, past, peer_epoch, peer_past, repair, breaker, paused from directus_sync_control)",
  ],
  directus: [
    "products",
    "product_variants",
    "medusa_sync_link",
    "medusa_sync_dirty",
    "medusa_sync_mark",
    "medusa_sync_conflict",
    "medusa_sync_journal",
    "medusa_sync_snapshot",
    "(select epoch, past, peer_epoch, peer_past, repair, breaker, paused from medusa_sync_control)",
  ],
}

function isJson(body: string | Buffer): boolean {
  try {
    return typeof JSON.parse(body.toString()) === "object"
  } catch {
    return false
  }
}

async function stored(side: Side): Promise<unknown> {
  const sums = STORED[side].map((table) => `(select md5(string_agg(t::text, '|' order by t::text)) from ${table} t)`)
  const rows = await (side === "medusa" ? stack.sqlMedusa : stack.sqlDirectus).call(
    stack,
    `select ${sums.map((sum, i) => `${sum} as "${STORED[side][i]?.slice(0, 40) ?? ""}"`).join(", ")}`,
  )
  return rows[0]
}

async function beatOf(side: Side): Promise<number> {
  const [row] = await (side === "medusa"
    ? stack.sqlMedusa("select beat from directus_sync_control")
    : stack.sqlDirectus("select beat from medusa_sync_control"))
  return Number(row?.["beat"])
}

describe.each<Side>(["medusa", "directus"])("%s", (to) => {
  const from = to === "medusa" ? "directus" : "medusa"

  test(
    `${each} hostile messages write nothing, end nothing and show no value`,
    async () => {
      console.log(`E2E_SEED=${seed} E2E_HOSTILE=${each}`)
      const push = (to === "medusa" ? stack.toMedusa : stack.toDirectus).pushes.find((exchange) =>
        recordsOf(exchange).some((record) => [id, item].includes(record.id)),
      )
      const genuine = JSON.parse(push?.body.toString() ?? "{}") as Message
      const key = directionKey(stack.secret, from, "message")
      const random = mulberry32(seed)
      const { pid } = stack[to]
      const before = await stored(to)
      const answered = new Map<number, number>()
      for (let i = 0; i < each; i++) {
        // A message that counts less than its side does by now would be refused as an old one.
        if (i % 50 === 0) genuine.beat = await beatOf(from)
        const { what, body, headers, statuses } = hostileMessage({
          random,
          genuine,
          canary,
          sign: (messageId, text) => sign(key, messageId, new Date(), text),
        })
        const told = `${what} (number ${i} of seed ${seed})`
        const answer = await fetch(addressOf(to), {
          method: "POST",
          headers: { "content-type": "application/json", ...headers },
          body: body as BodyInit,
        })
        const text = await answer.text()
        // The host parses JSON before it looks for the route.
        const right = isJson(body) ? statuses : [...statuses, 400]
        expect(right, `${told}: ${answer.status} ${text}`).toContain(answer.status)
        expect(text, told).not.toContain(canary)
        if (i % 10 === 9) expect(await stored(to), `after ${told} or one of the nine before it`).toEqual(before)
        answered.set(answer.status, (answered.get(answer.status) ?? 0) + 1)
      }
      for (const status of [200, 400, 401, 403, 409, 413])
        expect(answered.get(status) ?? 0, `${status}`).toBeGreaterThan(0)
      expect(await stored(to)).toEqual(before)
      expect(stack[to].pid).toBe(pid)
      console.log(`${String(each)} hostile messages to ${to}:`, Object.fromEntries(answered))
    },
    each * 1_000,
  )

  test("a flood without the secret is held off by 429, and an edit passes through it within 5 s", async () => {
    let on = true
    const statuses: number[] = []
    const waits: (string | null)[] = []
    const knock = async () => {
      while (on) {
        const answer = await fetch(addressOf(to), {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ v: 1, text: canary }),
        })
        statuses.push(answer.status)
        if (answer.status === 429) waits.push(answer.headers.get("retry-after"))
        expect(await answer.text()).not.toContain(canary)
      }
    }
    const flood = Promise.all([knock(), knock(), knock()])
    await eventually("it is held off", () => statuses.filter((status) => status === 429).length > 50)
    const title = `${canary} through the flood to ${to}`
    await (from === "medusa" ? stack.shop.edit(id, { title }) : stack.cms.edit(item, { title }))
    await eventually(
      "the edit arrives",
      async () =>
        expect(to === "medusa" ? (await stack.shop.read(id)).title : (await stack.cms.read(item))["title"]).toBe(title),
      { within: 5_000 },
    )
    on = false
    await flood
    expect(new Set(statuses)).toEqual(new Set([401, 429]))
    expect(new Set(waits)).toEqual(new Set(["1"]))
    await stack.settled()
  })
})

describe("what goes wrong is told without a value", () => {
  const refusedBy = (side: Side) =>
    eventually(`${side} refuses it`, async () => {
      const [row] = await (side === "medusa"
        ? stack.sqlDirectus("select reason from medusa_sync_link where reason is not null")
        : stack.sqlMedusa("select reason from directus_sync_link where reason is not null"))
      return typeof row?.["reason"] === "string" && row["reason"]
    })

  test("a database that fails in the middle of an apply", async () => {
    const boom = (table: string) => `
      create function e2e_boom() returns trigger language plpgsql as $$
      begin raise exception 'no % here', new.title; end $$;
      create trigger e2e_boom before update of material on ${table} for each row execute function e2e_boom();`
    await Promise.all([stack.sqlMedusa(boom("product")), stack.sqlDirectus(boom("products"))])
    await stack.sqlMedusa("alter table product disable trigger e2e_boom")
    await stack.shop.edit(id, { material: `${canary} to Directus` })
    expect(await refusedBy("directus")).toMatch(/^(internal|rejected_by_host): /)
    await stack.sqlDirectus("drop trigger e2e_boom on products")
    await eventually("it arrives in the end", async () =>
      expect((await stack.cms.read(item))["material"]).toBe(`${canary} to Directus`),
    )
    await stack.settled()
    await stack.sqlMedusa("alter table product enable trigger e2e_boom")
    await stack.cms.edit(item, { material: `${canary} to Medusa` })
    expect(await refusedBy("medusa")).toMatch(/^(internal|rejected_by_host): /)
    await stack.sqlMedusa("drop trigger e2e_boom on product")
    await eventually("it arrives in the end", async () =>
      expect((await stack.shop.read(id)).material).toBe(`${canary} to Medusa`),
    )
    await stack.settled()
  })

  test("the sync's own tables are away for a moment", async () => {
    const rename = async (from: string, to: string) => {
      await stack.sqlMedusa(`alter table directus_sync_link${from} rename to directus_sync_link${to}`)
      await stack.sqlDirectus(`alter table medusa_sync_link${from} rename to medusa_sync_link${to}`)
    }
    const failures = async () =>
      (await Promise.all([stack.medusa.log(), stack.directus.log()])).map((log) => log.split("42P01").length)
    const [medusa = 0, directus = 0] = await failures()
    await rename("", "_away")
    await stack.shop.edit(id, { description: `${canary} without tables` })
    await eventually("both logs say so", async () => {
      const [nowMedusa = 0, nowDirectus = 0] = await failures()
      return nowMedusa > medusa || nowDirectus > directus
    })
    await rename("_away", "")
    await eventually("it arrives in the end", async () =>
      expect((await stack.cms.read(item))["description"]).toBe(`${canary} without tables`),
    )
    await stack.settled(75_000)
  })

  test("a value that the host refuses", async () => {
    await stack.cms.edit(item, { handle: `${canary} / NO handle?` })
    expect(await refusedBy("medusa")).toMatch(/^rejected_by_host: /)
    await stack.cms.edit(item, { handle: "guarded" })
    await stack.settled()
  })

  test("a secret that is wrong", async () => {
    stack.writeShop({ secret: `${canary}-secret` })
    await stack.medusa.restart()
    await stack.shop.edit(id, { material: `${canary} under a wrong secret` })
    await stack.cms.edit(item, { subtitle: `${canary} meanwhile` })
    await eventually("both say so", async () => {
      expect((await stack.shop.status()).paused?.code).toBe("unauthorized")
      expect(await stack.cms.status()).toMatchObject({ paused: { code: "unauthorized" } })
    })
    stack.writeShop()
    await stack.medusa.restart()
    await eventually("both edits arrive", async () => {
      expect((await stack.cms.read(item))["material"]).toBe(`${canary} under a wrong secret`)
      expect((await stack.shop.read(id)).subtitle).toBe(`${canary} meanwhile`)
    })
    await stack.settled()
  })

  test("no log and no reason of the whole run holds a value, a secret, a token or a password", async () => {
    const { apiKey } = inject("e2e")
    for (const host of [stack.medusa, stack.directus]) expect((await host.log()).length).toBeGreaterThan(100)
    expect(
      await leaks(stack, {
        canary,
        secret: stack.secret,
        apiKey,
        basic: Buffer.from(`${apiKey}:`).toString("base64"),
        token: directusToken,
        password: admin.password,
      }),
    ).toEqual([])
  })
})
