import type { Knex } from "knex"
import { capture, resolveConfig } from "medusa-directus-core/host"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { makeDocumentStore } from "../src/ports/document-store"
import {
  countImages,
  forgetFile,
  keepImage,
  leaseImage,
  markPlaced,
  nextImageDue,
  refuseImage,
  refuseUse,
  renewImage,
  retryImage,
  retryRefusedImages,
  settledUses,
  type LeasedImage,
  type SettledUse,
} from "../src/images/image-store"
import { usesIn, wantImages, type ImageUse } from "../src/items/image-uses"
import { makeLinkStore } from "../src/ports/link-store"
import { readRows } from "../src/items/read-rows"
import type { StoredKind } from "../src/items/stored-kinds"
import { findImages } from "../src/images/find-images"
import { imageTitle } from "../src/images/image-title"
import { pruneInternalTables } from "../src/schema/internal-tables"
import { TABLES } from "../src/database/tables"
import { withoutOldCopies } from "../src/capture/old-copies"
import { fakeDirectus, PUBLIC_URL, uuid, type FakeDirectus } from "./fake-directus"

const { entities } = resolveConfig({})
let directus: FakeDirectus
let database: Knex
beforeEach(async () => {
  directus = await fakeDirectus(entities)
  database = directus.database
})
afterEach(() => directus.close())

const kind = (name: string): StoredKind => {
  const found = directus.reader.kinds.find(name)
  if (!found) throw new Error(`no kind ${name}`)
  return found
}

const A = "https://shop.example.com/a.png"
const B = "https://shop.example.com/b.png"

const use = (n: number, address: string | null, entity = "product"): ImageUse => ({
  entity,
  localId: uuid(n),
  column: entity === "image" ? "url" : "thumbnail",
  address,
})
const want = (...uses: ImageUse[]) => database.transaction((trx) => wantImages(trx, uses, 1000))
const lease = (owner = "me", now = 1000) => database.transaction((trx) => leaseImage(trx, "sqlite3", owner, now))
const leased = async (owner = "me", now = 1000): Promise<LeasedImage> => {
  const image = await lease(owner, now)
  if (!image) throw new Error("nothing is due")
  return image
}
const keep = async (image: LeasedImage, sha256: string, owner = "me"): Promise<boolean> => {
  let dropped = false
  await database.transaction((trx) =>
    keepImage(trx, "sqlite3", owner, image, sha256, () => {
      dropped = true
      return Promise.resolve()
    }),
  )
  return dropped
}
const settled = (): Promise<SettledUse[]> => settledUses(database, 0, 100)
const place = async (): Promise<void> => {
  for (const each of await settled()) {
    await database("products").where({ id: each.local_id }).update({ thumbnail_file: each.file })
    await markPlaced(database, each)
  }
}
const thumbnail = async (n: number) =>
  (await readRows(directus.reader, kind("product"), [uuid(n)])).get(uuid(n))?.["thumbnail"]

describe("which addresses are imported", () => {
  const address = (value: unknown) =>
    usesIn(kind("product"), directus.reader.assets, uuid(1), { title: "One", thumbnail: value }).map(
      (each) => each.address,
    )

  it.each([
    [A, A],
    ["HTTP://shop.example.com/a.png", "HTTP://shop.example.com/a.png"],
    [null, null],
    ["/static/a.png", null],
    ["data:image/png;base64,AA==", null],
    ["ftp://shop.example.com/a.png", null],
    ["http://", null],
    [`${PUBLIC_URL}/assets/${uuid(9)}`, null],
  ])("%s: %s", (value, expected) => {
    expect(address(value)).toEqual([expected])
  })

  it("a write that does not touch the address says nothing about it", () => {
    expect(usesIn(kind("product"), directus.reader.assets, uuid(1), { title: "One" })).toEqual([])
  })
})

