import { describe, expect, it, vi } from "vitest"
import { readBackfill, startBackfill, steerBackfill, stepBackfill } from "../src/backfill/backfill.ts"
import { foresee } from "../src/backfill/foresee.ts"
import { pushOnce } from "../src/run/run-push.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import type { HostPorts } from "../src/ports.ts"
import type { WireRecord } from "../src/wire/messages.ts"
import { Pair } from "./pair.ts"
import { wireRecord } from "./wire-record.ts"
import { previewBackfill } from "./walked.ts"

const shirt = (n: number) => ({ title: `Shirt ${String(n)}`, handle: `shirt-${String(n)}` })

function shop(products: number): Pair {
  const pair = new Pair(resolveConfig())
  for (let n = 0; n < products; n++) pair.medusa.create("product", shirt(n), false)
  return pair
}

const step = async (ports: HostPorts): Promise<boolean> => stepBackfill(ports, await ports.readControl())

async function sendAll(pair: Pair): Promise<void> {
  while ((await pushOnce(pair.medusa.ports)).kind === "sent");
}

describe("a backfill", () => {
  it("walks the kinds that are named, and knows how many records there are", async () => {
    const pair = shop(3)
    const product = pair.medusa.create("product", shirt(9), false)
    pair.medusa.create("variant", { title: "S", product }, false)
    const { ports } = pair.medusa
    expect(await startBackfill(ports, { kinds: ["variant"] })).toMatchObject({
      kinds: ["variant"],
      total: 1,
      cursor: { kind: "variant", after: null },
      perMinute: null,
    })
    await steerBackfill(ports, "cancel")
    expect(await startBackfill(ports)).toMatchObject({ total: 5 })
  })

  it("says what cannot be done", async () => {
    const { ports } = shop(1).medusa
    await expect(steerBackfill(ports, "pause")).rejects.toMatchObject({ code: "invalid_options" })
    await expect(startBackfill(ports, { kinds: ["shoe"] })).rejects.toMatchObject({
      code: "invalid_options",
      message: expect.stringMatching(/"shoe" is not mapped\. Use some of: .*product, /) as string,
    })
    await startBackfill(ports)
    await steerBackfill(ports, "pause")
    await expect(startBackfill(ports)).rejects.toMatchObject({
      code: "invalid_options",
      message: expect.stringMatching(/^A backfill is paused since 2026/) as string,
    })
  })

  it("that was cancelled stays what it was, and another one may start", async () => {
    const { ports } = shop(1200).medusa
    await startBackfill(ports)
    await step(ports)
    await steerBackfill(ports, "cancel")
    expect(await readBackfill(ports)).toMatchObject({
      state: "cancelled",
      taken: 1000,
      total: 1200,
      endedAt: ports.now().toISOString(),
    })
    expect(await step(ports)).toBe(false)
    expect(await startBackfill(ports)).toMatchObject({ state: "running", taken: 0 })
  })

  it("takes no more than two thousand records that wait", async () => {
    const pair = shop(2500)
    const { ports } = pair.medusa
    await startBackfill(ports)
    expect([await step(ports), await step(ports), await step(ports)]).toEqual([true, true, false])
    expect(await readBackfill(ports)).toMatchObject({ taken: 2000, waiting: 2000, done: 0 })
    await pushOnce(ports)
    expect(await step(ports)).toBe(true)
    expect(await readBackfill(ports)).toMatchObject({ taken: 2100, waiting: 2000, done: 100 })
  })

  it("has not ended before all that it took was sent", async () => {
    const pair = shop(5)
    const { ports } = pair.medusa
    await startBackfill(ports, { kinds: ["product"] })
    expect(await step(ports)).toBe(true)
    expect(await step(ports)).toBe(false)
    expect(await readBackfill(ports)).toMatchObject({ state: "running", cursor: null, taken: 5 })
    await sendAll(pair)
    expect(await step(ports)).toBe(false)
    expect(await readBackfill(ports)).toMatchObject({ state: "done", endedAt: ports.now().toISOString() })
  })

  it("that another one replaced meanwhile moves nothing of the other one", async () => {
    const { ports } = shop(5).medusa
    await startBackfill(ports)
    const old = await ports.readControl()
    await steerBackfill(ports, "cancel")
    await startBackfill(ports)
    expect(await stepBackfill(ports, old)).toBe(false)
    expect((await ports.readControl()).backfill).toMatchObject({ taken: 0, cursor: { after: null } })
    await ports.updateControl({ backfill: null })
    expect(await stepBackfill(ports, old)).toBe(false)
  })

  it("keeps its pace from when it last went on: a pause is not caught up", async () => {
    const pair = shop(1000)
    const { ports } = pair.medusa
    await startBackfill(ports, { kinds: ["product"], perMinute: 120 })
    pair.now += 60_000
    await step(ports)
    await steerBackfill(ports, "pause")
    pair.now += 3_600_000
    await steerBackfill(ports, "resume")
    expect(await step(ports)).toBe(false)
    pair.now += 30_000
    await step(ports)
    await sendAll(pair)
    expect(await readBackfill(ports)).toMatchObject({ taken: 180, perSecond: 2, secondsLeft: 410 })
  })

  it("tells no time left before anything has moved, and no other pace after its end", async () => {
    const pair = shop(10)
    const { ports } = pair.medusa
    expect(await readBackfill(ports)).toBeNull()
    await startBackfill(ports, { kinds: ["product"] })
    pair.now += 5_000
    await step(ports)
    expect(await readBackfill(ports)).toMatchObject({ perSecond: 0, secondsLeft: null })
    await sendAll(pair)
    await step(ports)
    pair.now += 3_600_000
    expect(await readBackfill(ports)).toMatchObject({ state: "done", perSecond: 2, secondsLeft: null })
  })

  it("counts the records of its kinds that a person has to look at", async () => {
    const pair = shop(1)
    for (let i = 0; i < 2; i++) pair.directus.create("product", shirt(0), false)
    await startBackfill(pair.medusa.ports)
    await step(pair.medusa.ports)
    await sendAll(pair)
    expect(await readBackfill(pair.medusa.ports)).toMatchObject({ quarantined: 1 })
  })

  it("of no kind, or of nothing, is done at the first look and has marked nothing", async () => {
    for (const [pair, kinds] of [
      [shop(2), []],
      [shop(0), ["product", "category"]],
    ] as const) {
      const { ports } = pair.medusa
      expect(await startBackfill(ports, { kinds: [...kinds] })).toMatchObject({ total: 0 })
      expect(await step(ports)).toBe(false)
      expect(await readBackfill(ports)).toMatchObject({ state: "done", taken: 0, cursor: null })
    }
  })

  it("writes nothing down while there is no room for more", async () => {
    const pair = shop(2500)
    const { ports } = pair.medusa
    await startBackfill(ports)
    for (let n = 0; n < 2; n++) await step(ports)
    const updateControl = vi.spyOn(ports, "updateControl")
    expect(await step(ports)).toBe(false)
    expect(updateControl).not.toHaveBeenCalled()
  })

  it("passes over a kind that the mapping has lost since it began", async () => {
    const pair = shop(2)
    const { ports } = pair.medusa
    const started = await startBackfill(ports)
    await ports.updateControl({
      backfill: { ...started, kinds: ["shoe", "product"], cursor: { kind: "shoe", after: null } },
    })
    expect(await step(ports)).toBe(true)
    expect(await readBackfill(ports)).toMatchObject({ taken: 2 })
  })
})

