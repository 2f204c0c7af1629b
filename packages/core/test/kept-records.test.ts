import { describe, expect, it } from "vitest"
import { startBackfill, stepBackfill } from "../src/backfill/backfill.ts"
import { pushOnce } from "../src/run/run-push.ts"
import { SyncError } from "../src/errors.ts"
import { sweepOnce } from "../src/repair/sweep.ts"
import { otherSide, type Side } from "../src/document/value.ts"
import { sendNow } from "../src/inbox/send-now.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { repairRecords } from "../src/repair/repair-records.ts"
import { Pair } from "./pair.ts"
import { previewBackfill, repairAll } from "./walked.ts"

const AMONG = { newAmong: () => Promise.resolve([]) }

type Act = (pair: Pair, side: Side, id: string, kind: string) => unknown

const WAYS: [string, Act][] = [
  ["it is edited there", (pair, side, id, kind) => pair.host(side).edit(kind, id, { description: "goes on" })],
  ["a person sends it now", (pair, side, id, entity) => sendNow(pair.host(side).ports, [{ entity, localId: id }])],
  ["it is repaired", (pair, side, id, entity) => repairRecords(pair.host(side).ports, { records: [{ entity, id }] })],
  [
    "this side wins",
    (pair, side, id, entity) => repairRecords(pair.host(side).ports, { records: [{ entity, id }], thisSideWins: true }),
  ],
]

async function backfill(pair: Pair, side: Side, leaveDeleted = false, kinds?: string[]): Promise<void> {
  const { ports } = pair.host(side)
  await startBackfill(ports, { leaveDeleted, kinds })
  for (let more = true; more;) {
    const outcome = await pushOnce(ports)
    more = (await stepBackfill(ports, await ports.readControl())) || outcome.kind === "sent"
  }
}

/** Acts of a person that mean what was archived, too. */
const ACTS: [string, Act][] = [
  ...WAYS.slice(1),
  ["all is repaired", (pair, side) => repairAll(pair.host(side).ports, AMONG)],
  ["this side wins in all", (pair, side) => repairAll(pair.host(side).ports, AMONG, { thisSideWins: true })],
  ["a backfill takes it", (pair, side) => backfill(pair, side)],
]

describe.each<Side>(["medusa", "directus"])("what the other side deleted and %s kept comes back", (side) => {
  const other = otherSide(side)

  it.each(WAYS)("when %s, as one pair with what was kept", async (_, act) => {
    const pair = new Pair(
      resolveConfig({ category: { deletes: { medusa: "ignore", directus: "ignore" } } }),
      undefined,
      {
        medusa: { references: "hidden" },
        directus: { references: "emptied" },
      },
    )
    const id = pair.host(side).create("category", { name: "Shirts", handle: "shirts" })
    const product = pair.host(side).create("product", { title: "a", handle: "a", [`categories#${id}`]: true })
    await pair.settle()
    const { links, rows } = pair.host(side).table("category")
    const peer = links.get(id)?.peerId ?? ""
    pair.host(other).remove("category", peer)
    await pair.settle()
    expect(links.get(id)).toMatchObject({ standing: "ignored" })

    await act(pair, side, id, "category")
    await pair.settle()
    const there = pair.host(other).table("category")
    expect(links.get(id)).toMatchObject({ standing: "alive", peerId: peer, state: "active", reason: null })
    expect([...there.rows]).toEqual([[peer, rows.get(id)]])
    expect(there.links.get(peer)).toMatchObject({ standing: "alive", peerId: id })
    expect(pair.row(other, pair.peer(side, product))?.[`categories#${peer}`]).toBe(true)
    expect(pair.row(side, product)?.[`categories#${id}`]).toBe(true)
  })
})

