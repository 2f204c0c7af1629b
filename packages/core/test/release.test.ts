import { randomUUID } from "node:crypto"
import { describe, expect, it } from "vitest"
import { readBackfill, startBackfill, stepBackfill } from "../src/backfill/backfill.ts"
import type { Document, Side } from "../src/document/value.ts"
import { pushOnce } from "../src/run/run-push.ts"
import { readStates } from "../src/inbox/read-states.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { repairLinks } from "../src/repair/run-repair.ts"
import { repairRecords } from "../src/repair/repair-records.ts"
import { Pair } from "./pair.ts"
import { previewBackfill } from "./walked.ts"

const item = (n: number, status: string): Document => ({
  title: `Item ${String(n)}`,
  handle: `item-${String(n)}`,
  status,
})

/** Items that were there before the sync. */
function before(...statuses: string[]): Pair {
  const pair = new Pair(resolveConfig())
  statuses.forEach((status, n) => pair.directus.create("product", item(n, status), false))
  return pair
}

async function backfill(pair: Pair, side: Side, options: { publish?: boolean } = {}): Promise<void> {
  const { ports } = pair.host(side)
  await startBackfill(ports, options)
  for (let more = true; more;) {
    const outcome = await pushOnce(ports)
    more = (await stepBackfill(ports, await ports.readControl())) || outcome.kind === "sent"
  }
  await pair.settle()
}

/** By handle. */
const statuses = (pair: Pair, side: Side): Record<string, unknown> =>
  Object.fromEntries(
    [...pair.host(side).table("product").rows.values()].map((row) => [String(row["handle"]), row["status"]]).sort(),
  )
const only = (pair: Pair, side: Side): { id: string; status: unknown } => {
  const [[id, row] = ["", {} as Document]] = [...pair.host(side).table("product").rows]
  return { id, status: row["status"] }
}

/** Every look, comparison and sweep of either side, and what follows of them. */
async function lookAtAll(pair: Pair): Promise<void> {
  for (const host of [pair.medusa, pair.directus]) {
    host.sweep()
    await pair.settle()
    await repairLinks(host.ports)
    await pair.settle()
  }
}

const conflicts = (pair: Pair): number => pair.medusa.conflicts.size + pair.directus.conflicts.size

