import { randomUUID } from "node:crypto"
import { describe, expect, it } from "vitest"
import { SyncError } from "../src/errors.ts"
import { makeContentEndpoint } from "../src/run/answer-content.ts"
import { makeContentClient } from "../src/run/ask-content.ts"
import type { ContentItem, ContentRequest } from "../src/wire/content.ts"
import { makeEndpoint } from "../src/run/endpoint.ts"
import type { HttpResponse } from "../src/wire/exchange.ts"
import { LIMITS } from "../src/wire/messages.ts"
import { directionKey, readHeaders, sign } from "../src/wire/sign.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { Pair, SECRET } from "./pair.ts"

const NOW = Date.UTC(2026, 0, 1)
const request: ContentRequest = {
  v: 1,
  entity: "product",
  ids: ["prod_1"],
  fields: ["*"],
  published: ["published"],
  locale: null,
}

interface Hosts {
  read?: (asked: ContentRequest) => Promise<Record<string, ContentItem>>
  secrets?: { medusa?: string[]; directus?: string[] }
  /** Milliseconds by which Directus's clock is ahead. */
  ahead?: number
  /** What a proxy in between does with the answer. */
  change?: (answer: { status: number; headers: Record<string, string>; body: string }) => void
}

/** Medusa's question put to Directus's endpoint. */
function ask({ read = () => Promise.resolve({}), secrets = {}, ahead = 0, change = () => undefined }: Hosts = {}) {
  const lines: string[] = []
  const log = { info: () => undefined, warn: () => undefined, error: (line: string) => void lines.push(line) }
  const answer = makeContentEndpoint({ now: () => new Date(NOW + ahead), log }, secrets.directus ?? [SECRET], read)
  let posts = 0
  const client = makeContentClient(
    { now: () => new Date(NOW), newId: randomUUID },
    secrets.medusa ?? [SECRET],
    async (body, headers): Promise<HttpResponse> => {
      posts++
      const given = await answer({ headers: readHeaders((name) => headers[name]), rawBody: body })
      change(given)
      return { status: given.status, header: (name) => given.headers[name] ?? null, body: given.body }
    },
  )
  return { asked: client(request), lines, posts: () => posts }
}

describe("a question for content", () => {
  it("arrives as it was put, and the answer as it was given", async () => {
    const seen: ContentRequest[] = []
    const items = { prod_1: { story: "Once", blocks: [{ text: "a" }], cover: null } }
    const { asked } = ask({ read: (one) => (seen.push(one), Promise.resolve(items)) })
    expect(await asked).toEqual({ kind: "items", items })
    expect(seen).toEqual([request])
  })

  it("is refused without the secret, and says what to do", async () => {
    const { asked } = ask({ secrets: { medusa: ["another-secret-of-some-length"] } })
    expect(await asked).toMatchObject({
      kind: "refused",
      message: expect.stringContaining("the same secret") as string,
    })
  })

  it("is answered with the old secret while the new one is being brought in", async () => {
    const { asked } = ask({ secrets: { directus: ["the-new-secret-of-this-shop", SECRET] } })
    expect(await asked).toMatchObject({ kind: "items" })
  })

  it("is put again by the peer's clock when the clocks differ", async () => {
    const { asked, posts } = ask({ ahead: 3_600_000 })
    expect(await asked).toMatchObject({ kind: "items" })
    expect(posts()).toBe(2)
  })

  it("takes no answer that another one has changed", async () => {
    const { asked } = ask({ change: (answer) => (answer.body = answer.body.replace("{}", '{"prod_1":{}}')) })
    expect(await asked).toMatchObject({ kind: "refused", message: expect.stringContaining("not signed") as string })
  })

  it("takes no answer in which a key stands twice, although Directus has signed it", async () => {
    const twice = async (body: string, headers: Record<string, string>): Promise<HttpResponse> => {
      const text = '{"v":1,"items":{"prod_1":{"story":"a"},"prod_1":{"story":"b"}}}'
      const signed = sign(directionKey(SECRET, "directus", "content"), headers["webhook-id"] ?? "", new Date(NOW), text)
      return Promise.resolve({ status: 200, header: (name) => signed[name] ?? null, body: text })
    }
    const ask = makeContentClient({ now: () => new Date(NOW), newId: randomUUID }, [SECRET], twice)
    expect(await ask(request)).toEqual({
      kind: "unreachable",
      message: "invalid_message: the answer has a key twice in one object.",
    })
  })

  it("that fails there is to be put later, and only that host's log says why", async () => {
    const { asked, lines } = ask({ read: () => Promise.reject(new Error("the value of a field")) })
    expect(await asked).toEqual({ kind: "unreachable", message: "HTTP 500" })
    expect(lines.join()).toContain("Content could not be read")
    expect(lines.join()).not.toContain("the value of a field")
  })

  it("about a kind that is not synced is refused in the peer's words", async () => {
    const { asked } = ask({ read: () => Promise.reject(new SyncError("not_found", "No such kind.")) })
    expect(await asked).toEqual({ kind: "rejected", message: "No such kind." })
  })

  it.each([
    [404, "unreachable", /^HTTP 404: its extension is missing or older than this plugin/],
    [413, "rejected", /^Directus, or a proxy before it, takes no question of this size/],
    [403, "refused", /^Directus answered 403: the secret differs, or a proxy asks for a login/],
    [502, "unreachable", /^HTTP 502$/],
  ])("that a proxy answers with %i is %s", async (status, kind, message) => {
    const { asked } = ask({
      change: (answer) => {
        answer.status = status
        answer.body = "<html>"
      },
    })
    expect(await asked).toMatchObject({ kind, message: expect.stringMatching(message) as string })
  })
})

