import { randomUUID } from "node:crypto"
import { describe, expect, it } from "vitest"
import type { Reply } from "../src/ports.ts"
import { makeTransport } from "../src/run/client.ts"
import type { HttpResponse } from "../src/wire/exchange.ts"
import type { Message, ReplyBody } from "../src/wire/messages.ts"
import { directionKey, sign } from "../src/wire/sign.ts"
import { SECRET } from "./pair.ts"

const NOW = Date.UTC(2026, 0, 1)
const EPOCH = "00000000-0000-4000-8000-000000000002"

const message = (): Message => ({
  v: 1,
  id: randomUUID(),
  from: "medusa:a",
  to: "directus:",
  epoch: "00000000-0000-4000-8000-000000000001",
  peer_epoch: null,
  beat: 0,
  peer_beat: 0,
  config: "hash",
  records: [],
})

interface Given {
  status?: number
  body?: ReplyBody | string
  headers?: Record<string, string>
  /** Signed by somebody else, or for another message. */
  secret?: string
  id?: string
  /** Of the peer's clock. */
  at?: number
  /** Signed all the same, although it is no object. */
  isSigned?: boolean
}

/** What Medusa's transport makes of these answers, one after the other, and what it sent. */
async function answered(...answers: (Given | Error)[]): Promise<{ reply: Reply; sent: Message[]; times: number[] }> {
  const sent: Message[] = []
  const times: number[] = []
  const ports = { side: "medusa" as const, now: () => new Date(NOW), newId: () => randomUUID() as string }
  const transport = makeTransport(ports, [SECRET], (body, headers): Promise<HttpResponse> => {
    const given = answers[sent.length] ?? new Error("no answer is left")
    const asked = JSON.parse(body) as Message
    sent.push(asked)
    times.push(Number(headers["webhook-timestamp"]) * 1000 - NOW)
    if (given instanceof Error) return Promise.reject(given)
    const {
      status = 200,
      body: told = "",
      headers: more = {},
      secret = SECRET,
      id = asked.id,
      at = NOW,
      isSigned,
    } = given
    const text = typeof told === "string" ? told : JSON.stringify(told)
    const signed =
      typeof told === "string" && !isSigned
        ? {}
        : sign(directionKey(secret, "directus", "answer"), id, new Date(at), text)
    const all: Record<string, string> = { ...signed, ...more }
    return Promise.resolve({ status, body: text, header: (name) => all[name] ?? null })
  })
  return { reply: await transport.send(message()), sent, times }
}

const results: ReplyBody = { v: 1, epoch: EPOCH, results: [] }
const error = (code: string, more: object = {}): ReplyBody => ({ v: 1, error: { code, message: "as told", ...more } })

describe("an answer that the peer has signed", () => {
  it("is taken whole, with the difference of the clocks", async () => {
    const past = ["00000000-0000-4000-8000-000000000009"]
    const { reply } = await answered({ body: { ...results, past, answer: { kind: "retell" } }, at: NOW + 5_000 })
    expect(reply).toEqual({
      kind: "results",
      clockOffset: 5_000,
      epoch: EPOCH,
      results: [],
      past,
      answer: { kind: "retell" },
    })
    expect((await answered({ body: results })).reply).toEqual({
      kind: "results",
      clockOffset: 0,
      epoch: EPOCH,
      results: [],
    })
  })

  it.each([
    "unauthorized",
    "wrong_receiver",
    "config_mismatch",
    "epoch_mismatch",
    "old_beat",
    "too_large",
    "invalid_message",
  ])("%s refuses the whole message, whatever the status", async (code) => {
    const { reply } = await answered({ status: 500, body: error(code) })
    expect(reply).toEqual({ kind: "refused", code, message: "as told" })
  })

  it("says what the peer syncs and which beat it has heard", async () => {
    const { reply } = await answered({ status: 409, body: error("config_mismatch", { mapping: { a: 1 }, beat: 7 }) })
    expect(reply).toMatchObject({ kind: "refused", mapping: { a: 1 }, beat: 7 })
  })

  it("of any other error is a peer that does not answer now", async () => {
    expect((await answered({ status: 503, body: error("restored") })).reply).toEqual({
      kind: "unreachable",
      message: "HTTP 503",
      retryAfter: null,
    })
  })

  it("about the clock leads to one more try, by the peer's time and under another id", async () => {
    const { reply, sent, times } = await answered(
      { status: 401, body: error("clock_skew"), at: NOW + 3_600_000 },
      { body: results, at: NOW + 3_600_000 },
    )
    expect(reply).toMatchObject({ kind: "results", clockOffset: 3_600_000 })
    expect(times).toEqual([0, 3_600_000])
    expect(sent[0]?.id).not.toBe(sent[1]?.id)
  })

  it("about the clock twice stops the direction", async () => {
    const skewed: Given = { status: 401, body: error("clock_skew") }
    expect((await answered(skewed, skewed)).reply).toEqual({
      kind: "refused",
      code: "clock_skew",
      message: expect.stringMatching(/Set both by NTP/) as string,
    })
  })
})

