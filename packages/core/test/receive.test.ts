import { randomUUID } from "node:crypto"
import { describe, expect, it } from "vitest"
import { SyncError } from "../src/errors.ts"
import { pushOnce } from "../src/flow/run-push.ts"
import { receive } from "../src/flow/run-apply.ts"
import { emptyLink, type Link } from "../src/link/link.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { sweepOnce, type Drift } from "../src/repair/sweep.ts"
import type { HostPorts } from "../src/ports.ts"
import type { MemoryHostOptions } from "../src/testing/memory-table.ts"
import type { Message, WireRecord } from "../src/wire/messages.ts"
import { Pair } from "./pair.ts"
import { wireRecord } from "./wire-record.ts"

const OTHER = "00000000-0000-4000-8000-00000000000e"

const record = (more: Partial<WireRecord> = {}): WireRecord =>
  wireRecord({ fields: { title: ["Shirt", 1], handle: ["shirt", 1] }, ...more })

/** Directus, and what Medusa tells it. */
function receiver(options: Partial<MemoryHostOptions> = {}) {
  const lines: string[] = []
  const pair = new Pair(resolveConfig(), undefined, { directus: { log: (line) => void lines.push(line), ...options } })
  const { directus, medusa } = pair
  const message = (records: WireRecord[] = [], more: Partial<Message> = {}): Message => ({
    v: 1,
    id: randomUUID(),
    from: "medusa:a",
    to: "directus:",
    epoch: medusa.control.epoch,
    peer_epoch: directus.control.epoch,
    beat: 0,
    peer_beat: 0,
    config: directus.ports.config.hash,
    records,
    ...more,
  })
  const tell = (...records: WireRecord[]) => receive(directus.ports, message(records))
  const results = async (...records: WireRecord[]) => {
    const reply = await tell(...records)
    return reply.kind === "results" ? reply.results : []
  }
  const ask = (more: Partial<Message>, records: WireRecord[] = []) => receive(directus.ports, message(records, more))
  return { pair, directus, lines, tell, results, ask, link: (id: string) => directus.table("product").links.get(id) }
}

/** The first so many transactions fail. */
function failing(ports: HostPorts, times: number, error: unknown): () => number {
  const { transaction } = ports
  let tried = 0
  const broken: HostPorts["transaction"] = (options, work) =>
    tried++ < times ? Promise.reject(error as Error) : transaction(options, work)
  Object.assign(ports, { transaction: broken })
  return () => tried
}

