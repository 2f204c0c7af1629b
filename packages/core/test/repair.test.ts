import { describe, expect, it } from "vitest"
import type { Side } from "../src/document/value.ts"
import { sayHello } from "../src/send/ask-peer.ts"
import { pushOnce } from "../src/run/run-push.ts"
import { checkHome } from "../src/guard/home.ts"
import { pauseByPerson } from "../src/guard/pause.ts"
import { emptyLink } from "../src/link/link.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { differingBuckets, packBuckets, sumUp } from "../src/link/digest.ts"
import { repairRecords } from "../src/repair/repair-records.ts"
import { repairLinks } from "../src/repair/run-repair.ts"
import { findDrift, sweepOnce } from "../src/repair/sweep.ts"
import { type Drift } from "../src/operate/job.ts"
import { Pair } from "./pair.ts"
import { repairAll, reportDrift } from "./walked.ts"

const shirt = (n: number) => ({ title: `Shirt ${String(n)}`, handle: `shirt-${String(n)}` })

async function catalogue(size: number): Promise<{ pair: Pair; ids: string[] }> {
  const pair = new Pair(resolveConfig())
  const ids = Array.from({ length: size }, (_, n) => pair.medusa.create("product", shirt(n)))
  await pair.settle()
  return { pair, ids }
}

/** Messages that were sent since, and the bytes of the answers do not count. */
async function cost(pair: Pair, work: () => Promise<unknown>): Promise<number> {
  const before = pair.requests.length
  await work()
  return pair.requests.length - before
}

/** A minute passes: each side greets the other. */
async function minute(pair: Pair): Promise<void> {
  for (const side of ["medusa", "directus"] as const) await sayHello(pair.host(side).ports)
}

/** As the senders of both sides do after a while. */
async function settled(pair: Pair): Promise<void> {
  await minute(pair)
  await minute(pair)
  await pair.settle()
}

describe("two sides that agree", () => {
  it("know it by one request, whatever the size of the catalogue", async () => {
    const { pair } = await catalogue(300)
    for (const side of ["medusa", "directus"] as const) {
      expect(await cost(pair, () => repairLinks(pair.host(side).ports))).toBe(1)
      expect(await repairLinks(pair.host(side).ports)).toEqual({ requests: 1, differing: 0, repaired: 0 })
    }
  })

  it("exchange less than 24 kB", async () => {
    const { pair } = await catalogue(300)
    const { digest } = await pair.medusa.ports.transaction(async ({ links }) => ({
      digest: packBuckets(await links.digest()),
    }))
    expect(digest.length).toBeLessThan(17_000)
  })

  it("a difference in one link is one differing bucket", () => {
    const links = Array.from({ length: 50 }, (_, n) => ({
      entity: "product",
      localId: `m${String(n)}`,
      peerId: `d${String(n)}`,
      rev: 1,
      seen: 2,
      acked: 3,
    }))
    const theirs = links.map(({ localId, peerId, seen, acked, ...rest }) => ({
      ...rest,
      localId: peerId,
      peerId: localId,
      seen: acked,
      acked: seen,
    }))
    const sum = (side: Side, of: typeof links) => packBuckets(sumUp(side, of))
    expect(differingBuckets(sum("medusa", links), sum("directus", theirs))).toEqual([])
    const [first, ...others] = theirs
    const changed = first ? [{ ...first, seen: 9 }, ...others] : []
    expect(differingBuckets(sum("medusa", links), sum("directus", changed))).toHaveLength(1)
  })
})

