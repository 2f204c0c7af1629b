import { randomUUID } from "node:crypto"
import { describe, expect, it } from "vitest"
import { SyncError } from "../src/errors.ts"
import { makeContentEndpoint } from "../src/wire/answer-content.ts"
import { makeContentClient } from "../src/wire/ask-content.ts"
import type { ContentItem, ContentRequest } from "../src/wire/content.ts"
import { makeEndpoint } from "../src/wire/endpoint.ts"
import type { HttpResponse } from "../src/wire/exchange.ts"
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

  it("that fails there is to be put later, and only that host's log says why", async () => {
    const { asked, lines } = ask({ read: () => Promise.reject(new Error("the value of a field")) })
    expect(await asked).toEqual({ kind: "unreachable", message: "HTTP 500" })
    expect(lines.join()).toContain("Content could not be read")
    expect(lines.join()).not.toContain("the value of a field")
  })

  it("about a kind that is not synced is refused in the peer's words", async () => {
    const { asked } = ask({ read: () => Promise.reject(new SyncError("not_found", "No such kind.")) })
    expect(await asked).toEqual({ kind: "refused", message: "No such kind." })
  })

  it.each([
    [404, "refused"],
    [403, "refused"],
    [502, "unreachable"],
  ])("that a proxy answers with %i is %s", async (status, kind) => {
    const { asked } = ask({
      change: (answer) => {
        answer.status = status
        answer.body = "<html>"
      },
    })
    expect(await asked).toMatchObject({ kind })
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

  it.each(["", "[]", JSON.stringify({ ...request, ids: [1] }), JSON.stringify({ ...request, fields: [] })])(
    "refuses %j, which is no question",
    async (body) => {
      expect(await endpoint()({ headers: signed(body), rawBody: body })).toMatchObject({ status: 400 })
    },
  )

  it("holds off a flood of strangers, and Medusa gets through it", async () => {
    const handle = endpoint()
    const statuses = new Set<number>()
    for (let i = 0; i < 100; i++)
      statuses.add((await handle({ headers: { id: "", timestamp: "", signature: "" }, rawBody: "" })).status)
    expect([...statuses]).toEqual([401, 429])
    const body = JSON.stringify(request)
    expect(await handle({ headers: signed(body), rawBody: body })).toMatchObject({ status: 200 })
  })
})