describe("a message as a whole", () => {
  it("that its own side has sent, or that is for another one, is refused", async () => {
    const { ask } = receiver()
    expect(await ask({ from: "directus:b" })).toMatchObject({
      code: "wrong_receiver",
      message: "This message comes from directus and was sent to directus. Check the configured addresses.",
    })
    expect(await ask({ to: "medusa:" })).toMatchObject({
      code: "wrong_receiver",
      message: "This message is not for directus.",
    })
    expect(await ask({ to: "the-directus:" })).toMatchObject({ code: "wrong_receiver" })
    expect(await ask({ to: "directus:b" })).toMatchObject({ kind: "results" })
  })

  it("is refused with the reason while this host may not take anything", async () => {
    const { ask, directus } = receiver()
    const paused = (code: "database_moved" | "by_person"): void => {
      directus.control = { ...directus.control, paused: { code, message: "It was cloned.", since: "", both: true } }
    }
    paused("database_moved")
    expect(await ask({})).toEqual({ kind: "refused", code: "database_moved", message: "It was cloned." })
    paused("by_person")
    expect(await ask({})).toEqual({
      kind: "refused",
      code: "peer_paused",
      message: "A person has paused the sync in directus. Changes are kept here, and follow when it is resumed there.",
    })
  })

  it("without records is answered with this host's past, where it has one", async () => {
    const { ask, directus } = receiver()
    expect(await ask({})).not.toHaveProperty("past")
    directus.control = { ...directus.control, past: [OTHER] }
    expect(await ask({})).toMatchObject({ past: [OTHER] })
    expect(await ask({}, [record()])).not.toHaveProperty("past")
  })

  it("that knows this database by another epoch is refused; one that met it before its restore may ask, and not tell", async () => {
    const { ask, directus } = receiver()
    directus.control = { ...directus.control, past: [OTHER] }
    expect(await ask({ peer_epoch: randomUUID() })).toMatchObject({
      code: "epoch_mismatch",
      message: expect.stringMatching(/^The database of directus is another one than before/) as string,
    })
    expect(await ask({ peer_epoch: OTHER })).toMatchObject({ kind: "results", past: [OTHER] })
    expect(await ask({ peer_epoch: OTHER }, [record()])).toMatchObject({ code: "epoch_mismatch" })
    expect(await ask({ peer_epoch: null }, [record()])).toMatchObject({ kind: "results" })
  })

  it("of another database than the one that this host is linked with is refused", async () => {
    const { ask, directus } = receiver()
    await ask({})
    const known = directus.control.peerEpoch
    expect(await ask({ epoch: OTHER })).toMatchObject({
      code: "epoch_mismatch",
      message: expect.stringMatching(/linked with/) as string,
    })
    expect(directus.control.peerEpoch).toBe(known)
  })

  it("that has heard more of this database than it remembers tells that it was restored", async () => {
    const { ask, directus } = receiver()
    const { epoch } = directus.control
    expect(await ask({ peer_beat: 1 })).toMatchObject({
      code: "restored",
      message: "The database of directus was restored; it compares its links first.",
    })
    expect(directus.control).toMatchObject({ repair: "restored", past: [epoch] })
    expect(await ask({ peer_beat: 1, peer_epoch: epoch }, [record()])).toMatchObject({ code: "epoch_mismatch" })
  })

  it("that is older than what was heard is refused with what was heard", async () => {
    const { ask } = receiver()
    await ask({ beat: 5 })
    expect(await ask({ beat: 4 })).toEqual({
      kind: "refused",
      code: "old_beat",
      message: "Older than what was heard of medusa before.",
      beat: 5,
    })
  })

  it("is not taken while links are compared, but a question is answered", async () => {
    const { ask, directus } = receiver()
    directus.control = { ...directus.control, repair: "peer_restored" }
    expect(await ask({}, [record()])).toMatchObject({
      code: "restored",
      message: "directus compares its links first, because a database was restored.",
    })
    expect(await ask({ ask: { kind: "digest" } })).toMatchObject({ kind: "results", answer: { kind: "digest" } })
    expect(directus.table("product").rows.size).toBe(0)
  })

  it("with another mapping is refused with this side's", async () => {
    const { ask, directus } = receiver()
    expect(await ask({ config: "another" }, [record()])).toMatchObject({
      code: "config_mismatch",
      message: "The mapping differs. Give both sides the same mapping.",
      mapping: directus.ports.config.description,
    })
    expect(directus.control.peerEpoch).toBeNull()
  })
})