describe("an answer that is not the peer's", () => {
  it.each([
    ['{"v":2}', "HTTP 500"],
    ["{", "invalid_message: the answer is not JSON."],
    ['{"v":1,"epoch":"a","epoch":"b","results":[]}', "invalid_message: the answer has a key twice in one object."],
    ['{"v":1,"results":[{"st":"ok","\\u0073t":"ok"}]}', "invalid_message: the answer has a key twice in one object."],
  ])("or that nobody should read, although it is signed, is no answer: %s", async (body, message) => {
    const { reply } = await answered({ status: 500, body, isSigned: true })
    expect(reply).toMatchObject({ kind: "unreachable", message })
  })

  it.each([
    [{ secret: "another-secret-of-some-length", body: results }],
    [{ id: randomUUID(), body: results }],
    [{ body: "<html>a login</html>" }],
    [{ body: "{" }],
  ])("moves nothing: %j", async (given) => {
    const { reply } = await answered(given)
    expect(reply).toEqual({
      kind: "refused",
      code: "unauthorized",
      message: expect.stringMatching(/not signed/) as string,
    })
  })

  it("does not set the clock", async () => {
    const { times } = await answered(
      { status: 401, body: error("clock_skew"), at: NOW + 3_600_000, secret: "another-secret-of-some-length" },
      { body: results },
    )
    expect(times).toEqual([0])
  })

  it.each([401, 403])("HTTP %d: the secret differs, or a proxy asks for a login", async (status) => {
    const { reply } = await answered({ status, body: "no" })
    expect(reply).toEqual({
      kind: "refused",
      code: "unauthorized",
      message: expect.stringMatching(new RegExp(`answered ${String(status)}: the secret differs`)) as string,
    })
  })

  it.each([
    ["HTTP 413", { status: 413 }],
    [
      "HTTP 400 of Directus",
      {
        status: 400,
        body: '{"errors":[{"message":"Invalid payload. request entity too large.","extensions":{"code":"INVALID_PAYLOAD"}}]}',
      },
    ],
    ["Express's own word", { status: 400, body: '{"type":"entity.too.large"}' }],
    ["a code", { status: 422, body: '{"code":"PAYLOAD_TOO_LARGE"}' }],
  ])("%s is about the size of the message, and says which limit to raise", async (_, given) => {
    expect((await answered(given)).reply).toEqual({
      kind: "refused",
      code: "too_large",
      message: expect.stringMatching(/MAX_PAYLOAD_SIZE.*client_max_body_size/) as string,
    })
  })

  it.each([
    [431, "Request Header Fields Too Large"],
    [400, "400 Request Header Or Cookie Too Large"],
    [500, "request entity too large"],
  ])("HTTP %d is not (%s)", async (status, body) => {
    expect((await answered({ status, body })).reply).toMatchObject({ kind: "unreachable" })
  })

  it("HTTP 404: the other half is not there", async () => {
    expect((await answered({ status: 404 })).reply).toEqual({
      kind: "unreachable",
      message: expect.stringMatching(/^HTTP 404: the other half/) as string,
      retryAfter: null,
    })
  })

  it.each([
    ["120", 120_000],
    ["0", 0],
    ["-5", 0],
    ["soon", null],
    ["", null],
    [new Date(0).toUTCString(), 0],
  ])("HTTP 503 with Retry-After %j waits for %s ms", async (header, retryAfter) => {
    const { reply } = await answered({ status: 503, headers: { "retry-after": header } })
    expect(reply).toEqual({ kind: "unreachable", message: "HTTP 503", retryAfter })
  })

  it("Retry-After may be a date", async () => {
    const { reply } = await answered({
      status: 429,
      headers: { "retry-after": new Date(Date.now() + 90_000).toUTCString() },
    })
    const wait = reply.kind === "unreachable" ? (reply.retryAfter ?? 0) : 0
    expect(wait).toBeGreaterThan(60_000)
    expect(wait).toBeLessThanOrEqual(90_000)
  })
})

describe("no answer", () => {
  it.each([
    [Object.assign(new Error("http://user:canary@db"), { code: "ECONNREFUSED" }), "ECONNREFUSED"],
    [new Error("fetch failed", { cause: Object.assign(new Error("canary"), { code: "ENOTFOUND" }) }), "ENOTFOUND"],
    [Object.assign(new Error("canary"), { name: "TimeoutError" }), "no answer in time"],
    [Object.assign(new Error("canary"), { name: "AbortError" }), "no answer in time"],
    [new Error("canary"), "no connection"],
    [Object.assign(new Error("canary"), { code: 7 }), "no connection"],
  ])("%s is told by its code, since a message could hold an address with a password", async (thrown, reason) => {
    expect((await answered(thrown)).reply).toEqual({ kind: "unreachable", message: reason, retryAfter: null })
  })
})
