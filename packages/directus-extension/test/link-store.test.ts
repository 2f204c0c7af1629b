import { linkDigest, resolveConfig, sumUp, type Link } from "medusa-directus-core/host"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { makeLinkStore } from "../src/ports/link-store"
import { TABLES } from "../src/database/tables"
import { fakeDirectus, type FakeDirectus } from "./fake-directus"

const { entities } = resolveConfig({})
let directus: FakeDirectus
beforeEach(async () => {
  directus = await fakeDirectus(entities)
})
afterEach(() => directus.close())

const IDS = ["1", "it's", 'say "x"', "back\\slash", "Grüße 🦄", "two\nlines", "%_like", "--"]

const insert = (localId: string, peerId: string | null, more: Partial<Link> = {}) =>
  directus.database(TABLES.link).insert({
    entity: "product",
    local_id: localId,
    peer_id: peerId,
    fields: "{}",
    standing: "alive",
    state: "active",
    ...more,
  })

describe("the links on SQLite", () => {
  beforeEach(async () => {
    for (const [i, id] of IDS.entries()) await insert(id, `prod_${id}`, { rev: i, seen: 2 * i, acked: 3 * i })
    await insert("unlinked", null)
    await insert("tombstone:prod_gone", "prod_gone")
  })

  it("are summed up as Medusa sums up its own", async () => {
    const theirs = IDS.map((id, i) => ({
      entity: "product",
      localId: `prod_${id}`,
      peerId: id,
      rev: 0,
      seen: 3 * i,
      acked: 2 * i,
    }))
    const byBucket = (a: { bucket: number }, b: { bucket: number }) => a.bucket - b.bucket
    const mine = await makeLinkStore(directus.database, "sqlite3").digest()
    expect(mine.sort(byBucket)).toEqual(sumUp("medusa", theirs).sort(byBucket))
  })

  it("are found by their buckets, and no more than are wanted", async () => {
    const links = makeLinkStore(directus.database, "sqlite3")
    for (const [i, id] of IDS.entries()) {
      const link = { entity: "product", localId: id, peerId: `prod_${id}`, rev: i, seen: 2 * i, acked: 3 * i }
      expect(await links.inBuckets([linkDigest("directus", link)[0]], 100)).toContainEqual(link)
    }
    expect(await links.inBuckets([...Array(1024).keys()], 3)).toHaveLength(3)
    expect(await links.inBuckets([...Array(1024).keys()], 100)).toHaveLength(IDS.length)
  })

  it("are counted while values of places that came later were not compared", async () => {
    const at = (places: object | null) => ({ places: JSON.stringify(places) }) as unknown as Partial<Link>
    const answered = { since: 1, until: 5, of: "prod_c" }
    await insert("a", "prod_a", at(null))
    await insert("b", "prod_b", at({ title: { since: 1, until: 0 } }))
    await insert("c", "prod_c", { ...at({ title: answered, handle: { since: 2, until: 0 } }), seen: 4 })
    await insert("d", "prod_d", { ...at({ title: { ...answered, of: "prod_d" }, handle: answered }), seen: 5 })
    await insert("e", "prod_e", { ...at(null), state: "unlinked" })
    await insert("f", "prod_f", { ...at(null), standing: "gone" })
    await directus.database(TABLES.link).where("local_id", "like", "_").update({ entity: "collection" })
    await directus.database(TABLES.link).where({ local_id: "1" }).update({ entity: "product" })
    const links = makeLinkStore(directus.database, "sqlite3")
    const count = async (since: [string, number][]) => {
      const { records, places } = await links.countApart("collection", new Map(since), null)
      return [records, places.sort()]
    }
    expect(await count([["title", 1]])).toEqual([2, ["title"]])
    expect(await count([["handle", 1]])).toEqual([3, ["handle"]])
    expect(await count([["handle", 2]])).toEqual([3, ["handle"]])
    expect(await count([["title", 2]])).toEqual([4, ["title"]])
    expect(await links.countApart("variant", new Map([["sku", 1]]), "product")).toEqual({ records: 0, places: [] })
  })

  it("of parts that rest with their whole none are", async () => {
    await directus.database(TABLES.link).where({ local_id: "1" }).update({ standing: "archived" })
    await directus.database(TABLES.link).where({ local_id: "--" }).update({ state: "unlinked" })
    await insert("of left alone", "v3", { entity: "variant", parent_id: "--" } as Partial<Link>)
    await insert("of kept", "v1", { entity: "variant", parent_id: "1" } as Partial<Link>)
    await insert("of another", "v2", { entity: "variant", parent_id: "it's" } as Partial<Link>)
    const links = makeLinkStore(directus.database, "sqlite3")
    expect(await links.countApart("variant", new Map([["sku", 1]]), "product")).toEqual({ records: 1, places: ["sku"] })
  })

  it("are stopped as the list says, and no others", async () => {
    await directus.database(TABLES.link).where({ local_id: "1" }).update({ state: "quarantined" })
    for (const [id, runAt] of [
      ["it's", null],
      ["--", 5],
    ] as const) {
      await directus.database(TABLES.link).where({ local_id: id }).update({ held_back: true })
      await directus
        .database(TABLES.dirty)
        .insert({ entity: "product", local_id: id, n: 1, priority: 0, run_at: runAt })
    }
    const links = makeLinkStore(directus.database, "sqlite3")
    const listed = (await links.quarantined(["product"], 100, 0)).map(({ localId }) => localId).sort()
    expect([...(await links.stopped("product", IDS))].sort()).toEqual(listed)
    expect(listed).toEqual(["1", "it's"])
    expect(await links.stopped("variant", IDS)).toEqual(new Set())
    expect(await links.stopped("product", ["--"])).toEqual(new Set())
  })

  it("are found by the key that they are announced by, and by the one before", async () => {
    const links = makeLinkStore(directus.database, "sqlite3")
    const [one, two, three] = await links.lock("product", ["--", "1", "it's"])
    if (!one || !two || !three) throw new Error("The links are not there.")
    await links.save("product", [
      { ...one, announced: "handle=hemd", withdrawn: "handle=shirt" },
      { ...two, announced: "handle=shirt" },
      { ...three, announced: "" },
    ])
    const found = async (...keys: string[]) =>
      (await links.findByAnnounced("product", keys)).map(({ localId }) => localId).sort()
    expect(await found("handle=shirt")).toEqual(["--", "1"])
    expect(await found("handle=hemd", "handle=shirt")).toEqual(["--", "1"])
    expect(await found("handle=hemd")).toEqual(["--"])
    expect(await found("handle=hose")).toEqual([])
  })

  it("without tombstones, when those are to be forgotten", async () => {
    const links = makeLinkStore(directus.database, "sqlite3")
    await links.removeTombstones()
    expect(await links.page("product", null, 100)).toEqual([...IDS, "unlinked"].sort())
  })
})
