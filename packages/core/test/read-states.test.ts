import { describe, expect, it } from "vitest"
import type { Side } from "../src/document/value.ts"
import { inquire, sayHello } from "../src/send/ask-peer.ts"
import { pauseByPerson } from "../src/guard/pause.ts"
import { tellAlerts } from "../src/health/alerts.ts"
import { readHealth } from "../src/health/health.ts"
import { discardRecord, retryRecord } from "../src/inbox/quarantine.ts"
import { readPeerInbox, readPeerOverview, readStates, type RecordState } from "../src/inbox/read-states.ts"
import { resolveConflict, tellResolved } from "../src/inbox/resolve-conflict.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import type { Reply } from "../src/ports.ts"
import { LIMITS, messageSchema, replySchema } from "../src/wire/messages.ts"
import { makeEndpoint } from "../src/run/endpoint.ts"
import { Pair, SECRET } from "./pair.ts"

const SHIRT = { title: "Shirt", handle: "shirt" }

async function withShirt() {
  const pair = new Pair(resolveConfig())
  const shirt = pair.medusa.create("product", SHIRT)
  const size = pair.medusa.create("variant", { title: "S", product: shirt, sku: "s-1" })
  await pair.settle()
  const ids = { medusa: shirt, directus: pair.peer("medusa", shirt) }
  const sizes = { medusa: size, directus: pair.medusa.table("variant").links.get(size)?.peerId ?? "" }
  const of = async (side: Side): Promise<RecordState> => {
    const state = (await readStates(pair.host(side).ports, "product", [ids[side]])).get(ids[side])
    if (!state) throw new Error("no state")
    return state
  }
  const both = async () => [(await of("medusa")).state, (await of("directus")).state]
  return { pair, ids, sizes, of, both }
}

/** The peer's answer is taken, and what it says is another one. */
function answering(pair: Pair, side: Side, reply: (real: Reply) => Reply): void {
  const { ports } = pair.host(side)
  const { transport } = ports
  Object.assign(ports, { transport: { send: async (message: never) => reply(await transport.send(message)) } })
}

const OLDER: Reply = {
  kind: "refused",
  code: "invalid_message",
  message: "The message is not valid at ask: invalid_union.",
}

/** A person leaves it alone. */
async function stopAndLeave(pair: Pair, localId: string): Promise<void> {
  const { links } = pair.medusa.table("product")
  const link = links.get(localId)
  if (!link) throw new Error("no link")
  links.set(localId, { ...link, state: "quarantined" })
  await discardRecord(pair.medusa.ports, { entity: "product", localId })
}

async function withConflict() {
  const given = await withShirt()
  const { pair, ids } = given
  pair.medusa.edit("product", ids.medusa, { title: "Shop's" })
  pair.directus.edit("product", ids.directus, { title: "Editor's" })
  await pair.settle()
  return given
}

