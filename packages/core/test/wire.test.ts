import { randomUUID } from "node:crypto"
import { Webhook } from "standardwebhooks"
import { describe, expect, it } from "vitest"
import { otherSide } from "../src/document/value.ts"
import { sayHello } from "../src/send/ask-peer.ts"
import { pushOnce } from "../src/run/run-push.ts"
import { clockAlert } from "../src/guard/clock.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { LIMITS, parseMessage } from "../src/wire/messages.ts"
import { directionKey, readHeaders, sign, webhookSecret } from "../src/wire/sign.ts"
import { Pair, SECRET } from "./pair.ts"

const SHIRT = { title: "Shirt", handle: "shirt" }

async function sentOnce(): Promise<{ pair: Pair; body: string; headers: Record<string, string> }> {
  const pair = new Pair(resolveConfig())
  pair.medusa.create("product", SHIRT)
  await pair.settle()
  const [request] = pair.requests
  if (!request) throw new Error("nothing was sent")
  return { pair, body: request.body, headers: request.headers }
}

const deliver = (pair: Pair, to: "medusa" | "directus", body: string, headers: Record<string, string>) =>
  pair.endpoints[to]({ headers: readHeaders((name) => headers[name]), rawBody: body, trusted: false })

describe("signatures", () => {
  it("the standardwebhooks library verifies what we send", () => {
    const key = directionKey(SECRET, "medusa", "message")
    const body = JSON.stringify({ hello: "wörld" })
    const headers = sign(key, "msg_1", new Date(), body)
    expect(new Webhook(webhookSecret(key)).verify(body, headers)).toEqual({ hello: "wörld" })
    expect(() =>
      new Webhook(webhookSecret(directionKey(SECRET, "directus", "message"))).verify(body, headers),
    ).toThrow()
  })

  it("each direction and purpose has its own key", () => {
    const keys = (["medusa", "directus"] as const).flatMap((side) =>
      (["message", "answer"] as const).map((purpose) => directionKey(SECRET, side, purpose).toString("hex")),
    )
    expect(new Set(keys).size).toBe(4)
  })
})

