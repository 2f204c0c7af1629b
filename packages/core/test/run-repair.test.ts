import { describe, expect, it } from "vitest"
import { emptyLink, isTombstone, tombstoneOf, type Link } from "../src/link/link.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { fingerprint } from "../src/document/fingerprint.ts"
import type { Control } from "../src/control.ts"
import { packBuckets } from "../src/link/digest.ts"
import { answerLinks, answerMissing, repairLinks, retell } from "../src/repair/run-repair.ts"
import { MemoryHost } from "../src/testing/memory-host.ts"
import type { Answer, Ask, LinkState } from "../src/wire/messages.ts"

const at = (localId: string, more: Partial<Link> = {}): Link => ({
  ...emptyLink("product", localId),
  peerId: `d-${localId}`,
  rev: 3,
  acked: 3,
  seen: 2,
  aliveRev: 1,
  fields: { title: { fp: "t", r: 2 } },
  ...more,
})
/** The peer's link of the same pair, where both agree. */
const theirs = (localId: string, more: Partial<LinkState> = {}): LinkState => ({
  entity: "product",
  id: `d-${localId}`,
  peer: localId,
  seen: 3,
  acked: 2,
  ...more,
})

interface Peer {
  links?: LinkState[]
  complete?: boolean
  missing?: string[]
  /** Questions that it does not answer. */
  mute?: Ask["kind"][]
  /** Happens here while it looks up its links. */
  meanwhile?: (host: MemoryHost) => void
}

/** Medusa with these links, and a peer that shows other ones. */
function hostOf(links: Link[], peer: Peer = {}, control: Partial<Control> = {}) {
  const asked: Ask[] = []
  const answers = (ask: Ask): Answer => {
    switch (ask.kind) {
      case "digest":
        return { kind: "digest", buckets: packBuckets([]) }
      case "links":
        peer.meanwhile?.(host)
        return { kind: "links", links: peer.links ?? [], complete: peer.complete ?? true }
      case "missing":
        return { kind: "missing", records: ask.records.filter(({ id }) => peer.missing?.includes(id)) }
      default:
        return { kind: "retell" }
    }
  }
  const host: MemoryHost = new MemoryHost({
    side: "medusa",
    config: resolveConfig(),
    epoch: "e1",
    clock: () => 1_000,
    newId: () => "id",
    transport: {
      send: ({ ask }) => {
        if (!ask) throw new Error("nothing was asked")
        asked.push(ask)
        if (peer.mute?.includes(ask.kind))
          return Promise.resolve({ kind: "refused", code: "internal", message: "no" } as const)
        return Promise.resolve({ kind: "results", results: [], epoch: "e2", answer: answers(ask) } as const)
      },
    },
  })
  host.control = { ...host.control, peerEpoch: "e2", ...control }
  for (const link of links) host.table(link.entity).links.set(link.localId, link)
  const linkOf = (id: string) => host.table("product").links.get(id)
  return { host, ports: host.ports, asked, linkOf, marked: () => [...host.table("product").marks.keys()] }
}

describe("a question of the peer's", () => {
  it("about buckets is answered with three thousand links, and whether that was all", async () => {
    const many = (count: number) => hostOf(Array.from({ length: count }, (_, n) => at(`p${String(n)}`))).ports
    const all = Array.from({ length: 1_024 }, (_, bucket) => bucket)
    for (const [count, told, complete] of [
      [3_001, 3_000, false],
      [3_000, 3_000, true],
      [1, 1, true],
    ] as const) {
      const answer = await answerLinks(many(count), all)
      expect(answer).toMatchObject({ kind: "links", complete })
      expect(answer.kind === "links" && answer.links.length).toBe(told)
    }
    expect(await answerLinks(many(1), all)).toMatchObject({
      links: [{ entity: "product", id: "p0", peer: "d-p0", seen: 2, acked: 3 }],
    })
  })

  it("about records is answered with those that have no link here, be it one that waits", async () => {
    const { ports } = hostOf([at("p1"), at("p2", { peerId: null, announced: "handle=x" })])
    const records = ["p1", "p2", "p3"].map((id) => ({ entity: "product", id }))
    expect(await answerMissing(ports, [...records, { entity: "shoe", id: "s1" }])).toEqual({
      kind: "missing",
      records: [{ entity: "product", id: "p3" }],
    })
  })

  it("to tell records again tells the pairs of those, above what it has seen, and no other", async () => {
    const others = [at("p2", { peerId: null }), at("p3", { state: "unlinked" }), at("p4")]
    const { ports, linkOf, marked } = hostOf([at("p1"), ...others])
    const records = ["p1", "p2", "p3"].map((id) => ({ entity: "product", id, seen: 7 }))
    expect(await retell(ports, [...records, { entity: "shoe", id: "s1", seen: 1 }])).toEqual({ kind: "retell" })
    expect(linkOf("p1")).toMatchObject({ rev: 8, aliveRev: 8, acked: 3, fields: { title: { r: 8, e: 2 } } })
    expect(others.map(({ localId }) => linkOf(localId))).toEqual(others)
    expect(marked()).toEqual(["p1"])
  })
})