describe("how a record is on both sides", () => {
  it("is in sync when both sides say so", async () => {
    const { both } = await withShirt()
    expect(await both()).toEqual(["synced", "synced"])
  })

  it("a conflict is shown on both sides, whichever inbox holds it, and tells whose text lost", async () => {
    const { pair, both, of } = await withConflict()
    expect(await both()).toEqual(["conflict", "conflict"])
    const open = [...pair.medusa.conflicts.values(), ...pair.directus.conflicts.values()]
    expect(open).toHaveLength(1)
    const keeper: Side = pair.medusa.conflicts.size === 1 ? "medusa" : "directus"
    const told = await of(keeper === "medusa" ? "directus" : "medusa")
    const lost = open[0]?.losingSide === keeper ? [] : ["title"]
    expect(told).toMatchObject({ cause: "peer", openConflicts: 0, peer: { state: "conflict", openConflicts: 1, lost } })
    await resolveConflict(pair.host(keeper).ports, open[0]?.id ?? "", { kind: "keep" })
    await tellResolved(pair.host(keeper).ports)
    await pair.settle()
    expect(await both()).toEqual(["synced", "synced"])
  })

  it("a variant of a product that was left alone is so too, and is taken up and told with it", async () => {
    const { pair, ids, sizes } = await withShirt()
    await stopAndLeave(pair, ids.medusa)
    pair.medusa.edit("variant", sizes.medusa, { title: "Small" })
    await pair.settle()
    const of = async (side: Side) =>
      (await readStates(pair.host(side).ports, "variant", [sizes[side]])).get(sizes[side])
    expect(await of("medusa")).toMatchObject({ state: "left_alone", cause: "record" })
    expect(await of("directus")).toMatchObject({ state: "left_alone", cause: "peer" })
    const whole = (await readStates(pair.medusa.ports, "product", [ids.medusa])).get(ids.medusa)
    expect(whole).toMatchObject({ state: "left_alone", parts: { left_alone: 1 } })
    await retryRecord(pair.medusa.ports, { entity: "variant", localId: sizes.medusa })
    await pair.settle()
    expect(pair.directus.table("variant").rows.get(sizes.directus)?.["title"]).toBe("Small")
    // Each side has told all that it has.
    const lost = [...pair.medusa.conflicts.values(), ...pair.directus.conflicts.values()].map((c) => c.losingValue)
    expect(lost).toEqual(["S"])
    expect([(await of("medusa"))?.state, (await of("directus"))?.state]).toEqual(["conflict", "conflict"])
  })

  it("a stopped variant is its product's state, on both sides", async () => {
    const { pair, sizes, both, of } = await withShirt()
    const links = pair.directus.table("variant").links
    const link = links.get(sizes.directus)
    if (!link) throw new Error("no link")
    links.set(sizes.directus, { ...link, state: "quarantined", reason: "rejected_by_host: prices" })
    expect(await both()).toEqual(["stopped", "stopped"])
    expect(await of("directus")).toMatchObject({ cause: "part", parts: { stopped: 1 } })
    expect(await of("medusa")).toMatchObject({
      cause: "peer_part",
      parts: { synced: 1 },
      peer: { parts: { stopped: 1 } },
    })
    links.set(sizes.directus, { ...link, state: "unlinked" })
    expect(await both()).toEqual(["partly", "partly"])
    links.set(sizes.directus, { ...link, standing: "gone" })
    expect(await of("directus")).toMatchObject({ state: "synced", parts: {} })
  })

  it("a part of a product that the peer deleted and this side kept is shown as archived, as that is", async () => {
    const { pair, ids, sizes, of } = await withShirt()
    pair.directus.remove("product", ids.directus)
    await pair.settle()
    const size = async () =>
      (await readStates(pair.medusa.ports, "variant", [sizes.medusa])).get(sizes.medusa)?.state ?? "none"
    expect([(await of("medusa")).state, await size()]).toEqual(["archived", "archived"])
    pair.medusa.edit("variant", sizes.medusa, { title: "Small" })
    await pair.settle()
    expect([(await of("medusa")).state, await size()]).toEqual(["archived", "archived"])
  })

  it("a pause of one side is told on the other, with who and since when, and a change that waits there", async () => {
    const { pair, ids, both, of } = await withShirt()
    await pauseByPerson(pair.medusa.ports, { by: "Edith" })
    expect(await both()).toEqual(["paused", "paused"])
    const since = new Date(pair.now).toISOString()
    expect(await of("directus")).toMatchObject({
      cause: "peer_pause",
      pauses: { here: null, peer: { code: "by_person", since, by: "Edith" } },
    })
    expect(await of("medusa")).toMatchObject({ cause: "pause", pauses: { here: { by: "Edith" }, peer: null } })
    pair.medusa.edit("product", ids.medusa, { title: "Later" })
    expect(await both()).toEqual(["waiting", "waiting"])
    expect((await of("directus")).cause).toBe("peer")
  })

  it("a peer that does not answer, or not in time, leaves it unconfirmed", async () => {
    const { pair, ids, of } = await withShirt()
    pair.network = () => {
      throw new Error("nobody there")
    }
    expect(await of("medusa")).toMatchObject({ state: "unconfirmed", cause: "peer_silent", peer: "silent" })
    const { ports } = pair.directus
    const never = new Promise<Reply>(() => undefined)
    const timers = { now: () => 0, after: (_: number, work: () => void) => (work(), () => undefined) }
    Object.assign(ports, { transport: { send: () => never }, timers })
    expect((await readStates(ports, "product", [ids.directus])).get(ids.directus)?.state).toBe("unconfirmed")
  })

  it("a peer that is too old to tell is believed as before, and nobody is paused for asking", async () => {
    const { pair, of } = await withShirt()
    answering(pair, "medusa", () => OLDER)
    expect(await of("medusa")).toMatchObject({ state: "synced", peer: "untold" })
    expect(await readPeerInbox(pair.medusa.ports, 10)).toBeNull()
    expect((await readHealth(pair.medusa.ports, null)).details?.peer).toBeNull()
    expect(pair.medusa.control).toMatchObject({ paused: null, breaker: { failures: 0 } })
  })

  it("a question that the peer does not know is refused by itself, over real signatures, and pauses nobody", async () => {
    const { pair } = await withShirt()
    expect(await inquire(pair.medusa.ports, { kind: "of a later version" } as never)).toEqual({ kind: "older" })
    expect(pair.requests.at(-1)?.status).toBe(400)
    expect([pair.medusa.control.paused, pair.directus.control.paused]).toEqual([null, null])
  })

  it("a state that only a later version has a name for is no sync", async () => {
    const { pair, of } = await withShirt()
    answering(pair, "medusa", (real) => {
      if (real.kind === "results" && real.answer?.kind === "states")
        for (const record of real.answer.records) Object.assign(record, { state: "dreaming", parts: { dreaming: 2 } })
      return real
    })
    expect(await of("medusa")).toMatchObject({
      state: "unconfirmed",
      cause: "peer",
      peer: { parts: { unconfirmed: 2 } },
    })
  })

  it("nobody is asked about what has no peer, and who looks leaves nothing behind", async () => {
    const { pair, ids } = await withShirt()
    const asked = pair.requests.length
    expect((await readStates(pair.medusa.ports, "product", ["new"])).get("new")).toMatchObject({
      ...{ state: "unknown", peer: "untold" },
    })
    expect(pair.requests).toHaveLength(asked)
    const control = structuredClone(pair.medusa.control)
    let tried = 0
    pair.network = () => {
      tried += 1
      throw new Error("nobody there")
    }
    for (let n = 0; n < 9; n++) await readStates(pair.medusa.ports, "product", [ids.medusa])
    expect(pair.medusa.control).toEqual(control)
    expect(tried).toBe(9)
  })

  it("an answer closes the breaker, as that of any message", async () => {
    const { pair, of } = await withShirt()
    await pair.medusa.ports.updateControl({ breaker: { failures: 6, openUntil: null } })
    expect((await of("medusa")).state).toBe("synced")
    expect(pair.medusa.control.breaker).toEqual({ failures: 0, openUntil: null })
  })

  it("a whole list costs one request", async () => {
    const { pair, ids } = await withShirt()
    const trousers = pair.medusa.create("product", { title: "Trousers", handle: "trousers" })
    await pair.settle()
    const asked = pair.requests.length
    const states = await readStates(pair.medusa.ports, "product", [ids.medusa, trousers, trousers, "new"])
    expect([...states].map(([id, { state }]) => [id, state])).toEqual([
      [ids.medusa, "synced"],
      [trousers, "synced"],
      ["new", "unknown"],
    ])
    expect(pair.requests.length - asked).toBe(1)
  })
})

