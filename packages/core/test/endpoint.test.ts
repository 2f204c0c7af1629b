import { randomUUID } from "node:crypto"
import { describe, expect, it } from "vitest"
import { SyncError } from "../src/errors.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { makeEndpoint } from "../src/run/endpoint.ts"
import { isConsistent, LIMITS, parseMessage, type Message, type WireRecord } from "../src/wire/messages.ts"
import { checkTime, directionKey, isHeadSigned, isSigned, readHeaders, sign } from "../src/wire/sign.ts"
import { Pair, SECRET } from "./pair.ts"

const OTHER = "another-secret-of-some-length"
const KEY = directionKey(SECRET, "medusa", "message")
const AT = new Date("2026-01-01T00:00:00Z")

interface Given {
  body?: string
  key?: Buffer
  headers?: Record<string, string>
  trusted?: boolean
}

/** Directus's endpoint, and what it was asked by Medusa. */
function endpoint(secrets = [SECRET]) {
  const lines: string[] = []
  const pair = new Pair(resolveConfig(), undefined, { directus: { log: (line) => void lines.push(line) } })
  let woken = 0
  const handle = makeEndpoint(pair.directus.ports, secrets, () => void woken++)
  const hello = (more: Partial<Message> = {}): Message => ({
    v: 1,
    id: randomUUID(),
    from: "medusa:a",
    to: "directus:",
    epoch: pair.medusa.control.epoch,
    peer_epoch: null,
    beat: 0,
    peer_beat: 0,
    config: pair.medusa.ports.config.hash,
    records: [],
    ...more,
  })
  const ask = async ({ body = JSON.stringify(hello()), key = KEY, headers, trusted = false }: Given = {}) => {
    const id = /"id":"([^"]+)"/.exec(body)?.[1] ?? randomUUID()
    const given = headers ?? sign(key, id, new Date(pair.now), body)
    const answer = await handle({ headers: readHeaders((name) => given[name]), rawBody: body, trusted })
    const told = JSON.parse(answer.body) as { error?: { code: string; message: string; beat?: number }; results?: [] }
    return { ...answer, ...told, code: told.error?.code, id }
  }
  return { pair, ask, hello, lines, woken: () => woken }
}

