import { randomUUID } from "node:crypto"
import { describe, expect, it } from "vitest"
import { readBackfill, startBackfill, stepBackfill } from "../src/backfill/backfill.ts"
import type { Document, Side } from "../src/document/value.ts"
import { sayHello } from "../src/send/ask-peer.ts"
import { readStates } from "../src/inbox/read-states.ts"
import { isUnreleased } from "../src/record/release.ts"
import { sendNow } from "../src/inbox/send-now.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { repairRecords } from "../src/repair/repair-records.ts"
import { repairLinks } from "../src/repair/run-repair.ts"
import { pushOnce } from "../src/run/run-push.ts"
import { Pair } from "./pair.ts"
import { previewBackfill } from "./walked.ts"

const ITEM: Document = { title: "Item", handle: "item", status: "published" }

/** An item that was there before the sync. */
function before(config = resolveConfig(), more: Document = {}): Pair {
  const pair = new Pair(config, undefined, { directus: { references: "emptied" } })
  pair.directus.create("product", { ...ITEM, ...more }, false)
  return pair
}

async function backfill(pair: Pair, side: Side, options: { publish?: boolean } = {}): Promise<void> {
  await startBackfill(pair.host(side).ports, options)
  await carryOut(pair, side)
}

async function carryOut(pair: Pair, side: Side): Promise<void> {
  const { ports } = pair.host(side)
  for (let more = true; more;) {
    const outcome = await pushOnce(ports)
    more = (await stepBackfill(ports, await ports.readControl())) || outcome.kind === "sent"
  }
  await pair.settle()
}

const only = (pair: Pair, side: Side): { id: string; status: unknown } => {
  const [[id, row] = ["", {} as Document]] = [...pair.host(side).table("product").rows]
  return { id, status: row["status"] }
}
const both = (pair: Pair) => [only(pair, "directus").status, only(pair, "medusa").status]
const item = (pair: Pair): string => only(pair, "directus").id
const states = (pair: Pair) =>
  Promise.all(
    (["directus", "medusa"] as const).map(async (side) => {
      const { id } = only(pair, side)
      return (await readStates(pair.host(side).ports, "product", [id])).get(id)?.state
    }),
  )
const away = (): never => {
  throw new Error("away")
}
const conflicts = (pair: Pair): number => pair.medusa.conflicts.size + pair.directus.conflicts.size