describe("what waits at the peer", () => {
  it("is counted for both sides' overviews, once in a few seconds", async () => {
    const { pair } = await withConflict()
    const keeper: Side = pair.medusa.conflicts.size === 1 ? "medusa" : "directus"
    const { ports } = pair.host(keeper === "medusa" ? "directus" : "medusa")
    const asked = pair.requests.length
    expect(await readPeerOverview(ports)).toEqual({ pause: null, conflicts: 1, stopped: 0 })
    expect((await readHealth(ports, null)).problems.map(({ code }) => code)).toContain("open_conflicts")
    expect(pair.requests.length - asked).toBe(1)
  })

  it("is not said to be over while the peer does not answer, and is once it says so", async () => {
    const { pair } = await withConflict()
    const keeper: Side = pair.medusa.conflicts.size === 1 ? "medusa" : "directus"
    const other = pair.host(keeper === "medusa" ? "directus" : "medusa")
    const time = { now: 0 }
    Object.assign(other.ports, { timers: { now: () => time.now, after: () => () => undefined } })
    const told = async () => {
      time.now += 60_000
      await tellAlerts(other.ports)
      return other.alerts.flatMap(({ kind, code }) => (code === "open_conflicts" ? [kind] : []))
    }
    expect(await told()).toEqual(["raised"])
    pair.network = () => {
      throw new Error("nobody there")
    }
    expect(await told()).toEqual(["raised"])
    pair.network = () => undefined
    const [conflict] = pair.host(keeper).conflicts.values()
    await resolveConflict(pair.host(keeper).ports, conflict?.id ?? "", { kind: "keep" })
    expect(await told()).toEqual(["raised", "cleared"])
  })

  it("is asked without waking the peer's sender", async () => {
    const { pair, ids } = await withShirt()
    let woken = 0
    pair.endpoints.directus = makeEndpoint(pair.directus.ports, [SECRET], () => (woken += 1))
    await readStates(pair.medusa.ports, "product", [ids.medusa])
    await readPeerInbox(pair.medusa.ports, 1)
    expect(woken).toBe(0)
    await sayHello(pair.medusa.ports)
    expect(woken).toBe(1)
  })

  it("is shown in the inbox with the beginning of what lost, until it is decided", async () => {
    const { pair, ids } = await withShirt()
    const long = "x".repeat(LIMITS.excerpt + 1)
    pair.medusa.edit("product", ids.medusa, { title: long })
    pair.directus.edit("product", ids.directus, { title: `${long}y` })
    await pair.settle()
    const keeper: Side = pair.medusa.conflicts.size === 1 ? "medusa" : "directus"
    const other: Side = keeper === "medusa" ? "directus" : "medusa"
    const [kept] = pair.host(keeper).conflicts.values()
    const inbox = await readPeerInbox(pair.host(other).ports, 10)
    expect(inbox?.total).toBe(1)
    expect(inbox?.conflicts).toEqual([
      {
        id: kept?.id,
        entity: "product",
        peer: ids[other],
        local: ids[keeper],
        field: "title",
        type: "concurrent",
        loser: kept?.losingSide,
        at: kept?.at,
        title: expect.stringMatching(/^x{499}…$/) as string,
        part_of: null,
        value: expect.stringMatching(/^x{499}…$/) as string,
      },
    ])
    const { ports } = pair.host(other)
    if (kept) await ports.transaction((tx) => tx.conflicts.add([{ ...kept, localId: ids[other] }]))
    expect((await readPeerInbox(ports, 10))?.conflicts).toEqual([])
  })

  it("is told within the bounds of a message", async () => {
    const { pair } = await withShirt()
    await readStates(pair.medusa.ports, "product", ["new"])
    const message = { ...pair.messages[0], ask: { kind: "states", records: [] } }
    const records = Array.from({ length: 501 }, (_, i) => ({ entity: "product", id: String(i) }))
    expect(messageSchema.safeParse(message).success).toBe(true)
    expect(messageSchema.safeParse({ ...message, ask: { kind: "states", records } }).success).toBe(false)
    expect(messageSchema.safeParse({ ...message, ask: { kind: "inbox", limit: 51 } }).success).toBe(false)
    const reply = (answer: object) => ({ v: 1, epoch: message.epoch, results: [], answer })
    const states = { kind: "states", pause: null, records: [] }
    expect(replySchema.safeParse(reply(states)).success).toBe(true)
    const totals = { conflicts: -1, stopped: 0 }
    expect(replySchema.safeParse(reply({ ...states, totals })).success).toBe(false)
  })
})
