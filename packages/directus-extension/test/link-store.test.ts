import { linkDigest, resolveConfig, sumUp, type Link } from "medusa-directus-core"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { makeLinkStore } from "../src/adapters/link-store"
import { TABLES } from "../src/schema/internal-tables"
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