describe("what one side has lost", () => {
  it("a link is found and made again, without a second record", async () => {
    const { pair, ids } = await catalogue(20)
    const table = pair.directus.table("product")
    const lost = pair.peer("medusa", ids[7] ?? "")
    table.byPeer.delete(ids[7] ?? "")
    table.links.delete(lost)
    expect(await repairLinks(pair.medusa.ports)).toMatchObject({ repaired: 1 })
    await pair.settle()
    expect(table.rows.size).toBe(20)
    expect(pair.peer("medusa", ids[7] ?? "")).toBe(lost)
    expect(await repairLinks(pair.directus.ports)).toMatchObject({ repaired: 0 })
  })

  it("a pair is told anew, and so is whatever refers to it: it gets another record there", async () => {
    const pair = new Pair(resolveConfig())
    const category = pair.medusa.create("category", { name: "Shirts", handle: "shirts" })
    const product = pair.medusa.create("product", { ...shirt(1), [`categories#${category}`]: true })
    await pair.settle()
    const { rows, links, byPeer } = pair.directus.table("category")
    const lost = links.get(pair.medusa.table("category").links.get(category)?.peerId ?? "")?.localId ?? ""
    rows.delete(lost)
    links.delete(lost)
    byPeer.delete(category)
    pair.directus.table("product").rows.set(pair.peer("medusa", product), { ...shirt(1) })
    await repairLinks(pair.medusa.ports)
    await pair.settle()
    const [again] = rows.keys()
    expect(again).not.toBe(lost)
    expect(pair.row("directus", pair.peer("medusa", product))?.[`categories#${again ?? ""}`]).toBe(true)
  })

  it.each(["medusa", "directus"] as const)(
    "%s set back to a backup: the other side gives back what it has",
    async (side) => {
      const { pair, ids } = await catalogue(20)
      await minute(pair)
      const backup = pair.host(side).backup()
      await minute(pair)
      const [first = "", second = ""] = ids
      pair.medusa.edit("product", first, { title: "edited in Medusa" })
      pair.directus.edit("product", pair.peer("medusa", second), { subtitle: "edited in Directus" })
      const created = pair.medusa.create("product", shirt(99))
      await pair.settle()
      await minute(pair)
      await minute(pair)
      pair.host(side).restoreFrom(backup)
      // Somebody edits before anyone has noticed.
      const here = side === "medusa" ? first : pair.peer("medusa", first)
      pair.host(side).edit("product", here, { material: "wool" })

      await settled(pair)

      const [there] = [...pair.directus.table("product").rows.values()].filter((row) => row["material"] === "wool")
      expect(there).toMatchObject({ title: "edited in Medusa", material: "wool" })
      expect(pair.row("medusa", first)).toMatchObject({ title: "edited in Medusa", material: "wool" })
      expect(pair.row("medusa", second)).toMatchObject({ subtitle: "edited in Directus" })
      for (const each of ["medusa", "directus"] as const) {
        const handles = [...pair.host(each).table("product").rows.values()].map((row) => row["handle"])
        expect(handles).toHaveLength(21)
        expect(new Set(handles).size).toBe(21)
      }
      expect(created).toBeTruthy()
      expect(await repairLinks(pair.medusa.ports)).toMatchObject({ differing: 0 })
      const restored = pair.host(side).control
      expect(restored.past).toHaveLength(1)
      expect(pair.medusa.control.repair ?? pair.directus.control.repair).toBeNull()
    },
  )

  it.each(["medusa", "directus"] as const)(
    "%s set back: neither side counts on what was promised before",
    async (side) => {
      const { pair } = await catalogue(3)
      await minute(pair)
      const lonely = { ...emptyLink("product", "lonely"), announced: "handle=lonely", awaiting: "x", promised: "x" }
      for (const { ports } of [pair.medusa, pair.directus])
        await ports.transaction(({ links }) => links.save("product", [lonely]))
      const backup = pair.host(side).backup()
      await minute(pair)
      await minute(pair)
      pair.host(side).restoreFrom(backup)
      await settled(pair)
      for (const host of [pair.medusa, pair.directus])
        expect(host.table("product").links.get("lonely")).toMatchObject({ awaiting: null, promised: "x" })
    },
  )

  it("messages of the time before are refused by both", async () => {
    const { pair, ids } = await catalogue(3)
    await minute(pair)
    const backup = pair.medusa.backup()
    // A backup that is younger than a beat cannot be told from the database itself.
    await minute(pair)
    await minute(pair)
    pair.medusa.restoreFrom(backup)
    await sayHello(pair.medusa.ports)
    expect(pair.medusa.control).toMatchObject({ repair: "restored" })
    expect(pair.medusa.control.epoch).not.toBe(backup.control.epoch)
    pair.directus.edit("product", pair.peer("medusa", ids[0] ?? ""), { title: "meanwhile" })
    // Directus learns of it by its next message; until both have compared, nothing is applied.
    await pushOnce(pair.directus.ports)
    expect(pair.row("medusa", ids[0] ?? "")?.["title"]).toBe("Shirt 0")
    await settled(pair)
    expect(pair.row("medusa", ids[0] ?? "")?.["title"]).toBe("meanwhile")
  })
})