describe("what nobody has put on sale (rule 70)", () => {
  const WAYS: [string, (pair: Pair) => unknown][] = [
    ["another field of it is corrected", (pair) => pair.directus.edit("product", item(pair), { title: "Itém" })],
    ["a sweep finds it", (pair) => pair.directus.sweep()],
    ["it is sent now", (pair) => sendNow(pair.directus.ports, [{ entity: "product", localId: item(pair) }])],
    [
      "it is repaired",
      (pair) => repairRecords(pair.directus.ports, { records: [{ entity: "product", id: item(pair) }] }),
    ],
    ["a Flow corrects it", (pair) => void pair.directus.automate("product", item(pair), { title: "Itém" })],
  ]

  it.each(WAYS)("is a draft in the shop when %s, until a backfill publishes it", async (_, act) => {
    const pair = before()
    await act(pair)
    await pair.settle()
    expect(both(pair)).toEqual(["published", "draft"])
    expect(await states(pair)).toEqual(["unreleased", "unreleased"])
    await backfill(pair, "directus", { publish: true })
    expect(both(pair)).toEqual(["published", "published"])
    expect(await states(pair)).toEqual(["synced", "synced"])
  })

  it.each(["category", "collection"])("is a draft in the shop when a %s of it is deleted", async (kind) => {
    const pair = new Pair(resolveConfig(), undefined, { directus: { references: "emptied" } })
    const old = pair.directus.create(kind, { name: "Old", title: "Old", handle: "old" }, false)
    const reference: Document = kind === "category" ? { [`categories#${old}`]: true } : { collection: old }
    pair.directus.create("product", { ...ITEM, ...reference }, false)
    pair.directus.remove(kind, old)
    await pair.settle()
    expect(only(pair, "medusa").status ?? "not there").not.toBe("published")
    pair.directus.sweep()
    await pair.settle()
    expect(both(pair)).toEqual(["published", "draft"])
  })

  it("is a draft when a text is corrected while the backfill is under way", async () => {
    const pair = before()
    const { ports } = pair.directus
    await startBackfill(ports)
    await stepBackfill(ports, await ports.readControl())
    pair.directus.edit("product", item(pair), { title: "Itém" })
    await pair.settle()
    expect(both(pair)).toEqual(["published", "draft"])
  })

  it("stays one when it could not be told, and its handle is changed meanwhile", async () => {
    const pair = before()
    pair.network = away
    pair.directus.sweep()
    await pushOnce(pair.directus.ports)
    pair.directus.edit("product", item(pair), { handle: "another" })
    pair.network = () => undefined
    pair.now += 3_600_000
    await pair.settle()
    expect(both(pair)).toEqual(["published", "draft"])
  })

  const PUT: [string, (pair: Pair) => unknown][] = [
    ["sets its status", (pair) => pair.directus.edit("product", item(pair), { status: "published" })],
    [
      "sets its status by a Flow",
      (pair) => void pair.directus.automate("product", item(pair), { status: "published" }),
    ],
  ]

  it.each(PUT)("is on sale when somebody %s, be it what it was before", async (_, act) => {
    for (const status of ["draft", "published"]) {
      const pair = before(undefined, { status })
      await act(pair)
      await pair.settle()
      expect(both(pair)).toEqual(["published", "published"])
      const waiting = before(undefined, { status })
      await backfill(waiting, "directus")
      expect(both(waiting)).toEqual([status, "draft"])
      await act(waiting)
      await waiting.settle()
      expect(both(waiting)).toEqual(["published", "published"])
    }
  })

  it("is on sale when an editor makes it, also when somebody corrects it before it is told, and when the peer is away", async () => {
    const pair = new Pair(resolveConfig())
    pair.network = away
    const id = pair.directus.create("product", ITEM)
    await pushOnce(pair.directus.ports)
    pair.directus.edit("product", id, { title: "Itém" })
    pair.network = () => undefined
    pair.now += 3_600_000
    await pair.settle()
    expect(both(pair)).toEqual(["published", "published"])
  })

  it("is released by a backfill that publishes, whatever somebody edits before it or meanwhile", async () => {
    for (const edited of ["before", "meanwhile"]) {
      const pair = before()
      await backfill(pair, "directus")
      const { ports } = pair.directus
      if (edited === "before") pair.directus.edit("product", item(pair), { title: "Itém" })
      await startBackfill(ports, { publish: true })
      await stepBackfill(ports, await ports.readControl())
      if (edited === "meanwhile") pair.directus.edit("product", item(pair), { title: "Itém" })
      await carryOut(pair, "directus")
      expect(await readBackfill(ports)).toMatchObject({ state: "done", shop: { unreleased: 0 } })
      expect(both(pair)).toEqual(["published", "published"])
    }
  })
})