describe("one picture, one file", () => {
  it("the same address of several items is one import, and of two processes one has it", async () => {
    await want(use(1, A), use(2, A), use(3, A, "image"))
    const image = await leased()
    expect(image).toMatchObject({ address: A, attempts: 0 })
    expect(await lease("other")).toBeNull()
    await keep(image, "sha-a")
    expect((await settled()).map(({ local_id, file, state }) => [local_id, file, state])).toEqual(
      [1, 2, 3].map((n) => [uuid(n), image.file, "here"]),
    )
  })

  it("a process that died gives its picture up after its lease, and the next one makes the same file", async () => {
    await want(use(1, A))
    const first = await leased("dead")
    expect(await nextImageDue(database)).toBe(21_000)
    await renewImage(database, "dead", first, 11_000)
    expect(await lease("me", 21_001)).toBeNull()
    const second = await leased("me", 31_001)
    expect(second.file).toBe(first.file)
    // The first one was only slow.
    await keep(first, "sha-a", "dead")
    expect(await settled()).toEqual([])
    await keep(second, "sha-a")
    expect(await settled()).toHaveLength(1)
  })

  it("the same content at another address is the file that is there; when that is gone it is a file of its own", async () => {
    await want(use(1, A))
    const first = await leased()
    await keep(first, "sha")
    await database("directus_files").insert({ id: first.file })
    await want(use(2, B))
    const second = await leased()
    expect(await keep(second, "sha")).toBe(true)
    expect((await settled()).map(({ file }) => file)).toEqual([first.file, first.file])

    await database("directus_files").delete()
    await want(use(3, "https://shop.example.com/c.png"))
    const third = await leased()
    expect(await keep(third, "sha")).toBe(false)
    expect((await settled()).at(-1)?.file).toBe(third.file)
  })

  it("a file that is gone is made anew for the next item that wants it, under another id", async () => {
    await want(use(1, A))
    const image = await leased()
    await keep(image, "sha")
    await forgetFile(database, image.key, image.file, 1000)
    expect((await leased()).file).not.toBe(image.file)
  })

  it("what no item wants any more is not fetched", async () => {
    await want(use(1, A))
    await want(use(1, null))
    expect(await lease()).toBeNull()
    await want(use(1, A))
    await want(use(1, B))
    expect(await leased()).toMatchObject({ address: B })
    expect(await lease()).toBeNull()
  })

  it("one that failed stands behind those that nobody has tried, however many have failed", async () => {
    await want(use(1, A), use(2, B))
    const [first, second] = [await leased(), await leased()]
    for (const failed of [first, second]) await retryImage(database, "me", failed, 2000)
    const next = "https://shop.example.com/next.png"
    await database.transaction((trx) => wantImages(trx, [use(3, next)], 5000))
    expect((await leased("me", 9000)).address).toBe(next)
    expect([(await leased("me", 9000)).attempts, (await leased("me", 9000)).attempts]).toEqual([1, 1])
  })

  it("a failed try is due later, and counted", async () => {
    await want(use(1, A))
    await retryImage(database, "me", await leased(), 5000)
    expect(await lease("me", 4999)).toBeNull()
    expect(await nextImageDue(database)).toBe(5000)
    expect(await leased("me", 5000)).toMatchObject({ attempts: 1 })
  })
})

describe("a picture that cannot be had", () => {
  const journal = () => database(TABLES.journal).select<{ local_id: string; reason: string }[]>("local_id", "reason")
  const tell = async (): Promise<void> => {
    for (const each of await settled()) await refuseUse(database, "sqlite3", each, each.reason ?? "", 1000)
  }

  it("is told once to each item's journal, and tried once more after a start", async () => {
    await want(use(1, A), use(2, A))
    await refuseImage(database, "me", await leased(), "denied")
    await tell()
    expect(await journal()).toEqual([1, 2].map((n) => ({ local_id: uuid(n), reason: "denied" })))
    expect(await lease("me", 9_000_000)).toBeNull()
    expect(await countImages(database)).toEqual({ waiting: 0, refused: 1 })

    await retryRefusedImages(database, 2000)
    expect(await countImages(database)).toEqual({ waiting: 1, refused: 0 })
    await refuseImage(database, "me", await leased("me", 2000), "denied")
    await tell()
    expect(await journal()).toHaveLength(2)

    await want(use(3, A))
    await tell()
    expect((await journal()).map(({ local_id }) => local_id)).toEqual([1, 2, 3].map(uuid))
  })
})