describe("the sweep", () => {
  const all = { newAmong: (_: string, ids: string[]) => Promise.resolve(ids), rest: () => Promise.resolve(true) }

  it("finds and names what changed behind every hook, and marks it", async () => {
    const { pair, ids } = await catalogue(1200)
    const { rows } = pair.medusa.table("product")
    const [changed = "", gone = ""] = ids
    rows.set(changed, { ...rows.get(changed), title: "by SQL" })
    rows.delete(gone)
    const added = pair.medusa.create("product", shirt(5000), false)
    const found: Drift[] = []
    await findDrift(pair.medusa.ports, all, (drifts) => found.push(...drifts))
    expect(await sweepOnce(pair.medusa.ports, all)).toBe(3)
    expect(found.sort((a, b) => (a.kind < b.kind ? -1 : 1))).toEqual([
      { entity: "product", localId: changed, kind: "changed", fields: ["title"] },
      { entity: "product", localId: gone, kind: "gone", fields: [] },
      { entity: "product", localId: added, kind: "new", fields: [] },
    ])
    await pair.settle()
    expect(pair.row("directus", pair.peer("medusa", changed))?.["title"]).toBe("by SQL")
  })

  it("finds nothing in a part that was deleted here while its parent was deleted there", async () => {
    const pair = new Pair(resolveConfig())
    const product = pair.medusa.create("product", shirt(1))
    const variant = pair.medusa.create("variant", { product, title: "S", sku: "S" })
    await pair.settle()
    pair.medusa.remove("variant", variant, false)
    pair.directus.remove("product", pair.peer("medusa", product))
    await pair.settle()
    expect(pair.medusa.table("product").links.get(product)?.standing).toBe("archived")
    const found: Drift[] = []
    for (let sweep = 0; sweep < 2; sweep++) {
      await sweepOnce(pair.medusa.ports, all)
      await pair.settle()
    }
    await findDrift(pair.medusa.ports, all, (drifts) => found.push(...drifts))
    expect(found).toEqual([])
  })

  it("is reported without a mark", async () => {
    const { pair, ids } = await catalogue(5)
    pair.medusa.edit("product", ids[0] ?? "", { title: "by SQL" }, false)
    const found: Drift[] = []
    await findDrift(pair.medusa.ports, all, (drifts) => found.push(...drifts))
    expect(found).toMatchObject([{ localId: ids[0], kind: "changed" }])
    expect(pair.medusa.hasDueMarks()).toBe(false)
  })

  it("finds an edit whose mark was lost after it was captured", async () => {
    const { pair, ids } = await catalogue(5)
    const [id = ""] = ids
    pair.medusa.edit("product", id, { title: "Edited" })
    pair.network = () => {
      throw new Error("down")
    }
    await pushOnce(pair.medusa.ports)
    pair.network = () => undefined
    pair.medusa.table("product").marks.clear()
    const found: Drift[] = []
    await findDrift(pair.medusa.ports, all, (drifts) => found.push(...drifts))
    expect(found).toEqual([{ entity: "product", localId: id, kind: "untold", fields: [] }])
    expect(await sweepOnce(pair.medusa.ports, all)).toBe(1)
  })
})