describe("a foretold backfill", () => {
  it("is asked of the kinds that are named", async () => {
    const pair = shop(2)
    pair.medusa.create("category", { name: "Shirts", handle: "shirts" }, false)
    expect(await previewBackfill(pair.medusa.ports, ["category"])).toMatchObject({ create: 1 })
    expect(await previewBackfill(pair.medusa.ports)).toMatchObject({ create: 3 })
    const unknown = previewBackfill(pair.medusa.ports, ["product", "shoe"])
    await expect(unknown).rejects.toMatchObject({ code: "invalid_options" })
  })

  it("counts what both sides have agreed on as the same, without asking", async () => {
    const pair = shop(2)
    for (const id of pair.medusa.table("product").rows.keys()) pair.medusa.edit("product", id, { material: "wool" })
    await pair.settle()
    const before = pair.requests.length
    expect(await previewBackfill(pair.medusa.ports)).toEqual({
      create: 0,
      back: 0,
      match: 0,
      change: 0,
      same: 2,
      stopped: 0,
      problems: [],
      losses: { count: 0, fields: [], sample: [] },
      showing: null,
    })
    expect(pair.requests).toHaveLength(before)
  })

  it("goes through all pages, a hundred records a request", async () => {
    const pair = shop(1001)
    expect(await previewBackfill(pair.medusa.ports, ["product"])).toMatchObject({ create: 1001, same: 0 })
    expect(pair.requests).toHaveLength(11)
    const whole = shop(500)
    await previewBackfill(whole.medusa.ports, ["product"])
    expect(whole.requests).toHaveLength(5)
  })

  it("asks for less at once when the records are large", async () => {
    const pair = new Pair(resolveConfig())
    for (let n = 0; n < 4; n++) pair.medusa.create("product", { ...shirt(n), description: "x".repeat(100_000) }, false)
    expect(await previewBackfill(pair.medusa.ports, ["product"])).toMatchObject({ create: 4 })
    expect(pair.requests).toHaveLength(2)
  })

  it("is none when the peer does not answer", async () => {
    const pair = shop(1)
    pair.network = () => {
      throw new Error("nobody there")
    }
    await expect(previewBackfill(pair.medusa.ports)).rejects.toMatchObject({ code: "peer_unreachable" })
  })

  it("names the first hundred of those that a person has to decide about", async () => {
    const pair = shop(120)
    for (let n = 0; n < 120; n++) for (let twin = 0; twin < 2; twin++) pair.directus.create("product", shirt(n), false)
    const preview = await previewBackfill(pair.medusa.ports)
    expect(preview).toMatchObject({ stopped: 120, create: 0 })
    expect(preview?.problems).toHaveLength(100)
  })

  it("says so of a record that the peer's answer leaves out", async () => {
    const pair = shop(2)
    const { transport } = pair.medusa.ports
    const send: typeof transport.send = async (message) => {
      const reply = await transport.send(message)
      if (reply.kind !== "results" || reply.answer?.kind !== "preview") return reply
      return { ...reply, answer: { ...reply.answer, outcomes: reply.answer.outcomes.slice(0, 1) } }
    }
    Object.assign(pair.medusa.ports, { transport: { send } })
    expect(await previewBackfill(pair.medusa.ports, ["product"])).toMatchObject({
      create: 1,
      stopped: 1,
      problems: [{ entity: "product", reason: "The other side did not answer this record." }],
    })
  })

  it("says what the peer's host would refuse", async () => {
    const pair = shop(2)
    const { transaction } = pair.directus.ports
    const refusals = (_: string, documents: { title?: unknown }[]) =>
      Promise.resolve(documents.map(({ title }) => (title === "Shirt 1" ? "It has no price." : null)))
    Object.assign(pair.directus.ports, {
      transaction: ((work) =>
        transaction((tx) =>
          work({ ...tx, documents: { ...tx.documents, refusals } }),
        )) satisfies HostPorts["transaction"],
    })
    expect(await previewBackfill(pair.medusa.ports)).toMatchObject({
      create: 1,
      stopped: 1,
      problems: [{ entity: "product", reason: "It has no price." }],
    })
  })
})