describe("a copy stands for its address", () => {
  beforeEach(async () => {
    await database("products").insert({ id: uuid(1), title: "One", thumbnail: A })
    await want(use(1, A))
    await keep(await leased(), "sha")
    await place()
  })

  it("so that nothing has changed for the sync", async () => {
    expect(await thumbnail(1)).toBe(A)
  })

  it("and another file goes before the address", async () => {
    await database("products").update({ thumbnail_file: uuid(90) })
    expect(await thumbnail(1)).toBe(`${PUBLIC_URL}/assets/${uuid(90)}`)
  })

  it("a typed address goes before the copy of the old one", async () => {
    await database("products").update({ thumbnail: B })
    expect(await thumbnail(1)).toBe(B)
  })

  it("alone it is a file like any other", async () => {
    const [row] = await database("products").select<{ thumbnail_file: string }[]>("thumbnail_file")
    await database("products").update({ thumbnail: null })
    expect(await thumbnail(1)).toBe(`${PUBLIC_URL}/assets/${row?.thumbnail_file ?? ""}`)
  })

  it("and the copy of one item is a file like any other in the next", async () => {
    const [row] = await database("products").select<{ thumbnail_file: string }[]>("thumbnail_file")
    await database("products").insert({ id: uuid(2), thumbnail: B, thumbnail_file: row?.thumbnail_file })
    expect(await thumbnail(2)).toBe(`${PUBLIC_URL}/assets/${row?.thumbnail_file ?? ""}`)
  })
})

it("an image is found by its address also when a copy lies beside it, and not by one that another file covers", async () => {
  const unused = () => {
    throw new Error("not used by a search")
  }
  await database("product_images").insert([
    { id: uuid(1), product: uuid(5), url: A },
    { id: uuid(2), product: uuid(5), url: B, file: uuid(90) },
  ])
  await want(use(1, A, "image"))
  const image = await leased()
  await keep(image, "sha")
  await database("product_images")
    .where({ id: uuid(1) })
    .update({ file: image.file })
  for (const each of await settled()) await markPlaced(database, each)
  const documents = makeDocumentStore({
    reader: directus.reader,
    schema: directus.schema,
    services: {} as never,
    own: { open: true, claims: new Map(), creating: new Map() },
    queue: null,
    touched: unused,
    now: unused,
    wantImages: null,
  })
  const find = (value: string) =>
    documents.findByKeys("image", [{ field: "url", value, within: uuid(5) }]).then(([ids]) => ids)
  expect(await find(A)).toEqual([uuid(1)])
  expect(await find(B)).toEqual([])
  expect(await find(`${PUBLIC_URL}/assets/${uuid(90)}`)).toEqual([uuid(2)])
  expect(await find(`${PUBLIC_URL}/assets/${image.file}`)).toEqual([])
})