/** What stands on either side of one record of a kind. */
const shown = (pair: Pair, side: Side, kind: string, id: string) => {
  const { links, rows } = pair.host(side).table(kind)
  const { links: theirs, rows: there } = pair.host(otherSide(side)).table(kind)
  const link = links.get(id)
  const peer = link?.peerId ?? ""
  return { link, row: rows.get(id), peer, theirLink: theirs.get(peer), theirRow: there.get(peer), there }
}

const KEPT = (["medusa", "directus"] as const).flatMap((side) =>
  (["ignore", "archive"] as const).map((policy) => ({ side, policy })),
)

describe.each(KEPT)(
  "a product with its parts, which the other side deleted and $side kept ($policy)",
  ({ side, policy }) => {
    const other = otherSide(side)

    async function deleted() {
      const deletes = { medusa: policy, directus: policy }
      const pair = new Pair(resolveConfig({ product: { deletes } }), undefined, {
        medusa: { references: "hidden" },
        directus: { references: "emptied" },
      })
      const host = pair.host(side)
      const product = host.create("product", { title: "a", handle: "a", status: "published" })
      const variant = host.create("variant", { title: "S", sku: "s", product })
      const image = host.create("image", { url: "https://cdn.example.com/a.png", product })
      await pair.settle()
      const before = { variant: shown(pair, side, "variant", variant).peer, product: pair.peer(side, product) }
      pair.host(other).remove("product", before.product)
      await pair.settle()
      expect(pair.row(other, before.product)).toBeUndefined()
      return { pair, host, product, variant, image, before }
    }

    it.each(ACTS)(
      "comes back under its id when %s, out of sight where it was archived or is for sale",
      async (way, act) => {
        const { pair, product, variant, image, before } = await deleted()
        await act(pair, side, product, "product")
        await pair.settle()
        const found = shown(pair, side, "product", product)
        expect(found.link).toMatchObject({ standing: "alive", peerId: before.product, state: "active", reason: null })
        expect(found.theirLink).toMatchObject({ standing: "alive", peerId: product })
        expect(found.theirRow).toMatchObject({ title: "a", handle: "a" })
        const status = policy === "ignore" ? "published" : side === "medusa" ? "draft" : "archived"
        const isWithheld = side === "directus" && policy === "ignore" && !way.startsWith("this side wins")
        expect([found.row?.["status"], found.theirRow?.["status"]]).toEqual([status, isWithheld ? "draft" : status])
        expect(shown(pair, side, "variant", variant)).toMatchObject({ peer: before.variant, theirRow: { sku: "s" } })
        expect(shown(pair, side, "image", image).theirRow).toMatchObject({ url: "https://cdn.example.com/a.png" })
        expect(pair.medusa.conflicts.size + pair.directus.conflicts.size).toBe(0)
      },
    )

    it("stays away by a sweep, and by a repair or a backfill that is to leave what was deleted", async () => {
      const { pair, host, before } = await deleted()
      await sweepOnce(host.ports, { ...AMONG, rest: () => Promise.resolve(true) })
      await pair.settle()
      expect(await previewBackfill(host.ports, undefined, { leaveDeleted: true })).toMatchObject({ back: 0, create: 0 })
      await repairAll(host.ports, AMONG, { leaveDeleted: true })
      await backfill(pair, side, true)
      await pair.settle()
      expect(pair.row(other, before.product)).toBeUndefined()
    })

    it("is foretold, and told of what has been done", async () => {
      const { pair, host } = await deleted()
      expect(await previewBackfill(host.ports)).toMatchObject({ back: 3, create: 0, change: 0, stopped: 0 })
      await backfill(pair, side)
      expect(host.control.backfill).toMatchObject({ state: "done", back: 3 })
      expect(await previewBackfill(host.ports)).toMatchObject({ back: 0, create: 0, change: 0, same: 3 })
    })

    it("is counted by the kinds that are walked, as they were foretold", async () => {
      const { pair, host } = await deleted()
      const kinds = ["product", "image"]
      expect(await previewBackfill(host.ports, kinds)).toMatchObject({ back: 2 })
      await backfill(pair, side, false, kinds)
      expect(host.control.backfill).toMatchObject({ state: "done", back: 2 })
    })
  },
)