describe("what a backfill of Directus makes in the shop", () => {
  it("is out of sight until somebody releases it, and its items stay as they are", async () => {
    const pair = before("published", "draft", "proposed", "published")
    await backfill(pair, "directus")
    const here = { "item-0": "published", "item-1": "draft", "item-2": "proposed", "item-3": "published" }
    const there = { "item-0": "draft", "item-1": "draft", "item-2": "proposed", "item-3": "draft" }
    expect([statuses(pair, "directus"), statuses(pair, "medusa")]).toEqual([here, there])
    pair.requests.length = 0
    await lookAtAll(pair)
    expect([statuses(pair, "directus"), statuses(pair, "medusa")]).toEqual([here, there])
    expect(pair.messages.flatMap(({ records }) => records)).toHaveLength(4)
    expect(conflicts(pair)).toBe(0)
  })

  it("is not called in sync on either side until it is released", async () => {
    const pair = before("published")
    await backfill(pair, "directus")
    const [id = ""] = pair.medusa.table("product").rows.keys()
    const ids = { medusa: id, directus: pair.peer("medusa", id) }
    const states = async () =>
      Promise.all(
        (["medusa", "directus"] as const).map(
          async (side) => (await readStates(pair.host(side).ports, "product", [ids[side]])).get(ids[side])?.state,
        ),
      )
    expect(await states()).toEqual(["unreleased", "unreleased"])
    pair.medusa.edit("product", id, { status: "published" })
    await pair.settle()
    expect(await states()).toEqual(["synced", "synced"])
  })

  it("is foretold and told of with those that have no price, and the sales channel", async () => {
    const wins = { product: { fields: { status: { wins: "directus" } } } } as const
    const pair = new Pair(resolveConfig(wins))
    const ids = ["published", "published", "draft", "published"].map((status, n) =>
      pair.directus.create("product", item(n, status), false),
    )
    const prices = [{ currency_code: "eur", amount: "10" }]
    pair.directus.create("variant", { title: "M", product: ids[0] ?? "", prices }, false)
    pair.medusa.create("product", item(3, "draft"), false)
    const channels = ["Default Sales Channel"]
    const preview = await previewBackfill(pair.directus.ports)
    expect(preview?.showing).toEqual({ published: 2, withoutPrice: 1, turned: 1, variants: 0, channels })
    expect((await previewBackfill(pair.directus.ports, ["variant"]))?.showing).toBeNull()
    expect((await previewBackfill(pair.medusa.ports))?.showing).toBeNull()
    await backfill(pair, "directus")
    const told = (await readBackfill(pair.directus.ports))?.shop
    expect(told).toEqual({ shown: 0, unreleased: 2, withoutPrice: 1, channels })
    expect(statuses(pair, "medusa")).toMatchObject({ "item-0": "draft", "item-1": "draft", "item-3": "published" })
    // Those that wait are foreseen again, with their prices.
    const again = { published: 2, withoutPrice: 1, turned: 0, variants: 0 }
    expect((await previewBackfill(pair.directus.ports))?.showing).toMatchObject(again)
    await backfill(pair, "directus", { publish: true })
    expect((await previewBackfill(pair.directus.ports))?.showing).toMatchObject({ published: 0, withoutPrice: 0 })
    expect((await readBackfill(pair.directus.ports))?.shop).toMatchObject({ shown: 2, unreleased: 0, withoutPrice: 1 })
  })

  it("is in sight when that is asked for", async () => {
    const pair = before("published", "draft")
    await backfill(pair, "directus", { publish: true })
    expect(statuses(pair, "medusa")).toEqual({ "item-0": "published", "item-1": "draft" })
  })

  it("is released by the next backfill that asks for it, and nothing else is", async () => {
    const pair = before("published", "published")
    const shops = pair.medusa.create("product", item(1, "draft"), false)
    await backfill(pair, "directus")
    const kept = pair.row("medusa", shops)?.["status"]
    expect([kept, conflicts(pair)]).toEqual(["draft", 1])
    await backfill(pair, "directus", { publish: true })
    expect(statuses(pair, "medusa")).toEqual({ "item-0": "published", "item-1": "draft" })
    expect(conflicts(pair)).toBe(1)
  })

  it("is released by the shop's own people", async () => {
    const pair = before("published")
    await backfill(pair, "directus")
    pair.medusa.edit("product", only(pair, "medusa").id, { status: "published" })
    await lookAtAll(pair)
    expect([only(pair, "directus").status, only(pair, "medusa").status]).toEqual(["published", "published"])
    pair.directus.edit("product", only(pair, "directus").id, { status: "draft" })
    await pair.settle()
    expect(only(pair, "medusa").status).toBe("draft")
    expect(conflicts(pair)).toBe(0)
  })

  it("is released by an editor who changes the status and changes it back, or says that this side wins", async () => {
    const typed = before("published")
    await backfill(typed, "directus")
    for (const status of ["draft", "published"]) {
      typed.directus.edit("product", only(typed, "directus").id, { status })
      await typed.settle()
      expect(only(typed, "medusa").status).toBe(status)
    }
    const said = before("published")
    await backfill(said, "directus")
    const records = [{ entity: "product", id: only(said, "directus").id }]
    await repairRecords(said.directus.ports, { records, thisSideWins: true })
    await said.settle()
    expect(only(said, "medusa").status).toBe("published")
  })

  it("is not released, nor its item hidden, by other edits and by whatever is told again", async () => {
    const pair = before("published")
    await backfill(pair, "directus")
    const [here, there] = [only(pair, "directus"), only(pair, "medusa")]
    pair.directus.edit("product", here.id, { title: "Another title" })
    pair.medusa.edit("product", there.id, { subtitle: "Typed in the shop" })
    await pair.settle()
    const records = [{ entity: "product", id: there.id }]
    await repairRecords(pair.medusa.ports, { records, thisSideWins: true })
    await pair.settle()
    expect([only(pair, "directus").status, only(pair, "medusa").status]).toEqual(["published", "draft"])
    // Directus has lost what it knew, and tells all of it anew.
    const { links, byPeer } = pair.directus.table("product")
    links.clear()
    byPeer.clear()
    pair.directus.control = { ...pair.directus.control, past: [randomUUID()] }
    await lookAtAll(pair)
    expect(links.size).toBe(1)
    expect([only(pair, "directus").status, only(pair, "medusa").status]).toEqual(["published", "draft"])
    await repairRecords(pair.medusa.ports, { records, thisSideWins: true })
    await pair.settle()
    expect([only(pair, "directus").status, only(pair, "medusa").status]).toEqual(["published", "draft"])
    expect(conflicts(pair)).toBe(0)
  })

  it("stays out of sight however late it arrives: what it waited for tells it again", async () => {
    const pair = new Pair(resolveConfig())
    const collection = pair.directus.create("collection", { title: "Season", handle: "season" }, false)
    pair.directus.create("product", { ...item(0, "published"), collection }, false)
    await startBackfill(pair.directus.ports, { kinds: ["product"] })
    await stepBackfill(pair.directus.ports, await pair.directus.ports.readControl())
    await pushOnce(pair.directus.ports)
    expect(statuses(pair, "medusa")).toEqual({})
    pair.directus.edit("collection", collection, { title: "Season 2" })
    await pair.settle()
    expect(statuses(pair, "medusa")).toEqual({ "item-0": "draft" })
  })

  it("does not hide what somebody makes in daily work, also while a backfill runs", async () => {
    const pair = before("published")
    await startBackfill(pair.directus.ports)
    await stepBackfill(pair.directus.ports, await pair.directus.ports.readControl())
    pair.directus.create("product", item(7, "published"))
    await pair.settle()
    expect(statuses(pair, "medusa")).toEqual({ "item-0": "draft", "item-7": "published" })
  })

  it("is the shop's to say where the shop owns the status, and then Directus shows it", async () => {
    const pair = new Pair(resolveConfig({ product: { fields: { status: { owner: "medusa" } } } }))
    pair.directus.create("product", item(0, "published"), false)
    await backfill(pair, "directus")
    expect([only(pair, "directus").status, only(pair, "medusa").status]).toEqual(["draft", "draft"])
    expect(conflicts(pair)).toBe(0)
  })

  it("goes by the meaning of the status, and not by the words of Directus", async () => {
    const words = { directus: { published: "live", draft: "off" } }
    const pair = new Pair(resolveConfig({ product: { fields: { status: { directus: "state", values: words } } } }))
    pair.directus.create("product", item(0, "published"), false)
    await backfill(pair, "directus")
    expect([only(pair, "directus").status, only(pair, "medusa").status]).toEqual(["published", "draft"])
  })
})

it("a backfill of Medusa hides nothing in Directus", async () => {
  const pair = new Pair(resolveConfig())
  pair.medusa.create("product", item(0, "published"), false)
  await backfill(pair, "medusa")
  expect(only(pair, "directus").status).toBe("published")
})