describe("a record of a message", () => {
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
    const watching: typeof transaction = (options, work) =>
      transaction(options, (tx) => work({ ...tx, documents: { ...tx.documents, showPeer } }))
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
    const hides: HostPorts["transaction"] = (options, work) =>
      transaction(options, (tx) =>
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
    expect(result?.reason).toMatch(/^A filter in directus leaves it out as soon as it is made/)
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

  it("are one where the sender names the record here, and it need not tell all of it", async () => {
    const { results, link, id } = await announced()
    expect(await results(record({ peer: id, full: false, key: null }))).toMatchObject([{ st: "ok", peer: id }])
    expect(link(id)).toMatchObject({ peerId: "m1", announced: null })
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

describe("parts", () => {
  /** A product with variants, on both sides. */
  async function family(variants: string[]) {
    const pair = new Pair(resolveConfig())
    const product = pair.medusa.create("product", { title: "Shirt", handle: "shirt" })
    const ids = variants.map((title) => pair.medusa.create("variant", { title, product }))
    await pair.settle()
    const { links } = pair.directus.table("variant")
    const theirs = ids.map((id) => [...links.values()].find(({ peerId }) => peerId === id)?.localId ?? "")
    return { pair, product, ids, theirs, item: pair.peer("medusa", product), links }
  }

  it("that a host removes with their parent are made anew when it is back, each by itself (I8)", async () => {
    const { pair, item, theirs, links } = await family(["S", "M", "L"])
    pair.directus.remove("product", item)
    await pair.settle()
    const medusa = pair.medusa.table("product")
    const [id = ""] = [...medusa.rows.keys()]
    const rewrite = pair.directus.options.rewrite
    Object.assign(pair.directus.options, {
      rewrite: (field: string, value: string) => {
        if (value === "M") throw new SyncError("rejected_by_host", "no more of M")
        if (value === "L") throw new Error("canary")
        return value
      },
    })
    pair.medusa.edit("product", id, { status: "published" })
    await pair.settle()
    Object.assign(pair.directus.options, { rewrite })
    const states = theirs.map((each) => links.get(each))
    expect(states.map((link) => link?.standing)).toEqual(["alive", "along", "along"])
    expect(states[1]).toMatchObject({ state: "quarantined", reason: "rejected_by_host: no more of M" })
    expect(states[2]).toMatchObject({ state: "quarantined", reason: "internal: The record could not be made anew." })
    expect(pair.directus.table("variant").rows.get(theirs[0] ?? "")).toMatchObject({ title: "S", product: item })
  })

  it("whose last values are not known any more come back from the other side", async () => {
    const { pair, product, item, theirs, ids, links } = await family(["S"])
    pair.directus.remove("product", item)
    await pair.settle()
    const [id = ""] = theirs
    const link = links.get(id)
    if (link) links.set(id, { ...link, snapshot: null })
    pair.medusa.edit("product", product, { status: "published" })
    await pair.settle()
    const [back] = [...links.values()].filter(({ peerId }) => peerId === ids[0])
    expect(back).toMatchObject({ standing: "alive" })
    expect(pair.directus.table("variant").rows.get(back?.localId ?? "")).toMatchObject({ title: "S", product: item })
    expect(pair.medusa.table("variant").rows.has(ids[0] ?? "")).toBe(true)
  })

  const look = async (pair: Pair): Promise<Drift[]> => {
    const found: Drift[] = []
    const options = { newAmong: (_: string, ids: string[]) => Promise.resolve(ids), rest: () => Promise.resolve(true) }
    await sweepOnce(pair.directus.ports, options, (drifts) => (found.push(...drifts), false))
    return found
  }

  it("whose parent rests are no drift, and those of others are", async () => {
    const { pair, product, theirs } = await family(["S"])
    const [id = ""] = theirs
    pair.directus.edit("variant", id, { title: "by SQL" }, false)
    expect(await look(pair)).toMatchObject([{ entity: "variant", localId: id, kind: "changed", fields: ["title"] }])
    pair.medusa.remove("product", product)
    await pair.settle()
    expect(await look(pair)).toEqual([])
  })

  it("that did not come back with their parent are drift, and so is a record that came back unseen", async () => {
    const { pair, item, theirs, links } = await family(["S"])
    const [id = ""] = theirs
    const link = links.get(id)
    if (!link) throw new Error("no link")
    const { rows } = pair.directus.table("variant")
    const row = rows.get(id) ?? {}
    rows.delete(id)
    links.set(id, { ...link, standing: "along" })
    expect(await look(pair)).toMatchObject([{ entity: "variant", localId: id, kind: "gone" }])
    links.set(id, { ...link, standing: "along", parentId: null })
    expect(await look(pair)).toEqual([])
    links.set(id, { ...link, standing: "gone" })
    rows.set(id, row)
    expect(await look(pair)).toMatchObject([{ entity: "variant", localId: id, kind: "back" }])
    links.set(id, { ...link, state: "unlinked" })
    rows.set(id, { ...row, title: "x" })
    expect(await look(pair)).toEqual([])
    expect(item).toBeTruthy()
  })
})

it("a link without a row or a peer is no drift of any kind", async () => {
  const { directus, pair } = receiver()
  directus.table("product").links.set("d7", { ...emptyLink("product", "d7"), standing: "gone" })
  const found: Drift[] = []
  const options = { newAmong: () => Promise.resolve([]), rest: () => Promise.resolve(true) }
  await sweepOnce(pair.directus.ports, options, (drifts) => (found.push(...drifts), false))
  expect(found).toEqual([])
})
