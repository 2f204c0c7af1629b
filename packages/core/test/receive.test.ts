import { describe, expect, it } from "vitest"
import { fingerprint } from "../src/document/fingerprint.ts"
import { SyncError } from "../src/errors.ts"
import { pushOnce } from "../src/run/run-push.ts"
import { emptyLink, type Link } from "../src/link/link.ts"
import type { HostPorts } from "../src/ports.ts"
import { record, receiver } from "./receiver.ts"

const told = (fields: Record<string, string>) =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, { fp: fingerprint(value), r: 1 }]))

/** The first so many transactions fail. */
function failing(ports: HostPorts, times: number, error: unknown): () => number {
  const { transaction } = ports
  let tried = 0
  const broken: HostPorts["transaction"] = (work) =>
    tried++ < times ? Promise.reject(error as Error) : transaction(work)
  Object.assign(ports, { transaction: broken })
  return () => tried
}

describe("a record of a message", () => {
  it("is made together with the others, each under its own id, and the journal says from which message", async () => {
    const { ask, directus, link } = receiver()
    let begun = 0
    const { transaction } = directus.ports
    const counting: typeof transaction = (work) => {
      begun += 1
      return transaction(work)
    }
    Object.assign(directus.ports, { transaction: counting })
    const hat = record({ id: "m2", key: { field: "handle", value: "hat" }, fields: { handle: ["hat", 1] } })
    expect(await ask({ id: "message-1" }, [record(), hat])).toMatchObject({
      results: [
        { st: "created", peer: "d1" },
        { st: "created", peer: "d2" },
      ],
    })
    expect(begun).toBe(1)
    expect([link("d1")?.peerId, link("d2")?.peerId]).toEqual(["m1", "m2"])
    expect(directus.journal).toMatchObject(
      ["d1", "d2"].map((localId) => ({ localId, direction: "in", event: "created", syncId: "message-1" })),
    )
  })

  it("of a kind that is not mapped, or with a rev above its own, fails alone (I8)", async () => {
    const { results } = receiver()
    expect(await results(record({ entity: "shoe" }), record({ id: "m2", rev: 0 }), record({ id: "m3" }))).toMatchObject(
      [
        { st: "failed", code: "invalid_message", reason: "This kind is not mapped here." },
        { st: "failed", code: "invalid_message", reason: "A field's rev is higher than its record's." },
        { st: "created" },
      ],
    )
  })

  it("starts again when another transaction came between, three times", async () => {
    const busy = new SyncError("concurrent_write", "busy", { retryable: true })
    for (const [times, st] of [
      [3, "created"],
      [4, "failed"],
    ] as const) {
      const { results, directus } = receiver()
      failing(directus.ports, times, busy)
      expect(await results(record())).toMatchObject([{ st }])
    }
    const { results, directus } = receiver()
    failing(directus.ports, 4, busy)
    expect(await results(record())).toMatchObject([
      { code: "concurrent_write", reason: "The record was busy.", peer: null },
    ])
  })

  it("looks again after a unique violation, and not after what the host refuses", async () => {
    const twice = receiver()
    failing(twice.directus.ports, 1, new SyncError("not_unique", "taken"))
    expect(await twice.results(record())).toMatchObject([{ st: "created" }])
    const no = receiver()
    const tried = failing(no.directus.ports, 1, new SyncError("rejected_by_host", "It has no price."))
    expect(await no.results(record())).toMatchObject([
      { st: "failed", code: "rejected_by_host", reason: "It has no price." },
    ])
    expect(tried()).toBe(2)
    expect(no.lines).toEqual([])
  })

  it("that fails for a reason of this host's own tells no value, and its log says where", async () => {
    const { results, directus, lines } = receiver()
    failing(directus.ports, 4, new Error("canary"))
    expect(await results(record())).toMatchObject([
      { st: "failed", code: "internal", reason: "The record could not be applied; the reason is in the log." },
    ])
    expect(lines).toEqual([expect.stringMatching(/^Applying product m1 failed: Error /)])
    expect(lines.join()).not.toContain("canary")
  })

  it("that fails still names the pair, if there is one and the database can tell", async () => {
    const { results, directus } = receiver()
    await results(record())
    const no = new SyncError("rejected_by_host", "no")
    const change = record({ full: false, rev: 2, fields: { title: ["x", 2] } })
    failing(directus.ports, 1, no)
    expect(await results(change)).toMatchObject([{ st: "failed", peer: "d1" }])
    failing(directus.ports, 2, no)
    expect(await results(change)).toMatchObject([{ st: "failed", peer: null }])
  })

  it("that was matched shows the peer's id, once; one that is made has it from the start", async () => {
    const { results, directus } = receiver()
    const { transaction } = directus.ports
    const shown: unknown[] = []
    const showPeer = (entity: string, pairs: object[]) =>
      Promise.resolve(void shown.push(...pairs.map((pair) => ({ entity, ...pair }))))
    const watching: typeof transaction = (work) =>
      transaction((tx) => work({ ...tx, documents: { ...tx.documents, showPeer } }))
    Object.assign(directus.ports, { transaction: watching })
    const id = directus.create("product", { title: "x", handle: "shirt" }, false)
    const hat = record({ id: "m2", key: { field: "handle", value: "hat" }, fields: { handle: ["hat", 1] } })
    await results(record(), hat)
    await results(record({ rev: 2, peer: id, full: false, fields: { title: ["again", 2] } }))
    expect(shown).toEqual([{ entity: "product", localId: id, peerId: "m1" }])
  })

  it("that is not known here in full is asked for", async () => {
    const { results } = receiver()
    expect(await results(record({ full: false }))).toEqual([{ st: "need_full", ack: 0, peer: null, rev: 0 }])
  })

  it("that a filter of the host hides as soon as it is made is refused, and nothing of it is kept", async () => {
    const { results, directus } = receiver()
    const { transaction } = directus.ports
    const hides: HostPorts["transaction"] = (work) =>
      transaction((tx) =>
        work({
          ...tx,
          documents: {
            ...tx.documents,
            read: async (entity, ids) =>
              new Map(
                [...(await tx.documents.read(entity, ids))].map(([id]) => [id, { present: false, fields: null }]),
              ),
          },
        }),
      )
    Object.assign(directus.ports, { transaction: hides })
    const [result] = await results(record())
    expect(result).toMatchObject({ st: "failed", code: "rejected_by_host" })
    expect(result?.reason).toMatch(/^A filter in Directus leaves it out as soon as it is made/)
    expect(directus.table("product").rows.size).toBe(0)
    expect(directus.table("product").links.size).toBe(0)
  })

  it("that could be several is stopped with all of them named, and so are records that could be one", async () => {
    const { results, directus } = receiver()
    for (let i = 0; i < 2; i++) directus.create("product", { title: "x", handle: "shirt" }, false)
    directus.create("product", { title: "y", handle: "hat" }, false)
    const hat = { key: { field: "handle", value: "hat" } }
    expect(await results(record(), record({ ...hat, id: "m2" }), record({ ...hat, id: "m3" }))).toMatchObject([
      {
        st: "quarantined",
        code: "ambiguous_match",
        reason: "More than one record here could be the same: d1, d2. Change the key of all but one, then retry.",
      },
      {
        st: "quarantined",
        reason: "m2, m3 have the key of d3 in directus. Change the key of all but one, then retry.",
      },
      {
        st: "quarantined",
        reason: "m2, m3 have the key of d3 in directus. Change the key of all but one, then retry.",
      },
    ])
  })

  it("that comes back over its tombstone leaves no tombstone; of another one nothing is removed", async () => {
    const { results, directus } = receiver()
    const { links } = directus.table("product")
    await results(record({ alive: false, alive_rev: 2, rev: 2, fields: {} }))
    expect([...links.values()]).toMatchObject([{ peerId: "m1", standing: "gone" }])
    const removed: string[] = []
    const { transaction } = directus.ports
    const watching: typeof transaction = (work) =>
      transaction((tx) =>
        work({
          ...tx,
          links: { ...tx.links, remove: (entity, ids) => (removed.push(...ids), tx.links.remove(entity, ids)) },
        }),
      )
    Object.assign(directus.ports, { transaction: watching })
    const [tombstone] = links.keys()
    await results(record({ alive_rev: 3, rev: 3, fields: { title: ["Shirt", 3] } }))
    expect([...links.keys()]).toEqual(["d1"])
    await results(record({ peer: "d1", full: false, rev: 4, fields: { title: ["Hemd", 4] } }))
    expect(removed).toEqual([tombstone])
  })

  it("that the peer brought back, which we never missed, has its parts told anew: the peer may lack them", async () => {
    const { results, directus } = receiver()
    const [products, variants] = [directus.table("product"), directus.table("variant")]
    products.rows.set("d1", { title: "Shirt" })
    variants.rows.set("d2", { title: "S", product: "d1" })
    const known = { rev: 3, acked: 3, seen: 4, aliveRev: 1 }
    products.links.set("d1", {
      ...emptyLink("product", "d1"),
      ...known,
      peerId: "m1",
      fields: told({ title: "Shirt" }),
    })
    products.byPeer.set("m1", "d1")
    const part = {
      ...emptyLink("variant", "d2"),
      ...known,
      peerId: "m2",
      parentId: "d1",
      fields: told({ title: "S", product: "d1" }),
    }
    variants.links.set("d2", part)
    const edit = { peer: "d1", full: false, key: null, seen: 3 }
    await results(record({ ...edit, rev: 5, fields: { title: ["Hemd", 5] } }))
    expect(variants.marks.size).toBe(0)
    variants.links.set("d3", { ...emptyLink("variant", "d3"), heldBack: true, fields: told({ product: "d1" }) })
    await results(record({ ...edit, rev: 5, seen: 3, fields: {} }))
    expect(variants.marks.size).toBe(0)
    await results(record({ ...edit, rev: 6, alive_rev: 6, fields: {} }))
    expect([...variants.marks.keys()]).toEqual(["d2", "d3"])
    expect(variants.links.get("d2")).toMatchObject({ rev: 4, aliveRev: 4 })
  })

  it("that is a new part of a record which somebody here brought back is told with it, and no other part", async () => {
    const { results, directus } = receiver()
    const [products, variants] = [directus.table("product"), directus.table("variant")]
    products.rows.set("d1", { title: "Shirt" })
    variants.rows.set("d2", { title: "S", product: "d1" })
    const fields = told({ title: "Shirt" })
    const back = { peerId: "m1", rev: 5, acked: 3, seen: 4, aliveRev: 5, fields }
    products.links.set("d1", { ...emptyLink("product", "d1"), ...back })
    products.byPeer.set("m1", "d1")
    const known = { peerId: "m2", parentId: "d1", rev: 3, acked: 3, seen: 4, aliveRev: 1 }
    const part = { ...emptyLink("variant", "d2"), ...known, fields: told({ title: "S", product: "d1" }) }
    variants.links.set("d2", part)
    variants.byPeer.set("m2", "d2")
    const key = { field: "title", value: "M", within: "m1" }
    await results(
      record({ entity: "variant", id: "m3", key, fields: { title: ["M", 1], product: ["m1", 1] } }),
      record({ entity: "variant", id: "m2", peer: "d2", full: false, key: null, rev: 5, fields: { title: ["XS", 5] } }),
    )
    const made = [...variants.links.values()].find(({ peerId }) => peerId === "m3")
    expect(made).toMatchObject({ rev: 1, aliveRev: 1, acked: 0 })
    expect(variants.links.get("d2")).toMatchObject({ rev: 3, aliveRev: 1 })
    expect([...variants.marks.keys()]).toEqual([made?.localId])
  })

  it("that is stale, or about one that is left alone, still tells what its author has seen", async () => {
    const { results, directus, link } = receiver()
    const { links, byPeer, rows } = directus.table("product")
    for (const [id, peerId, state] of [
      ["d1", "m1", "active"],
      ["d2", "m2", "unlinked"],
    ] as const) {
      rows.set(id, { title: "Shirt" })
      const fields = told({ title: "Shirt" })
      links.set(id, { ...emptyLink("product", id), peerId, state, rev: 3, acked: 1, seen: 5, aliveRev: 1, fields })
      byPeer.set(peerId, id)
    }
    const sent = { full: false, key: null, rev: 5, seen: 3, fields: {} }
    expect(
      await results(record({ ...sent, peer: "d1" }), record({ ...sent, id: "m2", peer: "d2", rev: 6 })),
    ).toMatchObject([
      { st: "stale", ack: 5 },
      { st: "ok", ack: 6 },
    ])
    expect([link("d1")?.acked, link("d2")?.acked, link("d2")?.seen]).toEqual([3, 3, 6])
  })

  it("whose pair another transaction has just changed is looked at again, and then tried later", async () => {
    const { results, directus } = receiver()
    const { links } = directus.table("product")
    const now: Link = { ...emptyLink("product", "d1"), peerId: "m9", rev: 1 }
    links.set("d1", now)
    directus.table("product").rows.set("d1", { title: "Shirt", handle: "shirt" })
    const { transaction } = directus.ports
    let looks = 0
    const stale: typeof transaction = (work) =>
      transaction((tx) => {
        looks++
        return work({ ...tx, links: { ...tx.links, findByPeer: () => Promise.resolve([{ ...now, peerId: "m1" }]) } })
      })
    Object.assign(directus.ports, { transaction: stale })
    expect(await results(record())).toMatchObject([
      { st: "failed", code: "concurrent_write", reason: "The record was busy." },
    ])
    expect(looks).toBe(5)
    expect(links.get("d1")).toEqual(now)
  })

  it("that went with its parent waits for that one, and its end does not", async () => {
    const { results, directus } = receiver()
    const { links, byPeer } = directus.table("variant")
    const fields = { title: { fp: "x", r: 0 } }
    const part = { peerId: "m1", parentId: "d8", rev: 1, acked: 1, fields, snapshot: { title: "S" } }
    links.set("d1", { ...emptyLink("variant", "d1"), ...part, standing: "along" })
    byPeer.set("m1", "d1")
    const sent = { entity: "variant", peer: "d1", full: false, key: null, rev: 2, seen: 1 }
    expect(await results(record({ ...sent, fields: { title: ["M", 2] } }))).toEqual([
      { st: "need_parent", ack: 0, peer: null, rev: 0, code: "product" },
    ])
    expect(await results(record({ ...sent, alive: false, alive_rev: 2, fields: {} }))).toMatchObject([{ st: "ok" }])
  })
})

