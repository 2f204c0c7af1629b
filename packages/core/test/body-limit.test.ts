import { expect, it } from "vitest"
import { pushOnce } from "../src/run/run-push.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { CLOSED } from "../src/guard/breaker.ts"
import { LIMITS } from "../src/wire/messages.ts"
import { Pair } from "./pair.ts"

const TOO_LARGE = '{"errors":[{"message":"Invalid payload. request entity too large."}]}'

/** Directus, which takes bodies of up to `limit` bytes, as it answers itself. */
function limited(limit: number): { pair: Pair; sizes: number[] } {
  const pair = new Pair(resolveConfig())
  const { directus } = pair.endpoints
  const sizes: number[] = []
  pair.endpoints.directus = async (request) => {
    const size = Buffer.byteLength(request.rawBody)
    sizes.push(size)
    return size > limit ? { status: 400, headers: {}, body: TOO_LARGE } : directus(request)
  }
  return { pair, sizes }
}

const make = (pair: Pair, n: number, length: number): string =>
  pair.medusa.create("product", { title: `P${String(n)}`, handle: `p-${String(n)}`, description: "d".repeat(length) })

const linkOf = (pair: Pair, id: string) => pair.medusa.table("product").links.get(id)

it("many records that are too much together arrive at once, without a pause", async () => {
  const { pair } = limited(50_000)
  const ids = Array.from({ length: 12 }, (_, n) => make(pair, n, 8_000))
  await pushOnce(pair.medusa.ports)
  for (const id of ids) expect(pair.row("directus", pair.peer("medusa", id))).toBeDefined()
  expect((await pair.medusa.ports.readControl()).breaker).toEqual(CLOSED)
})

it("one that is too large by itself stops with the limit to raise, and delays no other one", async () => {
  const { pair } = limited(50_000)
  const [long, other] = [make(pair, 1, 70_000), make(pair, 2, 10)]
  await pushOnce(pair.medusa.ports)
  expect(pair.peer("medusa", other)).toBeDefined()
  await pair.settle()
  expect(linkOf(pair, long)).toMatchObject({
    state: "quarantined",
    reason: expect.stringMatching(/^too_large: .*MAX_PAYLOAD_SIZE/) as string,
  })
  const control = await pair.medusa.ports.readControl()
  expect(control).toMatchObject({ breaker: CLOSED, paused: null })
})

it("one that no message may hold is not sent, and stops with that reason", async () => {
  const { pair, sizes } = limited(Infinity)
  const long = make(pair, 1, LIMITS.bodyBytes)
  await pair.settle()
  expect(linkOf(pair, long)).toMatchObject({
    state: "quarantined",
    reason: expect.stringMatching(/^too_large: .*512 kB/) as string,
  })
  expect(sizes).toEqual([])
})