describe("a message that is not what it should be writes nothing", () => {
  it("another secret: 401", async () => {
    const pair = new Pair(resolveConfig(), { medusa: ["another-secret-of-some-length"], directus: [SECRET] })
    const id = pair.medusa.create("product", SHIRT)
    await pushOnce(pair.medusa.ports)
    expect(pair.requests).toMatchObject([{ status: 401 }])
    expect(pair.medusa.control.paused).toMatchObject({ code: "unauthorized" })
    expect(pair.directus.table("product").rows.size).toBe(0)
    expect(pair.medusa.table("product").marks.has(id)).toBe(true)
  })

  it("the same message again: 409", async () => {
    const { pair, body, headers } = await sentOnce()
    expect((await deliver(pair, "directus", body, headers)).status).toBe(409)
  })

  it("reflected to its sender, or an answer sent as a message: 401", async () => {
    const { pair, body, headers } = await sentOnce()
    expect((await deliver(pair, "medusa", body, headers)).status).toBe(401)
    const answer = sign(directionKey(SECRET, "medusa", "answer"), randomUUID(), new Date(pair.now), body)
    expect((await deliver(pair, "directus", body, answer)).status).toBe(401)
  })

  it("tampered, or with a later time: 401", async () => {
    const { pair, body, headers } = await sentOnce()
    expect((await deliver(pair, "directus", body.replace("Shirt", "Skirt"), headers)).status).toBe(401)
    expect(
      (
        await deliver(pair, "directus", body, {
          ...headers,
          "webhook-timestamp": String(Number(headers["webhook-timestamp"]) + 1),
        })
      ).status,
    ).toBe(401)
    pair.now += 3600_000
    expect(JSON.parse((await deliver(pair, "directus", body, headers)).body)).toMatchObject({
      error: { code: "clock_skew" },
    })
  })

  it.each([
    ["not JSON", "{", 400],
    ["an unknown version", JSON.stringify({ v: 2 }), 400],
    ["a forbidden key", '{"v":1,"__proto__":{"a":1}}', 400],
    ["a forbidden key deep inside", '{"v":1,"records":[{"fields":{"a":[{"constructor":1},1]}}]}', 400],
    ["nested without end", `{"v":1,"records":${"[".repeat(200)}${"]".repeat(200)}}`, 400],
    ["too large", `"${"x".repeat(LIMITS.bodyBytes)}"`, 413],
  ])("%s: refused with its status", async (_, body, status) => {
    const pair = new Pair(resolveConfig())
    const answer = await deliver(
      pair,
      "directus",
      body,
      sign(directionKey(SECRET, "medusa", "message"), randomUUID(), new Date(pair.now), body),
    )
    expect(answer.status).toBe(status)
    expect(pair.directus.table("product").rows.size).toBe(0)
  })

  const twice: [string, (body: string) => string][] = [
    ["at its top", (body) => body.replace('"records":', '"records":[],"records":')],
    ["in a record", (body) => body.replace('"rev":', '"rev":9,"rev":')],
    ["in the fields of a record", (body) => body.replace('"fields":{', '"fields":{"title":["Skirt",1],')],
    ["by its number", (body) => body.replace('"fields":{', '"fields":{"t\\u0069tle":["Skirt",1],')],
    ["in a value", (body) => body.replace('"Shirt"', '{"a":[{"b":1,"b":2}]}')],
  ]
  it.each(twice)("a key that stands twice %s: 400 on both sides", async (_, double) => {
    for (const from of ["medusa", "directus"] as const) {
      const pair = new Pair(resolveConfig())
      pair[from].create("product", SHIRT)
      await pair.settle()
      const to = otherSide(from)
      const before = [...pair[to].table("product").rows]
      const sent = pair.requests.find((request) => request.from === from && request.body.includes("Shirt"))
      const id = randomUUID()
      const once = (sent?.body ?? "").replace(/"id":"[^"]+"/, `"id":"${id}"`)
      const body = double(once)
      expect(body).not.toBe(once)
      const headers = sign(directionKey(SECRET, from, "message"), id, new Date(pair.now), body)
      const answer = await deliver(pair, to, body, headers)
      expect(JSON.parse(answer.body)).toEqual({
        v: 1,
        error: { code: "invalid_message", message: "The body has a key twice in one object." },
      })
      expect([...pair[to].table("product").rows]).toEqual(before)
      expect(
        (await deliver(pair, to, once, sign(directionKey(SECRET, from, "message"), id, new Date(pair.now), once)))
          .status,
      ).toBe(200)
    }
  })

  it("more records or fields than allowed are refused, and no value is in the error", async () => {
    const { body } = await sentOnce()
    const message = JSON.parse(body) as { records: { id: string; fields: object }[] }
    const [record] = message.records
    const many = Array.from({ length: 101 }, (_, i) => ({ ...record, id: String(i) }))
    expect(() => parseMessage(JSON.stringify({ ...message, records: many }))).toThrow(/not valid at records/)
    const wide = {
      ...record,
      fields: Object.fromEntries(Array.from({ length: LIMITS.fields + 1 }, (_, i) => [`f${String(i)}`, ["canary", 1]])),
    }
    expect(() => parseMessage(JSON.stringify({ ...message, records: [wide] }))).toThrow(/more than 1000 fields/)
    expect(() => parseMessage(JSON.stringify({ ...message, records: [{ ...record, rev: "canary" }] }))).toThrow(
      /^(?!.*canary)/,
    )
    expect(() => parseMessage(JSON.stringify({ ...message, records: [record, record] }))).toThrow(/twice/)
    // A field's name may be a member of a set.
    expect(() => parseMessage(JSON.stringify({ ...message, records: [{ ...record, fields: { canary: 1 } }] }))).toThrow(
      /not valid at records\.0\.fields: /,
    )
  })
})