describe("a person asks", () => {
  const none = { newAmong: () => Promise.resolve([]) }

  it("for the drift: all of it is counted and named, nothing is marked", async () => {
    const { pair, ids } = await catalogue(5)
    for (const id of ids.slice(0, 3)) pair.medusa.edit("product", id, { title: "by SQL" }, false)
    const report = await reportDrift(pair.medusa.ports, none)
    expect(report.count).toBe(3)
    expect(report.drifts).toHaveLength(3)
    expect(report.drifts[0]).toMatchObject({ kind: "changed", fields: ["title"] })
    expect(pair.medusa.hasDueMarks()).toBe(false)
  })

  it("for the repair of one record, or of all that drifted", async () => {
    const { pair, ids } = await catalogue(5)
    const [first = "", second = ""] = ids
    for (const id of [first, second]) pair.medusa.edit("product", id, { title: "by SQL" }, false)
    const records = [{ entity: "product", id: first }]
    expect(await repairRecords(pair.medusa.ports, { records })).toBe(1)
    await pair.settle()
    expect(pair.row("directus", pair.peer("medusa", first))?.["title"]).toBe("by SQL")
    expect(pair.row("directus", pair.peer("medusa", second))?.["title"]).toBe("Shirt 1")
    expect(await repairAll(pair.medusa.ports, none)).toBe(1)
    await pair.settle()
    expect(pair.row("directus", pair.peer("medusa", second))?.["title"]).toBe("by SQL")
  })

  it("for records of a kind that is not mapped, and nothing is marked", async () => {
    const { pair, ids } = await catalogue(1)
    const records = [{ entity: "shoe", id: ids[0] ?? "" }]
    for (const thisSideWins of [false, true])
      expect(await repairRecords(pair.medusa.ports, { records, thisSideWins })).toBe(0)
    expect(pair.medusa.hasDueMarks()).toBe(false)
  })

  it.each(["all", "named"] as const)(
    "to tell %s again: news of the other side is a conflict for the mapping to judge, and its loser is kept",
    async (which) => {
      const { pair, ids } = await catalogue(3)
      const [first = "", second = ""] = ids
      const there = pair.peer("medusa", first)
      // Directus captures it when the message comes: an edit of its own.
      pair.directus.edit("product", there, { title: "by SQL, behind the hooks" }, false)
      const records = [first, second].map((id) => ({ entity: "product", id }))
      const { ports } = pair.medusa
      const marked = await (which === "all"
        ? repairAll(ports, none, { thisSideWins: true })
        : repairRecords(ports, { records, thisSideWins: true }))
      expect(marked).toBe(which === "all" ? 3 : 2)
      await pair.settle()
      const wins = pair.medusa.ports.config.entities.get("product")?.fields.get("title")?.wins
      const title = wins === "medusa" ? "Shirt 0" : "by SQL, behind the hooks"
      expect(pair.row("directus", there)?.["title"]).toBe(title)
      expect(pair.row("medusa", first)?.["title"]).toBe(title)
      expect(pair.medusa.conflicts.size + pair.directus.conflicts.size).toBe(1)
    },
  )
})

describe("a database that moved", () => {
  it("sends and takes nothing until a person has said what it is, not even a greeting", async () => {
    const { pair, ids } = await catalogue(2)
    const { ports } = pair.directus
    await checkHome(ports, "a")
    await checkHome(ports, "b")
    expect(pair.directus.control).toMatchObject({ home: "a", paused: { code: "database_moved" } })
    pair.directus.edit("product", pair.peer("medusa", ids[0] ?? ""), { title: "in the copy" })
    pair.medusa.edit("product", ids[1] ?? "", { title: "for the original" })
    expect(
      await cost(pair, async () => {
        await sayHello(ports)
        await pushOnce(ports)
        expect(await repairLinks(ports)).toBeNull()
      }),
    ).toBe(0)
    await pushOnce(pair.medusa.ports)
    expect(pair.row("directus", pair.peer("medusa", ids[1] ?? ""))?.["title"]).toBe("Shirt 1")
    // Back where it was, nobody has to be asked.
    await checkHome(ports, "a")
    await pair.settle()
    expect(pair.row("medusa", ids[0] ?? "")?.["title"]).toBe("in the copy")
    expect(pair.row("directus", pair.peer("medusa", ids[1] ?? ""))?.["title"]).toBe("for the original")
  })

  it("is paused as before when it is back, however often it was looked for", async () => {
    const { pair } = await catalogue(1)
    const { ports } = pair.directus
    await checkHome(ports, "a")
    await pauseByPerson(ports, { both: true })
    const { paused } = await ports.readControl()
    for (const home of ["b", "b", "c"]) await checkHome(ports, home)
    expect((await ports.readControl()).paused).toMatchObject({ code: "database_moved", before: paused })
    await checkHome(ports, "a")
    expect((await ports.readControl()).paused).toEqual(paused)
  })
})