describe("addresses that were there before", () => {
  const link = async (n: number, r: number): Promise<void> => {
    const fields = (await readRows(directus.reader, kind("product"), [uuid(n)])).get(uuid(n))
    const captured = capture(kind("product").entity, null, uuid(n), { present: true, fields: fields ?? null })
    if (!captured) throw new Error("not captured")
    const { fp } = captured.link.fields["thumbnail"] ?? { fp: "" }
    await makeLinkStore(database, "sqlite3").save("product", [
      { ...captured.link, peerId: `peer-${String(n)}`, fields: { ...captured.link.fields, thumbnail: { fp, r } } },
    ])
  }
  const find = () =>
    findImages(
      () => Promise.resolve(directus.reader),
      () => false,
      () => 1000,
    )
  const uses = () => database(TABLES.imageUse).orderBy("local_id").pluck("local_id")

  it("are found when they came from Medusa; what an editor typed, or shows a file, is left alone", async () => {
    await database("products").insert([
      { id: uuid(1), thumbnail: A },
      { id: uuid(2), thumbnail: A },
      { id: uuid(3), thumbnail: A, thumbnail_file: uuid(90) },
      { id: uuid(4), thumbnail: "/static/a.png" },
      { id: uuid(5), thumbnail: A },
    ])
    for (const n of [1, 3, 4]) await link(n, 0)
    await link(2, 3)
    await find()
    expect(await uses()).toEqual([uuid(1)])
  })

  it("and not once more when the editor has cleared the copy", async () => {
    await database("products").insert({ id: uuid(1), thumbnail: A })
    await link(1, 0)
    await find()
    await keep(await leased(), "sha")
    await place()
    await database("products").update({ thumbnail_file: null })
    await find()
    expect(await settled()).toEqual([])
    expect(await thumbnail(1)).toBe(A)
  })

  it("over more than one page", async () => {
    const rows = Array.from({ length: 501 }, (_, n) => ({ id: uuid(1000 + n), thumbnail: `${A}?${String(n)}` }))
    for (let at = 0; at < rows.length; at += 100) await database("products").insert(rows.slice(at, at + 100))
    for (const n of [1000, 1500]) await link(n, 0)
    await find()
    expect(await uses()).toEqual([1000, 1500].map(uuid))
  })
})

it("a copy is called as the product", async () => {
  await database("products").insert({ id: uuid(5), title: "Shirt" })
  await database("product_variants").insert({ id: uuid(6), product: uuid(5), title: "S", thumbnail: A })
  await want(use(6, A, "variant"))
  expect(await imageTitle(directus.reader, await leased())).toBe("Shirt")
})

it("what no item shows any more is forgotten, but not where a copy lies", async () => {
  await want(use(1, A), use(2, B))
  await keep(await leased(), "sha")
  await pruneInternalTables(database, new Date(2000), 30)
  expect(await database(TABLES.imageUse).select("id")).toEqual([])
  expect(await database(TABLES.image).pluck("state")).toEqual(["here"])
})

describe("an editor who types another address", () => {
  const context = () => ({ database, schema: directus.schema, accountability: null })
  const type = (payload: Record<string, unknown>, ...ns: number[]) => {
    const change = {
      captured: { ...directus.reader, dependentsOf: () => [] },
      collection: "products",
      kind: kind("product"),
      ids: ns.map(uuid),
      context: context() as never,
      person: true,
      asked: false,
    }
    return withoutOldCopies(payload, change, { info: () => {}, warn: fail, error: fail })
  }
  const fail = (message: string) => {
    throw new Error(message)
  }
  beforeEach(async () => {
    await database("products").insert([1, 2, 3].map((n) => ({ id: uuid(n), thumbnail: A })))
    await want(use(1, A), use(2, A))
    await keep(await leased(), "sha")
    await place()
  })

  it("takes the copy of the old one off", async () => {
    expect(await type({ thumbnail: B, title: "T" }, 1, 2, 3)).toEqual({
      thumbnail: B,
      title: "T",
      thumbnail_file: null,
    })
  })

  it.each([
    ["the same address", { thumbnail: A }],
    ["no address", { thumbnail: null }],
    ["a file besides", { thumbnail: B, thumbnail_file: uuid(90) }],
    ["another field", { title: "T" }],
  ])("%s: the edit stays as it is", async (_, payload) => {
    expect(await type(payload, 1)).toEqual(payload)
  })

  it("a file that somebody chose stays, on any of the items", async () => {
    await database("products")
      .where({ id: uuid(2) })
      .update({ thumbnail_file: uuid(90) })
    expect(await type({ thumbnail: B }, 1, 2)).toEqual({ thumbnail: B })
    expect(await type({ thumbnail: B }, 3)).toEqual({ thumbnail: B })
  })
})