describe("a mark of the archive that Directus alone has", () => {
  async function deleted() {
    const pair = new Pair(resolveConfig())
    const id = pair.medusa.create("collection", { title: "Summer", handle: "summer" })
    await pair.settle()
    const { peer } = shown(pair, "medusa", "collection", id)
    pair.medusa.remove("collection", id)
    await pair.settle()
    expect(shown(pair, "directus", "collection", peer).row).toMatchObject({ archived: true })
    return { pair, id, peer }
  }

  it.each(ACTS)("is taken off when the record comes back in Medusa: %s", async (_, act) => {
    const { pair, id, peer } = await deleted()
    await act(pair, "directus", peer, "collection")
    await pair.settle()
    const found = shown(pair, "directus", "collection", peer)
    expect(found).toMatchObject({ peer: id, theirRow: { title: "Summer" }, link: { standing: "alive" } })
    expect(found.row?.["archived"] ?? false).toBe(false)
    expect(found.theirLink).toMatchObject({ standing: "alive", peerId: peer })
  })

  it("stays where the host lets nobody take it off, and keeps no other one", async () => {
    const { pair, peer } = await deleted()
    const other = pair.medusa.create("collection", { title: "Winter", handle: "winter" })
    await pair.settle()
    const second = shown(pair, "medusa", "collection", other).peer
    pair.medusa.remove("collection", other)
    await pair.settle()
    const { ports } = pair.directus
    const { transaction } = ports
    ports.transaction = (work) =>
      transaction((tx) => {
        const write: typeof tx.documents.write = (kind, writes) => {
          if (writes.some((each) => each.localId === peer)) throw new SyncError("rejected_by_host", "It stays.")
          return tx.documents.write(kind, writes)
        }
        return work({ ...tx, documents: { ...tx.documents, write } })
      })
    await backfill(pair, "directus")
    await pair.settle()
    expect(shown(pair, "directus", "collection", peer)).toMatchObject({ link: { standing: "archived" } })
    expect(shown(pair, "directus", "collection", second)).toMatchObject({ theirRow: { title: "Winter" } })
  })

  it("is tried once for all where no record is to blame, and asked for again", async () => {
    const { pair, peer } = await deleted()
    const other = pair.medusa.create("collection", { title: "Winter", handle: "winter" })
    await pair.settle()
    pair.medusa.remove("collection", other)
    await pair.settle()
    const { ports } = pair.directus
    const { transaction } = ports
    let tried = 0
    ports.transaction = (work) =>
      transaction((tx) => {
        const write: typeof tx.documents.write = () => {
          tried++
          throw new SyncError("internal", "The database takes no writes.", { scope: "message" })
        }
        return work({ ...tx, documents: { ...tx.documents, write } })
      })
    await expect(repairAll(ports, AMONG)).rejects.toThrow("takes no writes")
    expect(tried).toBe(1)
    Object.assign(ports, { transaction })
    await repairAll(ports, AMONG)
    await pair.settle()
    expect(shown(pair, "directus", "collection", peer)).toMatchObject({ link: { standing: "alive" } })
  })
})

it("what is left alone for good stays so, whoever takes it into a backfill", async () => {
  const pair = new Pair(resolveConfig({ product: { deletes: { medusa: "unlink", directus: "unlink" } } }))
  const id = pair.medusa.create("product", { title: "a", handle: "a" })
  await pair.settle()
  const peer = pair.peer("medusa", id)
  pair.directus.remove("product", peer)
  await pair.settle()
  expect(await previewBackfill(pair.medusa.ports)).toMatchObject({ back: 0, create: 0, same: 1 })
  await backfill(pair, "medusa")
  await pair.settle()
  expect(pair.row("directus", peer)).toBeUndefined()
})