describe("what the shop has deleted and Directus goes on with (rule 71)", () => {
  const IGNORES = resolveConfig({ product: { deletes: { directus: "ignore" } } })
  const CORRECT = { title: "Itém" }

  async function deleted(): Promise<Pair> {
    const pair = new Pair(IGNORES)
    pair.directus.create("product", ITEM)
    await pair.settle()
    expect(both(pair)).toEqual(["published", "published"])
    pair.medusa.remove("product", only(pair, "medusa").id)
    await pair.settle()
    expect(pair.medusa.table("product").rows.size).toBe(0)
    return pair
  }

  const WAYS: [string, (pair: Pair) => unknown][] = [
    ["a text of it is corrected", (pair) => pair.directus.edit("product", item(pair), CORRECT)],
    ["it is sent now", (pair) => sendNow(pair.directus.ports, [{ entity: "product", localId: item(pair) }])],
    ["a backfill takes it", (pair) => backfill(pair, "directus")],
  ]

  it.each(WAYS)("comes back as a draft when %s, which both sides know, until a backfill publishes", async (_, act) => {
    const pair = await deleted()
    await act(pair)
    await pair.settle()
    expect(both(pair)).toEqual(["published", "draft"])
    expect(await states(pair)).toEqual(["unreleased", "unreleased"])
    expect(conflicts(pair)).toBe(0)
    await backfill(pair, "directus", { publish: true })
    expect(both(pair)).toEqual(["published", "published"])
    expect(await states(pair)).toEqual(["synced", "synced"])
  })

  it.each(["first", "last"])(
    "comes back as a draft when a text was corrected at the same time, told %s",
    async (when) => {
      const pair = new Pair(IGNORES)
      const id = pair.directus.create("product", ITEM)
      await pair.settle()
      pair.directus.edit("product", id, CORRECT)
      pair.medusa.remove("product", only(pair, "medusa").id)
      await pushOnce(pair.host(when === "first" ? "directus" : "medusa").ports)
      await pair.settle()
      expect(both(pair)).toEqual(["published", "draft"])
      expect(await states(pair)).toEqual(["unreleased", "unreleased"])
    },
  )

  it("is on sale again where a backfill publishes it, or an editor sets its status", async () => {
    const asked = await deleted()
    await backfill(asked, "directus", { publish: true })
    expect(both(asked)).toEqual(["published", "published"])
    const set = await deleted()
    for (const status of ["draft", "published"]) {
      set.directus.edit("product", item(set), { status })
      await set.settle()
      expect(both(set)).toEqual([status, status])
    }
    const archived = new Pair(resolveConfig())
    const id = archived.directus.create("product", ITEM)
    await archived.settle()
    archived.medusa.remove("product", only(archived, "medusa").id)
    await archived.settle()
    expect(archived.row("directus", id)?.["status"]).toBe("archived")
    archived.directus.edit("product", id, { status: "published" })
    await archived.settle()
    expect(both(archived)).toEqual(["published", "published"])
  })

  it("is the shop's to say where the shop owns the status, and then Directus shows it", async () => {
    const owns = { product: { deletes: { directus: "ignore" }, fields: { status: { owner: "medusa" } } } } as const
    const pair = new Pair(resolveConfig(owns))
    pair.medusa.create("product", ITEM)
    await pair.settle()
    pair.medusa.remove("product", only(pair, "medusa").id)
    await pair.settle()
    pair.directus.edit("product", item(pair), CORRECT)
    await pair.settle()
    expect(both(pair)).toEqual(["draft", "draft"])
    expect(conflicts(pair)).toBe(0)
  })

  it("is foretold: what comes back is no product that the mapping shows, and variants that do are named", async () => {
    const pair = await deleted()
    expect((await previewBackfill(pair.directus.ports))?.showing).toMatchObject({
      published: 1,
      turned: 0,
      variants: 0,
    })
    const whole = new Pair(resolveConfig())
    const product = whole.directus.create("product", ITEM)
    whole.directus.create("variant", { title: "S", sku: "s", product })
    await whole.settle()
    const [variant = ""] = whole.medusa.table("variant").rows.keys()
    whole.medusa.remove("variant", variant)
    await whole.settle()
    expect((await previewBackfill(whole.directus.ports))?.showing).toMatchObject({
      published: 0,
      turned: 0,
      variants: 1,
    })
    await backfill(whole, "directus")
    expect([...whole.medusa.table("variant").rows.keys()]).toEqual([variant])
  })

  it("is restored by the shop itself as it was", async () => {
    const pair = await deleted()
    const [id = ""] = pair.medusa.table("product").links.keys()
    pair.medusa.restore("product", id)
    await pair.settle()
    expect(both(pair)).toEqual(["published", "published"])
    expect(await states(pair)).toEqual(["synced", "synced"])
  })
})

