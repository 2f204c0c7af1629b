import { directionKey, isSigned, readHeaders, sign } from "medusa-directus-core/sign"
import { expect, test } from "vitest"
import { probeSecret } from "../src/doctor/probe-secret.ts"
import type { Answer } from "../src/hosts/answer.ts"
import type { Ask, Request } from "../src/hosts/request.ts"

const SECRET = "a-secret-of-both-sides"

/** Answers as the engine's endpoint of Directus does that has this secret. */
function directusWith(secret: string, { hours = 0 } = {}): { ask: Ask; asked: Request[] } {
  const asked: Request[] = []
  const ask: Ask = (_, request = {}): Promise<Answer> => {
    asked.push(request)
    const body = typeof request.body === "string" ? request.body : ""
    const headers = readHeaders((name) => request.headers?.[name])
    const isRight = isSigned([directionKey(secret, "medusa", "message")], headers, body)
    const code = isRight ? (hours === 0 ? "invalid_message" : "clock_skew") : "unauthorized"
    const json = { v: 1, error: { code, message: "…" } }
    const text = JSON.stringify(json)
    const at = new Date(Date.now() + hours * 3_600_000)
    const signed = isRight ? sign(directionKey(secret, "directus", "answer"), headers.id, at, text) : {}
    return Promise.resolve({ kind: "http", status: isRight ? 400 : 401, headers: new Headers(signed), text, json })
  }
  return { ask, asked }
}

test("a host with the secret is told from one with another, and the secret is in no request", async () => {
  const [same, other] = [directusWith(SECRET), directusWith("another-secret-of-theirs")]
  expect(await probeSecret("directus", same.ask, [SECRET])).toMatchObject({ kind: "right", isFirst: true })
  expect(await probeSecret("directus", other.ask, [SECRET])).toEqual({ kind: "wrong" })
  expect(JSON.stringify([same.asked, other.asked])).not.toContain(SECRET)
})

test("a clock that is off does not look like a wrong secret", async () => {
  const probe = await probeSecret("directus", directusWith(SECRET, { hours: 2 }).ask, [SECRET])
  expect(probe).toMatchObject({ kind: "right" })
  expect(Math.abs((probe.kind === "right" ? probe.clock : 0) - 7_200_000)).toBeLessThan(5_000)
})

test("while the secret is being changed each one is tried", async () => {
  const { ask } = directusWith("the-old-secret-of-both")
  expect(await probeSecret("directus", ask, [SECRET, "the-old-secret-of-both"])).toMatchObject({
    kind: "right",
    isFirst: false,
  })
})

test("an answer that somebody else made says nothing: a proxy's login, a page, a forged signature", async () => {
  const answers = (status: number, text: string, headers: Record<string, string> = {}): Ask => {
    const json = text.startsWith("{") ? (JSON.parse(text) as unknown) : undefined
    return () => Promise.resolve({ kind: "http", status, headers: new Headers(headers), text, json })
  }
  const forged = sign(directionKey("somebody-else-entirely", "directus", "answer"), "id", new Date(), "{}")
  for (const ask of [answers(401, "Login"), answers(200, "{}", forged), answers(503, "{}")])
    expect((await probeSecret("directus", ask, [SECRET])).kind).toBe("unknown")
})