describe("the receiving end", () => {
  it("answers what it took with the peer's id, signed, not to be kept, and wakes the sender", async () => {
    const { ask, woken } = endpoint()
    const answer = await ask()
    expect(answer).toMatchObject({
      status: 200,
      results: [],
      headers: {
        "webhook-id": answer.id,
        "content-type": "application/json; charset=utf-8",
        "cache-control": "no-store",
      },
    })
    const headers = readHeaders((name) => answer.headers[name])
    expect(isSigned([directionKey(SECRET, "directus", "answer")], headers, answer.body)).toBe(true)
    expect(woken()).toBe(1)
  })

  it("in the middle of a rotation answers with the secret that the sender used", async () => {
    const { ask } = endpoint([OTHER, SECRET])
    const answer = await ask()
    const signedBy = (secret: string) =>
      isSigned(
        [directionKey(secret, "directus", "answer")],
        readHeaders((name) => answer.headers[name]),
        answer.body,
      )
    expect([signedBy(SECRET), signedBy(OTHER)]).toEqual([true, false])
  })

  it("closes the breaker and ends a pause when the peer speaks, but no pause that a person has to end", async () => {
    const { pair, ask } = endpoint()
    const pause = (code: "unauthorized" | "mass_delete") => ({ code, message: "m", since: AT.toISOString() })
    const breaker = { failures: 3, openUntil: new Date(pair.now + 60_000).toISOString() }
    const closed = { failures: 0, openUntil: null }
    pair.directus.control = { ...pair.directus.control, breaker }
    await ask()
    expect(pair.directus.control).toMatchObject({ breaker: closed, paused: null })
    pair.directus.control = { ...pair.directus.control, paused: pause("unauthorized") }
    await ask()
    expect(pair.directus.control.paused).toBeNull()
    pair.directus.control = { ...pair.directus.control, breaker, paused: pause("mass_delete") }
    await ask()
    expect(pair.directus.control).toMatchObject({ breaker, paused: { code: "mass_delete" } })
  })

  it("writes nothing down when it has heard the peer a moment ago", async () => {
    const { pair, ask } = endpoint()
    await ask()
    const { control } = pair.directus
    await ask()
    expect(pair.directus.control).toBe(control)
  })

  it("holds off a flood of strangers, and not the peer", async () => {
    const { pair, ask, woken } = endpoint()
    const stranger = { key: directionKey(OTHER, "medusa", "message") }
    const codes: number[] = []
    for (let i = 0; i < 61; i++) codes.push((await ask(stranger)).status)
    expect(codes.filter((code) => code === 401)).toHaveLength(60)
    const refused = await ask(stranger)
    expect(refused).toMatchObject({ status: 429, code: "too_many_requests", headers: { "retry-after": "1" } })
    expect(refused.error?.message).toMatch(/Retry-After/)
    expect(refused.headers["webhook-signature"]).toBeUndefined()
    expect((await ask()).status).toBe(200)
    expect(woken()).toBe(1)
    pair.now += 1_000
    expect((await ask(stranger)).status).toBe(401)
  })

  it("lets a request that the host has let through do without a signature, but not with a wrong one", async () => {
    const { ask } = endpoint()
    expect((await ask({ headers: {}, trusted: true })).status).toBe(200)
    expect((await ask({ headers: {} })).code).toBe("unauthorized")
    const wrong = await ask({ key: directionKey(OTHER, "medusa", "message"), trusted: true })
    expect(wrong).toMatchObject({ status: 401, code: "unauthorized" })
    expect(wrong.error?.message).toMatch(/same secret/)
    expect((await ask({ key: KEY, trusted: true })).status).toBe(200)
  })

  it("is not flooded by requests that the host has let through", async () => {
    const { ask } = endpoint()
    for (let i = 0; i < 70; i++) expect((await ask({ headers: {}, trusted: true })).status).toBe(200)
  })

  it("takes a body of the largest size and none that is larger", async () => {
    const { ask } = endpoint()
    expect(await ask({ body: `"${"x".repeat(LIMITS.bodyBytes - 1)}"` })).toMatchObject({
      status: 413,
      code: "too_large",
    })
    expect(await ask({ body: `"${"x".repeat(LIMITS.bodyBytes - 2)}"` })).toMatchObject({
      status: 400,
      code: "invalid_message",
    })
  })

  it("takes a message once, for as long as its time is right", async () => {
    const { pair, ask, hello } = endpoint()
    const body = JSON.stringify(hello())
    const headers = sign(KEY, (JSON.parse(body) as Message).id, new Date(pair.now), body)
    expect((await ask({ body, headers })).status).toBe(200)
    for (const later of [0, 299_000]) {
      pair.now += later
      expect(await ask({ body, headers })).toMatchObject({ status: 409, code: "replayed" })
    }
    pair.now += 2_000
    expect(await ask({ body, headers })).toMatchObject({ status: 401, code: "clock_skew" })
    // Forgotten when nobody can use it any more.
    pair.now += 600_000
    expect((await ask({ body })).status).toBe(200)
  })

  it("refuses with the status of the reason, and says what the peer needs to know", async () => {
    const { pair, ask, hello, woken } = endpoint()
    const mapping = await ask({ body: JSON.stringify(hello({ config: "another" })) })
    expect(mapping).toMatchObject({ status: 409, code: "config_mismatch" })
    expect(JSON.parse(mapping.body)).toMatchObject({ error: { mapping: { product: { name: "product" } } } })
    expect((await ask({ body: JSON.stringify(hello({ to: "medusa:" })) })).status).toBe(403)
    await ask({ body: JSON.stringify(hello({ beat: 5 })) })
    expect(await ask({ body: JSON.stringify(hello({ beat: 4 })) })).toMatchObject({
      status: 409,
      error: { code: "old_beat", beat: 5 },
    })
    expect(woken()).toBe(1)
    expect(pair.directus.control.peerBeat).toBe(5)
  })

  it("tells an error of this host's own without its words", async () => {
    const { pair, ask, lines } = endpoint()
    Object.assign(pair.directus.ports, { readControl: () => Promise.reject(new Error("canary")) })
    const answer = await ask()
    expect(answer).toMatchObject({ status: 500, code: "internal" })
    expect(answer.error?.message).toMatch(/the reason is in this host's log/)
    expect(answer.body + lines.join()).not.toContain("canary")
    expect(lines).toEqual([expect.stringMatching(/^A message could not be handled: Error/)])
    Object.assign(pair.directus.ports, {
      readControl: () => Promise.reject(new SyncError("concurrent_write", "Busy now.", { retryable: true })),
    })
    expect(await ask()).toMatchObject({ status: 503, error: { code: "concurrent_write", message: "Busy now." } })
    expect(lines).toHaveLength(1)
  })
})

describe("a signature", () => {
  const body = '{"a":1}'
  const signed = (more: Record<string, string> = {}) => {
    const headers = { ...sign(KEY, "msg_1", AT, body), ...more }
    return readHeaders((name) => headers[name as keyof typeof headers])
  }
  const [first = "", head = ""] = signed().signature.split(" ")

  it("may be one of several, of any version", () => {
    expect(isSigned([KEY], signed({ "webhook-signature": `v2,abc v1,xyz ${first}` }), body)).toBe(true)
    expect(isSigned([directionKey(OTHER, "medusa", "message"), KEY], signed(), body)).toBe(true)
    expect(isSigned([KEY], signed({ "webhook-signature": first.replace("v1,", "v2,") }), body)).toBe(false)
    expect(isSigned([KEY], signed({ "webhook-signature": first.slice(0, -4) }), body)).toBe(false)
    expect(isSigned([], signed(), body)).toBe(false)
    expect(isSigned([KEY], signed({ "webhook-signature": "" }), body)).toBe(false)
    const late = [...Array.from({ length: 8 }, () => "v1,xyz"), first].join(" ")
    expect(isSigned([KEY], signed({ "webhook-signature": late }), body)).toBe(false)
  })

  it("covers the id, the time and the body", () => {
    expect(isSigned([KEY], signed({ "webhook-id": "msg_2" }), body)).toBe(false)
    expect(isSigned([KEY], signed({ "webhook-timestamp": "1" }), body)).toBe(false)
    expect(isSigned([KEY], signed(), `${body} `)).toBe(false)
  })

  it.each<Record<string, string>>([
    { "webhook-id": "" },
    { "webhook-timestamp": "" },
    { "webhook-timestamp": "1e3" },
    { "webhook-timestamp": "1234567890123" },
  ])("without usable headers is none: %j", (broken) => {
    const headers = sign(KEY, broken["webhook-id"] ?? "msg_1", AT, body)
    const given = readHeaders((name) => ({ ...headers, ...broken })[name])
    expect(isSigned([KEY], given, body)).toBe(false)
    expect(isHeadSigned([KEY], given)).toBe(false)
  })

  it("of the headers alone tells the peer's requests, and says nothing of the body", () => {
    expect(isHeadSigned([KEY], signed())).toBe(true)
    expect(isHeadSigned([directionKey(OTHER, "medusa", "message")], signed())).toBe(false)
    expect(isHeadSigned([KEY], signed({ "webhook-signature": first }))).toBe(false)
    expect(isSigned([KEY], signed({ "webhook-signature": head }), body)).toBe(false)
    expect(Buffer.from(head.split(",")[1] ?? "", "base64")).toHaveLength(12)
  })

  it("a header that is no text is none", () => {
    expect(readHeaders(() => ["a"])).toEqual({ id: "", timestamp: "", signature: "" })
  })

  it("is right for five minutes on both sides", () => {
    const at = (seconds: number) => new Date(AT.getTime() + seconds * 1000)
    for (const seconds of [-300, 0, 300]) expect(() => checkTime(signed(), at(seconds))).not.toThrow()
    for (const seconds of [-301, 301])
      expect(() => checkTime(signed(), at(seconds))).toThrow(expect.objectContaining({ code: "clock_skew" }))
  })
})

describe("the shape of a message", () => {
  const { hello } = endpoint()
  const record: WireRecord = {
    entity: "product",
    id: "m1",
    peer: null,
    key: null,
    rev: 3,
    seen: 0,
    full: true,
    hops: 0,
    alive: true,
    alive_rev: 1,
    fields: { title: ["T", 3] },
  }
  const parse = (more: object) => parseMessage(JSON.stringify({ ...hello(), ...more }))
  const nested = (depth: number): unknown => (depth === 0 ? "x" : [nested(depth - 1)])
  const invalid = (message: RegExp) =>
    expect.objectContaining({ code: "invalid_message", message: expect.stringMatching(message) as string }) as Error

  it("is taken as it is", () => {
    expect(parse({ records: [record] }).records).toEqual([record])
    expect(parseMessage(Buffer.from(JSON.stringify(hello()))).records).toEqual([])
  })

  it("holds values of eight levels", () => {
    expect(() => parse({ records: [{ ...record, fields: { a: [nested(8), 1] } }] })).not.toThrow()
    expect(() => parse({ records: [{ ...record, fields: { a: [nested(9), 1] } }] })).toThrow(invalid(/deeper than 8/))
  })

  it.each(["__proto__", "constructor", "prototype"])("has no key %s", (key) => {
    const body = JSON.stringify({ ...hello(), records: [record] }).replace('"title"', `"${key}"`)
    expect(() => parseMessage(body)).toThrow(invalid(/forbidden key/))
  })

  it("names the place of what is wrong, and not what stands there", () => {
    expect(() => parseMessage("{")).toThrow(invalid(/not JSON/))
    expect(() => parseMessage("7")).toThrow(invalid(/not valid at its top: /))
    expect(() => parse({ beat: -1 })).toThrow(invalid(/not valid at beat: /))
    expect(() => parse({ records: [{ ...record, fields: { canary: ["x", -1] } }] })).toThrow(
      invalid(/^(?!.*canary).*not valid at records\.0\.fields: /),
    )
  })

  it("is no larger than a body may be", () => {
    const body = (bytes: number) => `"${"x".repeat(bytes - 2)}"`
    expect(() => parseMessage(body(LIMITS.bodyBytes + 1))).toThrow(
      expect.objectContaining({
        code: "too_large",
        message: expect.stringMatching(/larger than 524288 bytes/) as string,
      }),
    )
    expect(() => parseMessage(body(LIMITS.bodyBytes))).toThrow(invalid(/not valid at its top/))
  })

  it("has each record once, whatever its kind", () => {
    expect(() => parse({ records: [record, { ...record, entity: "variant" }, { ...record, id: "m2" }] })).not.toThrow()
    expect(() => parse({ records: [record, { ...record, rev: 9 }] })).toThrow(invalid(/twice/))
  })

  it.each([LIMITS.fields, LIMITS.fields + 1])("has a thousand fields at most: %d", (count) => {
    const fields = Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${String(i)}`, [1, 1]]))
    const act = () => parse({ records: [{ ...record, fields }] })
    if (count > LIMITS.fields) expect(act).toThrow(invalid(/more than 1000 fields/))
    else expect(act).not.toThrow()
  })

  it("has no rev above its record's", () => {
    expect(isConsistent(record)).toBe(true)
    expect(isConsistent({ ...record, alive_rev: 3 })).toBe(true)
    expect(isConsistent({ ...record, alive_rev: 4 })).toBe(false)
    expect(isConsistent({ ...record, fields: { a: ["x", 1], b: ["x", 4] } })).toBe(false)
    expect(isConsistent({ ...record, alive_rev: 0, fields: {} })).toBe(true)
  })
})