describe("a release (rule 72)", () => {
  it("is still there to be given when the shop has deleted and restored an unreleased product", async () => {
    const pair = before()
    await backfill(pair, "directus")
    const { id } = only(pair, "medusa")
    pair.medusa.remove("product", id)
    await pair.settle()
    pair.medusa.restore("product", id)
    await pair.settle()
    expect(both(pair)).toEqual(["published", "draft"])
    expect(await states(pair)).toEqual(["unreleased", "unreleased"])
    await backfill(pair, "directus", { publish: true })
    expect(both(pair)).toEqual(["published", "published"])
  })

  it("is still there to be given, and counted, when a repair by which the shop wins has told it", async () => {
    const pair = before()
    await backfill(pair, "directus")
    const records = [{ entity: "product", id: only(pair, "medusa").id }]
    await repairRecords(pair.medusa.ports, { records, thisSideWins: true })
    await pair.settle()
    expect(both(pair)).toEqual(["published", "draft"])
    expect(await states(pair)).toEqual(["unreleased", "unreleased"])
    await backfill(pair, "directus")
    expect((await readBackfill(pair.directus.ports))?.shop).toMatchObject({ unreleased: 1 })
    await backfill(pair, "directus", { publish: true })
    expect(both(pair)).toEqual(["published", "published"])
  })

  it("does not concern what the shop had already: neither side says that it waits", async () => {
    const pair = before(resolveConfig({ product: { fields: { status: { wins: "directus" } } } }))
    pair.medusa.create("product", { ...ITEM, status: "draft" }, false)
    await backfill(pair, "directus")
    expect(both(pair)).toEqual(["published", "published"])
    const links = [pair.directus, pair.medusa].flatMap((host) => [...host.table("product").links.values()])
    expect(links.map(isUnreleased)).toEqual([false, false])
  })

  it("is still there to be given when Directus has lost its links and tells all of it anew", async () => {
    const pair = before()
    await backfill(pair, "directus")
    for (const known of ["links", "byPeer"] as const) pair.directus.table("product")[known].clear()
    pair.directus.control = { ...pair.directus.control, past: [randomUUID()] }
    pair.directus.sweep()
    await pair.settle()
    expect(both(pair)).toEqual(["published", "draft"])
    expect(await states(pair)).toEqual(["unreleased", "unreleased"])
    await backfill(pair, "directus", { publish: true })
    expect(both(pair)).toEqual(["published", "published"])
  })

  async function minutes(pair: Pair): Promise<void> {
    for (let n = 0; n < 2; n++) {
      for (const side of ["medusa", "directus"] as const) await sayHello(pair.host(side).ports)
      for (const side of ["medusa", "directus"] as const) await repairLinks(pair.host(side).ports)
      await pair.settle()
    }
  }

  const RELEASES: [string, (pair: Pair) => unknown][] = [
    ["the shop", (pair) => pair.medusa.edit("product", only(pair, "medusa").id, { status: "published" })],
    [
      "an editor",
      async (pair) => {
        pair.directus.edit("product", item(pair), { status: "draft" })
        await pair.settle()
        pair.directus.edit("product", item(pair), { status: "published" })
      },
    ],
    ["a backfill", (pair) => backfill(pair, "directus", { publish: true })],
  ]

  it.each(RELEASES)(
    "that %s has given is given again after the shop was set back to a backup from before",
    async (_, act) => {
      const pair = before()
      await backfill(pair, "directus")
      await minutes(pair)
      const backup = pair.medusa.backup()
      await minutes(pair)
      await act(pair)
      await pair.settle()
      expect(both(pair)).toEqual(["published", "published"])
      await minutes(pair)
      pair.medusa.restoreFrom(backup)
      await minutes(pair)
      await minutes(pair)
      expect(both(pair)).toEqual(["published", "published"])
      expect(await states(pair)).toEqual(["synced", "synced"])
    },
  )

  it("that nobody has given is not given by setting either side back", async () => {
    for (const side of ["medusa", "directus"] as const) {
      const pair = before()
      await backfill(pair, "directus")
      await minutes(pair)
      const backup = pair.host(side).backup()
      await minutes(pair)
      pair.directus.edit("product", item(pair), { title: "Itém" })
      await pair.settle()
      await minutes(pair)
      pair.host(side).restoreFrom(backup)
      await minutes(pair)
      await minutes(pair)
      expect(both(pair)).toEqual(["published", "draft"])
      expect(await states(pair)).toEqual(["unreleased", "unreleased"])
    }
  })

  it("costs nothing when the shop's own people publish: no row is written for it in Directus", async () => {
    const pair = before()
    await backfill(pair, "directus")
    const { writes } = pair.directus
    pair.medusa.edit("product", only(pair, "medusa").id, { status: "published" })
    await pair.settle()
    expect(pair.directus.writes).toBe(writes)
  })
})
