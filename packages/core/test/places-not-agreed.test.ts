import { describe, expect, it } from "vitest"
import type { Document, Side } from "../src/document/value.ts"
import { readHealth } from "../src/health/health.ts"
import { readStates } from "../src/inbox/read-states.ts"
import { sendNow } from "../src/inbox/send-now.ts"
import { WALKS } from "../src/run/walks.ts"
import { repairRecords } from "../src/repair/repair-records.ts"
import { askAboutPlaces, cursorAt, findDrift, sweepOnce } from "../src/repair/sweep.ts"
import { type Drift } from "../src/operate/job.ts"
import { pushOnce } from "../src/run/run-push.ts"
import { SWEEP, Movable, never, shirt, shop, SIX } from "./movable.ts"

describe("until what stands in a new column was compared", () => {
  const look = (side: Side, a: Movable) => WALKS.drift.begin(a.pair.host(side).ports, SWEEP, {})
  const first = { cursor: cursorAt("product"), done: 0, result: WALKS.drift.nothing }
  const drift = async (side: Side, a: Movable) => {
    const at = { ...first, cursor: first.cursor ?? never() }
    return (await look(side, a)(at)).result
  }
  const stateOf = async (side: Side, a: Movable) => {
    const [id = ""] = a.pair.host(side).table("product").rows.keys()
    return (await readStates(a.pair.host(side).ports, "product", [id])).get(id) ?? never()
  }
  const both = async (a: Movable) => [(await stateOf("medusa", a)).state, (await stateOf("directus", a)).state]
  const codes = async (a: Movable) =>
    (await readHealth(a.pair.directus.ports, null)).problems.filter(({ code }) => code === "new_places")
  const id = (a: Movable) => [...a.pair.directus.table("product").rows.keys()][0] ?? never()

  it("its record is not called in sync on either side, and says which field waits", async () => {
    const a = await shop(["subtitle"], [shirt(1, { subtitle: "Soft" })])
    expect(await both(a)).toEqual(["synced", "synced"])
    a.move("directus", "subtitle", "subtitle")
    expect(await both(a)).toEqual(["waiting", "waiting"])
    expect(await stateOf("directus", a)).toMatchObject({
      cause: "record",
      heldBy: "new_place",
      reason: "not compared with the other side yet: subtitle",
    })
    expect(await stateOf("medusa", a)).toMatchObject({ cause: "peer" })
    await a.sweep("directus")
    expect(await both(a)).toEqual(["synced", "synced"])
    expect(a.values("directus", "subtitle")).toEqual(["Soft"])
  })

  it("nor while the peer's value is on its way, and one that the peer deleted or a person left alone is what it was", async () => {
    const a = await shop(["subtitle"], [shirt(1, { subtitle: "Soft" })])
    a.move("directus", "subtitle", "subtitle")
    await sweepOnce(a.pair.directus.ports, SWEEP)
    expect(await both(a)).toEqual(["waiting", "waiting"])
    const links = a.pair.directus.table("product").links
    const link = links.get(id(a)) ?? never()
    links.set(id(a), { ...link, standing: "archived" })
    expect((await stateOf("directus", a)).notes[0]).toMatchObject({ state: "archived", cause: "record" })
    links.set(id(a), { ...link, state: "unlinked" })
    expect((await stateOf("directus", a)).notes[0]).toMatchObject({ state: "left_alone", cause: "record" })
  })

  it("a part's counts for its whole", async () => {
    const a = await shop([], [shirt(1)])
    const variant = a.pair.medusa.create("variant", {
      title: "S",
      sku: "s",
      product: [...a.pair.medusa.table("product").rows.keys()][0] ?? "",
    })
    await a.pair.settle()
    expect(a.pair.medusa.table("variant").links.get(variant)?.peerId).toBeTruthy()
    a.moveOf("variant", "directus", "sku", "sku2")
    expect(await stateOf("directus", a)).toMatchObject({ state: "waiting", cause: "part", parts: { waiting: 1 } })
    await sendNow(a.pair.directus.ports, [{ entity: "product", localId: id(a) }])
    await a.pair.settle()
    expect(await both(a)).toEqual(["synced", "synced"])
  })

  it("a look for drift names it once, and what was asked for as what waits", async () => {
    const a = await shop(["subtitle"], [shirt(1, { subtitle: "Soft" })])
    a.move("directus", "subtitle", "subtitle")
    const apart = { entity: "product", localId: id(a), kind: "apart", fields: ["subtitle"] }
    expect(await drift("directus", a)).toEqual({ count: 1, drifts: [apart], waiting: 0 })
    expect(await drift("medusa", a)).toEqual({ count: 0, drifts: [], waiting: 0 })
    a.pair.directus.edit("product", id(a), { title: "Edited" })
    expect(await drift("directus", a)).toEqual({ count: 1, drifts: [apart], waiting: 0 })
    await pushOnce(a.pair.directus.ports)
    a.pair.directus.edit("product", id(a), { title: "Silently" }, false)
    expect(await drift("directus", a)).toEqual({
      ...{ count: 1, waiting: 0 },
      drifts: [{ ...apart, kind: "changed", fields: ["title", "subtitle"] }],
    })
    await sweepOnce(a.pair.directus.ports, SWEEP)
    expect(await drift("directus", a)).toEqual({ count: 0, drifts: [], waiting: 1 })
    await a.pair.settle()
    expect(await drift("directus", a)).toEqual({ count: 0, drifts: [], waiting: 0 })
  })

  it.each<[string, (a: Movable) => Promise<number>]>([
    ["Sync now", (a) => sendNow(a.pair.directus.ports, [{ entity: "product", localId: id(a) }])],
    ["a repair by name", (a) => repairRecords(a.pair.directus.ports, { records: [{ entity: "product", id: id(a) }] })],
    [
      "a repair of all",
      async (a) =>
        (
          await WALKS.repair.begin(
            a.pair.directus.ports,
            SWEEP,
            {},
          )({
            ...{ cursor: cursorAt("product") ?? never(), done: 0 },
            result: WALKS.repair.nothing,
          })
        ).result.marked,
    ],
  ])("%s brings it", async (_, act) => {
    const a = await shop(["subtitle"], [shirt(1, { subtitle: "Soft" })])
    a.move("directus", "subtitle", "subtitle")
    expect(await act(a)).toBe(1)
    await a.pair.settle()
    expect(a.values("directus", "subtitle")).toEqual(["Soft"])
    expect(await both(a)).toEqual(["synced", "synced"])
  })

  it("what has ended with a whole that this side keeps waits for nothing", async () => {
    const a = await shop([], [shirt(1)])
    const [shirtId = ""] = a.pair.medusa.table("product").rows.keys()
    a.pair.medusa.create("variant", { title: "S", sku: "s", product: shirtId })
    await a.pair.settle()
    a.pair.medusa.remove("product", shirtId)
    await a.pair.settle()
    a.moveOf("variant", "directus", "sku", "sku2")
    const { ports } = a.pair.directus
    const [variant = ""] = a.pair.directus.table("variant").rows.keys()
    expect((await readStates(ports, "variant", [variant])).get(variant)?.state).toBe("archived")
    expect(await codes(a)).toEqual([])
    const found: Drift[] = []
    await findDrift(ports, SWEEP, (drifts) => found.push(...drifts))
    expect(found).toEqual([])
    expect(await askAboutPlaces(ports, SWEEP)).toBe(0)
  })

  it("the health says of how many, and of which fields", async () => {
    const a = await shop(["subtitle"], SIX)
    expect(await codes(a)).toEqual([])
    a.move("directus", "subtitle", "subtitle")
    expect(await codes(a)).toMatchObject([{ severity: "note", facts: { count: 6, fields: "product.subtitle" } }])
    await a.sweep("directus")
    expect(await codes(a)).toEqual([])
  })
})