describe("two hosts that are set up differently", () => {
  it("another mapping pauses with the difference named, keeps the marks, and goes on when mended", async () => {
    const pair = new Pair(resolveConfig())
    const id = pair.medusa.create("product", SHIRT)
    const good = pair.medusa.ports.config
    Object.assign(pair.medusa.ports, { config: resolveConfig({ product: { fields: { title: "name" } } }) })
    await pushOnce(pair.medusa.ports)
    expect(pair.directus.table("product").rows.size).toBe(0)
    expect(pair.medusa.control.paused?.message).toBe(
      'The mapping differs: mapping.product.fields.title.directus is "name" in Medusa and "title" in Directus. Give both sides the same mapping.',
    )
    Object.assign(pair.medusa.ports, { config: good })
    await pair.settle()
    expect(pair.peer("medusa", id)).toBeTruthy()
    expect(pair.medusa.control.paused).toBeNull()
  })

  it("another database than before is refused on both ends", async () => {
    const { pair } = await sentOnce()
    pair.directus.control = { ...pair.directus.control, epoch: randomUUID() }
    pair.medusa.create("product", { title: "Hat", handle: "hat" })
    await pushOnce(pair.medusa.ports)
    expect(pair.medusa.control.paused).toMatchObject({ code: "epoch_mismatch" })
  })

  it.each([3_600_000, -3_600_000])("a clock that is %d ms off does not stop the sync", async (skew) => {
    const pair = new Pair(resolveConfig())
    pair.skew.directus = skew
    const id = pair.medusa.create("product", SHIRT)
    await pair.settle()
    pair.directus.edit("product", pair.peer("medusa", id), { title: "Hemd" })
    await pair.settle()
    expect(pair.row("medusa", id)?.["title"]).toBe("Hemd")
    // Each sender learnt the difference once.
    expect(pair.requests.filter(({ status }) => status === 401)).toHaveLength(2)
    const offsets = [pair.medusa.control.clockOffset, pair.directus.control.clockOffset]
    expect(offsets).toEqual([skew, -skew])
    expect(offsets.map((offset) => clockAlert(offset)?.split(" this")[0])).toEqual(
      (skew > 0 ? ["ahead of", "behind"] : ["behind", "ahead of"]).map(
        (word) => `The other side's clock is 3600 s ${word}`,
      ),
    )
  })

  it("a clock that goes wrong is logged once, below what stops a message too, and no second of jitter is", async () => {
    const lines: string[] = []
    const secrets = { medusa: [SECRET], directus: [SECRET] }
    const pair = new Pair(resolveConfig(), secrets, { medusa: { log: (line) => void lines.push(line) } })
    const greet = async (skew: number): Promise<void> => {
      pair.skew.directus = skew
      await sayHello(pair.medusa.ports)
    }
    await greet(0)
    await greet(1_000)
    expect(pair.medusa.control.clockOffset).toBe(0)
    for (const skew of [90_000, 90_000, 100_000]) await greet(skew)
    expect(lines).toEqual([
      "The other side's clock is 90 s ahead of this host's. The sync goes on; set both clocks by NTP.",
    ])
    await greet(-90_000)
    expect(lines).toHaveLength(2)
    await greet(0)
    expect(clockAlert(pair.medusa.control.clockOffset)).toBeNull()
  })

  it("a secret is rotated without a pause: the receiver takes both", async () => {
    const pair = new Pair(resolveConfig(), {
      medusa: ["the-new-secret-of-some-length", SECRET],
      directus: [SECRET, "the-new-secret-of-some-length"],
    })
    const id = pair.medusa.create("product", SHIRT)
    await pair.settle()
    pair.directus.edit("product", pair.peer("medusa", id), { title: "Hemd" })
    await pair.settle()
    expect(pair.row("medusa", id)?.["title"]).toBe("Hemd")
    expect(pair.requests.every(({ status }) => status === 200)).toBe(true)
  })
})

describe("a peer that does not answer", () => {
  it("spends no record's attempts, opens the breaker, and everything arrives when it is back", async () => {
    const pair = new Pair(resolveConfig())
    const id = pair.medusa.create("product", SHIRT)
    pair.network = () => {
      throw Object.assign(new Error("refused"), { code: "ECONNREFUSED" })
    }
    for (let i = 0; i < 8; i++) {
      await pushOnce(pair.medusa.ports)
      pair.now += 60_000
    }
    expect(pair.medusa.table("product").links.get(id)).toMatchObject({ attempts: 0, state: "active" })
    expect(pair.medusa.control.breaker.failures).toBe(8)
    pair.now -= 60_000
    expect((await pushOnce(pair.medusa.ports)).kind).toBe("resting")
    pair.network = () => undefined
    pair.now += 600_000
    await pair.settle()
    expect(pair.row("directus", pair.peer("medusa", id))).toMatchObject(SHIRT)
    expect(pair.medusa.control.breaker).toEqual({ failures: 0, openUntil: null })
  })

  it("a peer that says anything closes the breaker at once", async () => {
    const pair = new Pair(resolveConfig())
    const id = pair.medusa.create("product", SHIRT)
    await pair.settle()
    pair.medusa.control = {
      ...pair.medusa.control,
      breaker: { failures: 9, openUntil: new Date(pair.now + 300_000).toISOString() },
    }
    pair.directus.edit("product", pair.peer("medusa", id), { title: "Hemd" })
    await pushOnce(pair.directus.ports)
    expect(pair.medusa.control.breaker.openUntil).toBeNull()
  })
})