describe("what a host foretells of one record", () => {
  const record = (more: Partial<WireRecord> = {}): WireRecord =>
    wireRecord({
      key: { field: "handle", value: "shirt-0" },
      fields: { title: ["Shirt 0", 1], handle: ["shirt-0", 1] },
      ...more,
    })
  const told = async (pair: Pair, ...records: WireRecord[]) =>
    (await foresee(pair.directus.ports, { records, pairs: [] }, [])).outcomes.map(({ st }) => st)

  it("a kind that is not mapped is stopped, and the others go on", async () => {
    const pair = new Pair(resolveConfig())
    const records = [record({ entity: "shoe" }), record()]
    expect((await foresee(pair.directus.ports, { records, pairs: [] }, [])).outcomes).toEqual([
      { st: "stopped", reason: "This kind is not mapped here." },
      { st: "create" },
    ])
  })

  it("is a match where it is only linked, and a change where a field is written", async () => {
    const pair = new Pair(resolveConfig())
    pair.directus.create("product", shirt(0), false)
    expect(await told(pair, record())).toEqual(["match"])
    expect(await told(pair, record({ fields: { title: ["Shirt 0", 1], subtitle: ["more", 1] } }))).toEqual(["change"])
  })

  it("is the same where it is linked and told already", async () => {
    const pair = shop(0)
    const id = pair.medusa.create("product", shirt(0))
    await pair.settle()
    expect(await told(pair, record({ id, peer: pair.peer("medusa", id), full: false, rev: 1 }))).toEqual(["same"])
  })

  it("is a match while both have announced it, or one of it asks for all", async () => {
    const pair = new Pair(resolveConfig())
    pair.directus.create("product", shirt(0))
    pair.network = () => {
      throw new Error("nobody there")
    }
    await pushOnce(pair.directus.ports)
    expect(await told(pair, record())).toEqual(["match"])
    expect(await told(pair, record({ full: false }))).toEqual(["match"])
  })

  it("of a part is a new record when its parent would be one, and stopped when that does not come", async () => {
    const pair = new Pair(resolveConfig())
    const part = record({
      entity: "variant",
      id: "v1",
      key: { field: "title", value: "S", within: "m1" },
      fields: { title: ["S", 1], product: ["m1", 1] },
    })
    expect(await told(pair, part)).toEqual(["stopped"])
    const pairs = [{ entity: "product", id: "m1", peer: null, title: null }]
    expect((await foresee(pair.directus.ports, { records: [part], pairs }, [])).outcomes).toEqual([{ st: "create" }])
  })
})