it("a question to a host that does not answer, or whose clock keeps moving, says so", async () => {
  const client = (post: () => Promise<HttpResponse>) =>
    makeContentClient({ now: () => new Date(NOW), newId: randomUUID }, [SECRET], post)(request)
  expect(await client(() => Promise.reject(new Error("ECONNREFUSED")))).toMatchObject({ kind: "unreachable" })
  let ahead = 0
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const answer = makeContentEndpoint({ now: () => new Date(NOW + (ahead += 3_600_000)), log }, [SECRET], () =>
    Promise.resolve({}),
  )
  const moving = makeContentClient({ now: () => new Date(NOW), newId: randomUUID }, [SECRET], async (body, headers) => {
    const given = await answer({ headers: readHeaders((name) => headers[name]), rawBody: body })
    return { status: given.status, header: (name) => given.headers[name] ?? null, body: given.body }
  })
  expect(await moving(request)).toEqual({
    kind: "refused",
    message: "The clocks of the two hosts differ and keep moving. Set both by NTP.",
  })
})

describe("the endpoint for content", () => {
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const endpoint = () => makeContentEndpoint({ now: () => new Date(NOW), log }, [SECRET], () => Promise.resolve({}))
  const signed = (body: string, purpose: "content" | "message" = "content") =>
    readHeaders((name) => sign(directionKey(SECRET, "medusa", purpose), "id", new Date(NOW), body)[name])

  it("takes no message of the sync for a question, nor the sync a question for a message", async () => {
    const body = JSON.stringify(request)
    expect(await endpoint()({ headers: signed(body, "message"), rawBody: body })).toMatchObject({ status: 401 })
    const pair = new Pair(resolveConfig())
    const records = makeEndpoint(pair.directus.ports, [SECRET], () => undefined)
    expect(await records({ headers: signed(body), rawBody: body, trusted: false })).toMatchObject({ status: 401 })
  })

  const notValidAt = (place: string) =>
    `The question for content is not valid at ${place}. Use the same version of the plugin and of the extension.`

  it.each([
    ["", "The question is not JSON."],
    [
      JSON.stringify(request).replace('"ids"', '"published":["draft"],"ids"'),
      "The question has a key twice in one object.",
    ],
    ["[]", notValidAt("its top")],
    [JSON.stringify({ ...request, ids: [1] }), notValidAt("ids.0")],
    [JSON.stringify({ ...request, fields: [] }), notValidAt("fields")],
  ])("refuses %j, which is no question, and says why", async (body, message) => {
    const { status, body: answer } = await endpoint()({ headers: signed(body), rawBody: body })
    expect(status).toBe(400)
    expect(JSON.parse(answer)).toEqual({ v: 1, error: { code: "invalid_message", message } })
  })

  it("refuses one that is larger than any, and one that is signed with another secret, in words", async () => {
    const told = async (rawBody: string, secret = SECRET) => {
      const key = directionKey(secret, "medusa", "content")
      const headers = readHeaders((name) => sign(key, "id", new Date(NOW), rawBody)[name])
      return JSON.parse((await endpoint()({ headers, rawBody })).body) as unknown
    }
    const body = JSON.stringify(request)
    expect(await told(body.padEnd(LIMITS.bodyBytes))).toMatchObject({ items: {} })
    expect(await told(body.padEnd(LIMITS.bodyBytes + 1))).toMatchObject({
      error: { code: "too_large", message: "The question is too large. Ask for fewer records at once." },
    })
    expect(await told(body, "another-secret-of-some-length")).toMatchObject({
      error: { code: "unauthorized", message: "The signature is not right. Give both sides the same secret." },
    })
  })

  it("tells of its own failures that they are in its log, and logs no refusal", async () => {
    const lines: string[] = []
    const failing = async (error: Error) => {
      const log = { info: () => undefined, warn: () => undefined, error: (line: string) => void lines.push(line) }
      const handle = makeContentEndpoint({ now: () => new Date(NOW), log }, [SECRET], () => Promise.reject(error))
      const body = JSON.stringify(request)
      return JSON.parse((await handle({ headers: signed(body), rawBody: body })).body) as unknown
    }
    expect(await failing(new Error("canary"))).toMatchObject({
      error: { code: "internal", message: "The content could not be read; the reason is in this host's log." },
    })
    expect(lines).toHaveLength(1)
    expect(await failing(new SyncError("not_found", "No such kind."))).toMatchObject({ error: { code: "not_found" } })
    expect(lines).toHaveLength(1)
  })

  it("holds off a flood of strangers, and Medusa gets through it", async () => {
    const handle = endpoint()
    const statuses = new Set<number>()
    for (let i = 0; i < 100; i++)
      statuses.add((await handle({ headers: { id: "", timestamp: "", signature: "" }, rawBody: "" })).status)
    expect([...statuses]).toEqual([401, 429])
    const body = JSON.stringify(request)
    expect(await handle({ headers: signed(body), rawBody: body })).toMatchObject({ status: 200 })
  })

  it("counts headers whose time is off, or that were shown before, among the strangers", async () => {
    const handle = endpoint()
    const key = directionKey(SECRET, "medusa", "content")
    const knock = async (id: string, at: number) => {
      const headers = readHeaders((name) => sign(key, id, new Date(at), "another body")[name])
      return (await handle({ headers, rawBody: "x".repeat(1_000) })).status
    }
    const old = NOW - 3 * 86_400_000
    const statuses = await Promise.all(Array.from({ length: 120 }, (_, i) => knock(`id ${String(i)}`, old)))
    expect(statuses.filter((status) => status === 401)).toHaveLength(60)
    expect(await knock("of now", NOW)).toBe(401)
    expect(await knock("of now", NOW)).toBe(429)
  })

  it("tells the time to a Medusa whose clock is off also in a flood", async () => {
    const handle = makeContentEndpoint({ now: () => new Date(NOW + 3_600_000), log }, [SECRET], () =>
      Promise.resolve({}),
    )
    const statuses: number[] = []
    const ask = makeContentClient({ now: () => new Date(NOW), newId: randomUUID }, [SECRET], async (body, headers) => {
      const given = await handle({ headers: readHeaders((name) => headers[name]), rawBody: body })
      statuses.push(given.status)
      return { status: given.status, header: (name) => given.headers[name] ?? null, body: given.body }
    })
    const stranger = { headers: { id: "", timestamp: "", signature: "" }, rawBody: "" }
    while ((await handle(stranger)).status === 401);
    expect(await ask(request)).toMatchObject({ kind: "items" })
    expect(statuses).toEqual([429, 200])
  })
})