describe("a comparison", () => {
  it("asks what it needs and says how much that was", async () => {
    const agreed = hostOf([at("p1")], { links: [theirs("p1")] })
    expect(await repairLinks(agreed.ports)).toEqual({ requests: 2, differing: 1, repaired: 0 })
    expect(agreed.asked.map(({ kind }) => kind)).toEqual(["digest", "links"])
    expect(agreed.linkOf("p1")).toEqual(at("p1"))
    expect(await repairLinks(hostOf([]).ports)).toEqual({ requests: 1, differing: 0, repaired: 0 })
  })

  it("tells again what the peer has lost, and the journal says so", async () => {
    const lost = hostOf([at("p1"), at("p2")], { links: [theirs("p1", { seen: 1 }), theirs("p2")] })
    expect(await repairLinks(lost.ports)).toMatchObject({ repaired: 1 })
    expect(lost.linkOf("p1")).toMatchObject({ rev: 4, acked: 1 })
    expect(lost.linkOf("p2")).toEqual(at("p2"))
    expect(lost.marked()).toEqual(["p1"])
    expect(lost.host.journal).toEqual([
      {
        at: "1970-01-01T00:00:01.000Z",
        entity: "product",
        localId: "p1",
        direction: "out",
        event: "repair",
        fields: [],
        reason: expect.any(String) as string,
        syncId: "id",
      },
    ])
  })

  it("asks for what this side has lost: the peer has seen more than was ever given out", async () => {
    const { ports, asked } = hostOf([at("p1")], { links: [theirs("p1", { seen: 9 })] })
    expect(await repairLinks(ports)).toMatchObject({ requests: 3 })
    expect(asked.at(-1)).toEqual({ kind: "retell", records: [{ entity: "product", id: "d-p1", seen: 2 }] })
    // What was given out since it was read is no loss.
    const meanwhile = (host: MemoryHost): void => {
      host.table("product").links.set("p1", at("p1", { rev: 9 }))
    }
    const moved = hostOf([at("p1")], { links: [theirs("p1", { seen: 9 })], meanwhile })
    expect(await repairLinks(moved.ports)).toMatchObject({ requests: 2, repaired: 1 })
    expect(moved.linkOf("p1")).toEqual(at("p1", { rev: 9, acked: 9 }))
    expect(moved.marked()).toEqual([])
  })

  it("leaves a link alone that has moved on since it was read", async () => {
    for (const change of [{ acked: 2 }, { seen: 5 }, { peerId: "d-other" }]) {
      const meanwhile = (host: MemoryHost): void => {
        host.table("product").links.set("p1", at("p1", change))
      }
      const { ports, linkOf } = hostOf([at("p1")], { links: [theirs("p1", { seen: 1 })], meanwhile })
      expect(await repairLinks(ports)).toMatchObject({ repaired: 0 })
      expect(linkOf("p1")).toEqual(at("p1", change))
    }
  })

  it("forgets a pair only when the peer says that it has none, and has shown all", async () => {
    const forgotten = hostOf([at("p1")], { missing: ["d-p1"] })
    expect(await repairLinks(forgotten.ports)).toMatchObject({ requests: 3, repaired: 1 })
    expect(forgotten.asked.at(-1)).toEqual({ kind: "missing", records: [{ entity: "product", id: "d-p1" }] })
    expect(forgotten.linkOf("p1")).toMatchObject({ peerId: null })
    const waiting = hostOf([at("p1")])
    expect(await repairLinks(waiting.ports)).toMatchObject({ requests: 3, repaired: 0 })
    expect(waiting.linkOf("p1")).toEqual(at("p1"))
    const cut = hostOf([at("p1")], { complete: false, missing: ["d-p1"] })
    expect(await repairLinks(cut.ports)).toMatchObject({ requests: 2, repaired: 0 })
  })

  it("82: wakes what waited for a record, when it finds that the peer has that record under its new pair", async () => {
    const renewed = { title: { fp: "t", r: 3, e: 0 } }
    for (const [acked, seen, woken] of [
      [0, 3, ["v1"]],
      [2, 3, []],
    ] as const) {
      const waiting: Link = {
        ...emptyLink("variant", "v1"),
        heldBack: true,
        reason: "need_parent: product refers to p1",
        fields: { product: { fp: fingerprint("p1"), r: 1 } },
      }
      const links = [at("p1", { acked, fields: renewed, aliveRev: 0 }), waiting]
      const { host, ports } = hostOf(links, { links: [theirs("p1", { seen })] })
      host.table("variant").rows.set("v1", { product: "p1" })
      await repairLinks(ports)
      expect([...host.table("variant").marks.keys()]).toEqual(woken)
    }
  })

  it("does not ask after a restore, when nothing is under way", async () => {
    const { ports, asked, linkOf } = hostOf([at("p1")], {}, { repair: "peer_restored" })
    expect(await repairLinks(ports)).toMatchObject({ requests: 2, repaired: 1 })
    expect(asked.map(({ kind }) => kind)).toEqual(["digest", "links"])
    expect(linkOf("p1")).toMatchObject({ peerId: null })
  })

  it.each(["digest", "links", "missing", "retell"] as const)("ends when the peer does not answer %s", async (kind) => {
    const links = kind === "retell" ? [theirs("p1", { seen: 9 })] : []
    const { ports, linkOf } = hostOf([at("p1")], { links, mute: [kind] })
    expect(await repairLinks(ports)).toBeNull()
    expect(linkOf("p1")).toEqual(at("p1"))
  })
})