describe("what the shop deletes while Directus keeps its status in another column", () => {
  /** @param at - where Directus keeps it before the shop deletes; absent = where it was. */
  const deleted = async (at?: string | null, typed: Document = {}) => {
    const a = new Movable()
    const product = a.pair.medusa.create("product", { title: "a", handle: "a", status: "published" })
    await a.pair.settle()
    const id = a.pair.peer("medusa", product)
    if (at !== undefined) a.move("directus", "status", at, at === null ? null : "draft")
    a.pair.directus.edit("product", id, { subtitle: "Typed", ...typed })
    await a.pair.settle()
    a.pair.medusa.remove("product", product)
    await a.pair.settle()
    a.pair.directus.edit("product", id, { description: "Typed while it is archived" })
    await a.pair.settle()
    return {
      a,
      product,
      status: () => a.pair.row("directus", id)?.["status"],
      link: () => a.pair.directus.table("product").links.get(id),
    }
  }

  it("is archived where there is none, writes nothing there, and stays archived when there is one again", async () => {
    const { a, status, link } = await deleted(null)
    expect([link()?.standing, status()]).toEqual(["archived", undefined])
    a.move("directus", "status", "status2", "draft")
    await a.sweep("directus")
    expect([link()?.standing, status()]).toEqual(["archived", "draft"])
  })

  it("shows as archived in one that is not agreed on yet, and stays so until somebody says its status", async () => {
    const { a, product, status, link } = await deleted("status2")
    expect([link()?.standing, status()]).toEqual(["archived", "archived"])
    expect(a.lost()).toEqual([])
    a.pair.directus.edit("product", link()?.localId ?? "", { status: "published" })
    await a.pair.settle()
    expect(link()?.standing).toBe("alive")
    expect(a.pair.row("medusa", product)).toBeDefined()
  })

  it("is brought back by what somebody types into a column that came since, also when a sweep looks first", async () => {
    const { a, product, link } = await deleted()
    a.move("directus", "status", "status2", "draft")
    a.pair.directus.edit("product", link()?.localId ?? "", { status: "archived" })
    await a.sweep("directus", "medusa")
    expect(link()?.standing).toBe("alive")
    expect(a.pair.row("medusa", product)).toBeDefined()
  })

  it("comes back with what the archive covered, and both agree on it", async () => {
    const { a, product, link, status } = await deleted()
    a.move("directus", "status", "status2", "draft")
    await a.sweep("directus")
    expect(link()?.standing).toBe("archived")
    a.pair.medusa.restore("product", product)
    await a.pair.settle()
    await a.sweep("directus", "medusa")
    expect([link()?.standing, status(), a.pair.row("medusa", product)?.["status"]]).toEqual([
      "alive",
      "published",
      "published",
    ])
  })

  it("takes along nothing unseen that was typed into it before: that is in the inbox", async () => {
    const { a, link } = await deleted("status2", { status: "proposed" })
    expect(link()?.standing).toBe("archived")
    expect(a.lost()).toEqual(['concurrent status loses directus: "proposed"'])
  })
})
