import { createHmac, randomUUID } from "node:crypto"
import { describe, expect, it } from "vitest"
import { envelope } from "../src/send/envelope.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { isConsistent, LIMITS } from "../src/wire/messages.ts"
import { directionKey, isSigned, readHeaders, sign } from "../src/wire/sign.ts"
import { Pair, SECRET } from "./pair.ts"
import { wireRecord } from "./wire-record.ts"

const NOW = new Date("2026-01-01T00:00:00Z")

describe("what a message says of itself", () => {
  const record = (e: number, r: number, rev: number, alive_rev = 1) =>
    isConsistent(wireRecord({ rev, alive_rev, fields: { title: ["x", r, 0, e] } }))

  it("is consistent when no edit is newer than what it is told under, and nothing newer than the record", () => {
    expect([record(2, 2, 2), record(1, 2, 3), record(2, 2, 2, 2)]).toEqual([true, true, true])
    expect([record(3, 2, 3), record(2, 3, 2), record(1, 1, 1, 2)]).toEqual([false, false, false])
  })

  it("is signed with a time in whole seconds, and by nobody without a name", () => {
    const key = directionKey(SECRET, "medusa", "message")
    const signed = (timestamp: string, id = "id") => {
      const headers = readHeaders((name) => sign(key, id, NOW, "{}")[name])
      const text = `${id}.${timestamp}.{}`
      const signature = `v1,${createHmac("sha256", key).update(text).digest("base64")}`
      return isSigned([key], { ...headers, id, timestamp, signature }, "{}")
    }
    const seconds = String(NOW.getTime() / 1000)
    expect(
      isSigned(
        [key],
        readHeaders((name) => sign(key, "id", NOW, "{}")[name]),
        "{}",
      ),
    ).toBe(true)
    expect(signed(seconds)).toBe(true)
    for (const bad of [`x${seconds}`, `${seconds}x`, "1234567890123", ""]) expect(signed(bad)).toBe(false)
    expect(signed(seconds, "")).toBe(false)
  })
})

describe("the endpoint says of a message", () => {
  const post = async (pair: Pair, body: string, id = randomUUID()) => {
    const headers = sign(directionKey(SECRET, "medusa", "message"), id, new Date(pair.now), body)
    const rawBody = body
    const answer = await pair.endpoints.directus({
      headers: readHeaders((name) => headers[name]),
      rawBody,
      trusted: false,
    })
    return JSON.parse(answer.body) as { error?: { code: string; message: string } }
  }

  it("that it is too large, or that it has come before", async () => {
    const pair = new Pair(resolveConfig())
    expect((await post(pair, "x".repeat(LIMITS.bodyBytes + 1))).error).toEqual({
      code: "too_large",
      message: expect.stringMatching(/^The body is .*Send fewer records at once\.$/) as string,
    })
    const body = JSON.stringify(envelope(pair.medusa.ports, pair.medusa.control, []))
    const id = randomUUID()
    expect((await post(pair, body, id)).error).toBeUndefined()
    expect((await post(pair, body, id)).error).toEqual({
      code: "replayed",
      message: "This message was received before.",
    })
  })
})