describe("two announcements of one record", () => {
  /** Directus has announced its shirt too, and nobody has answered. */
  async function announced(more: Partial<Link> = {}) {
    const made = receiver()
    const id = made.directus.create("product", { title: "x", handle: "shirt" })
    made.pair.network = () => {
      throw new Error("nobody there")
    }
    await pushOnce(made.pair.directus.ports)
    const { links } = made.directus.table("product")
    const link = links.get(id)
    if (link) links.set(id, { ...link, ...more })
    return { ...made, id }
  }

  it("wait for each other, and who waits is remembered", async () => {
    const { results, link, id } = await announced()
    expect(await results(record())).toEqual([{ st: "await", ack: 0, peer: id, rev: 0 }])
    expect(link(id)?.promised).toBe("m1")
  })

  it("of which a third one comes with the key: this host's keeps what it has promised the one that it waits for", async () => {
    for (const [promised, after] of [
      ["m8", "m8"],
      ["m7", "m1"],
    ]) {
      const { results, link, id } = await announced({ awaiting: "m8", promised: promised ?? "" })
      expect(await results(record())).toMatchObject([{ st: "await", peer: id }])
      expect(link(id)?.promised).toBe(after)
    }
  })

  it("are one where the sender names the record here, and it need not tell all of it", async () => {
    const { results, link, id } = await announced()
    expect(await results(record({ peer: id, full: false, key: null }))).toMatchObject([{ st: "ok", peer: id }])
    expect(link(id)).toMatchObject({ peerId: "m1", announced: null })
  })

  it("of which this host's waits itself, for its parent: both are tried again later", async () => {
    const { results, directus } = receiver()
    directus.table("product").links.set("d1", { ...emptyLink("product", "d1"), rev: 1 })
    const waiting = { announced: "sku=s-1", parentId: "d1", heldBack: true, rev: 1 }
    directus.table("variant").links.set("d2", { ...emptyLink("variant", "d2"), ...waiting })
    const variant = record({ entity: "variant", key: { field: "sku", value: "s-1" }, fields: { sku: ["s-1", 1] } })
    expect(await results(variant)).toMatchObject([
      {
        st: "failed",
        code: "ambiguous_match",
        reason: "It waits for d2, which has the same key and waits itself.",
      },
    ])
    expect(directus.table("variant").links.get("d2")?.promised).toBe("m1")
  })

  it("give one that was given up one more try", async () => {
    const { results, link, id, directus } = await announced({
      state: "quarantined",
      reason: "rejected_by_host: no",
      attempts: 5,
    })
    directus.table("product").marks.clear()
    expect(await results(record())).toMatchObject([
      {
        st: "failed",
        code: "ambiguous_match",
        reason: `It waits for ${id}, which has the same key and is stopped: rejected_by_host.`,
      },
    ])
    expect(link(id)).toMatchObject({ state: "active", promised: "m1", attempts: 4 })
    expect(directus.hasDueMarks()).toBe(true)
  })
})