describe("after a restore", () => {
  it("what refers to a record without a pair is told again: it may have had one", async () => {
    const category: Link = { ...emptyLink("category", "c1"), announced: "handle=shirts" }
    const gone: Link = { ...emptyLink("category", "c2"), standing: "gone" }
    const fields = { title: { fp: "t", r: 2 }, "categories#c1": { fp: "c", r: 3 }, "categories#c2": { fp: "c", r: 3 } }
    for (const repair of [null, "restored", "peer_restored", "both_restored"] as const) {
      const links = [category, gone, at("p1", { fields })]
      const { ports, linkOf, marked } = hostOf(links, { links: [theirs("p1")] }, { repair })
      await repairLinks(ports)
      const told = Object.entries(linkOf("p1")?.fields ?? {}).filter(([, { r }]) => r > 3)
      const all = repair === "both_restored" ? Object.keys(fields) : ["categories#c1"]
      expect(told.map(([name]) => name)).toEqual(repair === null ? [] : all)
      expect(marked()).toEqual(repair === null ? [] : ["p1"])
    }
  })

  const links = [at("p1", { awaiting: "d-9" }), at("p2"), tombstoneOf("product", "d-8", 4)]
  const after = async (repair: Control["repair"]) => {
    const { host, ports, linkOf } = hostOf(links, { links: [theirs("p1"), theirs("p2")] }, { repair, past: ["e0"] })
    await repairLinks(ports)
    const hasTombstone = [...host.table("product").links.keys()].some(isTombstone)
    return { hasTombstone, awaiting: linkOf("p1")?.awaiting, rev: linkOf("p2")?.rev, acked: linkOf("p2")?.acked }
  }

  it("nothing that was promised counts any more, and of the peer's no record of what never was here", async () => {
    expect(await after(null)).toEqual({ hasTombstone: true, awaiting: "d-9", rev: 3, acked: 3 })
    expect(await after("peer_restored")).toEqual({ hasTombstone: false, awaiting: null, rev: 3, acked: 3 })
  })

  it("of this side's database what it gives out is above all that it has given out before", async () => {
    expect(await after("restored")).toMatchObject({ hasTombstone: true, awaiting: null })
    expect((await after("restored")).rev).toBeGreaterThan(1_000_000)
    const both = await after("both_restored")
    expect(both).toMatchObject({ hasTombstone: false, awaiting: null })
    expect(both.rev).toBeGreaterThan(1_000_000)
  })
})
