import { describe, expect, it } from "vitest"
import { pushOnce } from "../src/run/run-push.ts"
import { otherSide, type Side } from "../src/document/value.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { hostileMessage } from "../src/testing/hostile-messages.ts"
import { makeTransport } from "../src/run/client.ts"
import { directionKey, readHeaders, sign } from "../src/wire/sign.ts"
import { Pair, SECRET } from "./pair.ts"
import { Random } from "./simulation/random.ts"

const seed = Number(process.env["HOSTILE_SEED"] ?? Date.now() % 1_000_000)
const each = Number(process.env["HOSTILE_EACH"] ?? 5_000)
const canary = "canary-5f1e"

async function pairWith(log: string[]): Promise<Pair> {
  const say = (line: string): void => void log.push(line)
  const secrets = { medusa: [SECRET], directus: [SECRET] }
  const pair = new Pair(resolveConfig(), secrets, { medusa: { log: say }, directus: { log: say } })
  const id = pair.medusa.create("product", { title: `${canary} title`, handle: "shirt" })
  await pair.settle()
  pair.directus.edit("product", pair.peer("medusa", id), { subtitle: `${canary} subtitle` })
  await pair.settle()
  return pair
}

describe.each<Side>(["medusa", "directus"])("hostile messages to %s", (to) => {
  it(`${String(each)} of them write nothing, crash nothing and show no value`, { timeout: 120_000 }, async () => {
    const log: string[] = []
    const pair = await pairWith(log)
    const from = otherSide(to)
    const genuine = pair.messages.find((message) => message.from.startsWith(from) && message.records.length > 0)
    if (!genuine) throw new Error("nothing was sent")
    const key = directionKey(SECRET, from, "message")
    const random = new Random(seed)
    const stored = (): string => {
      const { tables, control, ...rest } = pair.host(to).backup()
      // That somebody who has the secret asked is heard, and only that.
      const heard = { ...control, lastReceivedAt: null }
      const flat = [...tables].map(([name, table]) => [name, Object.values(table).map((map) => [...map])])
      return JSON.stringify([flat, heard, { ...rest, conflicts: [...rest.conflicts] }])
    }
    const before = stored()
    const answered = new Map<number, number>()
    for (let i = 0; i < each; i++) {
      pair.now += 10
      const { what, body, headers, statuses } = hostileMessage({
        random: () => random.next(),
        genuine,
        canary,
        sign: (id, text) => sign(key, id, new Date(pair.now), text),
      })
      const told = `${what} (HOSTILE_SEED=${String(seed)}, number ${String(i)})`
      const answer = await pair.endpoints[to]({
        headers: readHeaders((name) => headers[name]),
        rawBody: body,
        trusted: false,
      })
      expect(statuses, `${told}: ${String(answer.status)} ${answer.body}`).toContain(answer.status)
      expect(answer.body, told).not.toContain(canary)
      if (stored() !== before) expect.fail(`It wrote something: ${told}`)
      answered.set(answer.status, (answered.get(answer.status) ?? 0) + 1)
    }
    expect(log.filter((line) => line.includes(canary))).toEqual([])
    for (const status of [200, 400, 401, 403, 409, 413, 429]) expect(answered.get(status) ?? 0).toBeGreaterThan(0)
  })
})

describe("a flood of requests without the secret", () => {
  const knock = (pair: Pair, headers: Record<string, string> = {}) =>
    pair.endpoints.directus({ headers: readHeaders((name) => headers[name]), rawBody: "{}", trusted: false })

  it("is answered 429 with the seconds to wait, and nothing of the peer's is held off", async () => {
    const pair = await pairWith([])
    const statuses: number[] = []
    for (let i = 0; i < 100; i++) statuses.push((await knock(pair)).status)
    expect(statuses.filter((status) => status === 401)).toHaveLength(60)
    expect((await knock(pair)).headers["retry-after"]).toBe("1")
    for (let i = 0; i < 300; i++)
      pair.medusa.create("product", { title: `Backfill ${String(i)}`, handle: `b-${String(i)}` })
    const before = pair.requests.length
    await pair.settle()
    const { length } = pair.requests
    for (let i = before; i < length; i++) await knock(pair)
    expect(pair.directus.table("product").rows.size).toBe(301)
    expect(pair.requests.slice(before).every(({ status }) => status === 200)).toBe(true)
  })

  it("is let in again as time goes by", async () => {
    const pair = await pairWith([])
    while ((await knock(pair)).status === 401);
    pair.now += 1_000
    const statuses = await Promise.all(Array.from({ length: 6 }, () => knock(pair)))
    expect(statuses.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 429])
  })

  it("does not hide a body that was changed: headers alone open nothing", async () => {
    const pair = await pairWith([])
    while ((await knock(pair)).status === 401);
    const headers = sign(directionKey(SECRET, "medusa", "message"), "id", new Date(pair.now), "another body")
    expect((await knock(pair, headers)).status).toBe(401)
  })

  it.each([
    ["of three days ago", 3 * 86_400_000],
    ["of three days to come", -3 * 86_400_000],
  ])("is no smaller for headers %s that were right once", async (_, age) => {
    const pair = await pairWith([])
    const key = directionKey(SECRET, "medusa", "message")
    const statuses: number[] = []
    for (let i = 0; i < 120; i++)
      statuses.push((await knock(pair, sign(key, `id ${String(i)}`, new Date(pair.now - age), "a body"))).status)
    expect(statuses.filter((status) => status === 401)).toHaveLength(60)
    expect(statuses.filter((status) => status === 429)).toHaveLength(60)
  })

  it("is no smaller for headers that were read a moment ago: they open once", async () => {
    const pair = await pairWith([])
    while ((await knock(pair)).status === 401);
    const headers = sign(directionKey(SECRET, "medusa", "message"), "read", new Date(pair.now), "a body")
    expect((await knock(pair, headers)).status).toBe(401)
    for (let i = 0; i < 20; i++) expect((await knock(pair, headers)).status).toBe(429)
  })

  it.each([3_600_000, -3_600_000])("lets through a peer whose clock is %d ms off, and unlearnt yet", async (skew) => {
    const pair = new Pair(resolveConfig())
    pair.skew.directus = skew
    pair.medusa.create("product", { title: "In the flood", handle: "in-the-flood" })
    while ((await knock(pair)).status === 401);
    expect(await pushOnce(pair.medusa.ports)).toMatchObject({ kind: "sent" })
    expect(pair.requests.map(({ status }) => status)).toEqual([429, 200])
    expect(pair.directus.table("product").rows.size).toBe(1)
  })

  it("an answer 429 costs the sender a rest, as long as it was told, and no attempt of a record", async () => {
    const transport = makeTransport({ side: "medusa", now: () => new Date(), newId: () => "id" }, [SECRET], () =>
      Promise.resolve({ status: 429, body: "", header: (name) => (name === "retry-after" ? "7" : null) }),
    )
    const pair = await pairWith([])
    const [message] = pair.messages
    if (!message) throw new Error("nothing was sent")
    expect(await transport.send(message)).toEqual({ kind: "unreachable", message: "HTTP 429", retryAfter: 7_000 })
  })
})
