import { beforeEach, describe, expect, it } from "vitest"
import type { Document } from "../src/document/value.ts"
import { receive } from "../src/flow/run-apply.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { Pair } from "./pair.ts"

const config = resolveConfig()
const url = (n: number | string): string => `https://cdn.example.com/${String(n)}.jpg`

let pair: Pair
let product: string

const rows = (side: "medusa" | "directus", kind = "image"): Map<string, Document> => pair.host(side).table(kind).rows
const ids = (side: "medusa" | "directus", kind = "image"): string[] => [...rows(side, kind).keys()].sort()
const byUrl = (side: "medusa" | "directus", n: number | string): Document | undefined =>
  [...rows(side).values()].find((row) => row["url"] === url(n))

/** What an import does: all parts go, and others come with what the file says. */
function writeAnew(side: "medusa" | "directus", kind: string, parts: readonly Document[]): void {
  const host = pair.host(side)
  const parent = side === "medusa" ? product : pair.peer("medusa", product)
  for (const id of [...host.table(kind).rows.keys()]) host.remove(kind, id, true)
  for (const part of parts) host.create(kind, { product: parent, ...part }, true)
}

const images = (count: number): Document[] => Array.from({ length: count }, (_, n) => ({ url: url(n), rank: n }))

async function withImages(count: number): Promise<void> {
  writeAnew("medusa", "image", images(count))
  await pair.settle()
  expect(rows("directus").size).toBe(count)
}

const edit = (side: "medusa" | "directus", n: number, change: Document): void => {
  const [id = ""] = [...rows(side)].find(([, row]) => row["url"] === url(n)) ?? []
  pair.host(side).edit("image", id, change, true)
}

const inbox = (): number => pair.medusa.conflicts.size + pair.directus.conflicts.size
const stopped = () =>
  [pair.medusa, pair.directus].flatMap((host) =>
    ["image", "variant"].flatMap((kind) =>
      [...host.table(kind).links.values()].filter(({ state, peerId }) => state !== "active" || peerId === null),
    ),
  )

beforeEach(async () => {
  pair = new Pair(config, undefined, { medusa: { oldestFirst: true }, directus: { oldestFirst: true } })
  product = pair.medusa.create("product", { title: "Shirt", handle: "shirt", status: "draft" }, true)
  await pair.settle()
})

describe("pictures that an import writes anew with the same addresses", () => {
  it("are the same ones in Directus, with the alt texts that editors typed, and Medusa has these again", async () => {
    await withImages(3)
    edit("directus", 1, { alt: "A shirt from behind" })
    await pair.settle()
    const before = ids("directus")
    writeAnew("medusa", "image", images(3))
    await pair.settle()
    expect(ids("directus")).toEqual(before)
    expect(byUrl("directus", 1)?.["alt"]).toBe("A shirt from behind")
    expect(byUrl("medusa", 1)?.["alt"]).toBe("A shirt from behind")
    expect(inbox()).toBe(0)
    expect(stopped()).toEqual([])
  })

  it("keep an alt text that was typed in Medusa", async () => {
    await withImages(2)
    edit("medusa", 0, { alt: "From the front" })
    await pair.settle()
    writeAnew("medusa", "image", images(2))
    await pair.settle()
    expect([byUrl("medusa", 0)?.["alt"], byUrl("directus", 0)?.["alt"]]).toEqual(["From the front", "From the front"])
  })

  it("take what the import says, and what an editor changes meanwhile", async () => {
    await withImages(2)
    edit("directus", 0, { alt: "old" })
    await pair.settle()
    writeAnew("medusa", "image", [
      { url: url(0), rank: 7, alt: "of the file" },
      { url: url(1), rank: 8 },
    ])
    edit("directus", 1, { alt: "meanwhile" })
    await pair.settle()
    for (const side of ["medusa", "directus"] as const) {
      expect(byUrl(side, 0)).toMatchObject({ alt: "of the file", rank: 7 })
      expect(byUrl(side, 1)).toMatchObject({ alt: "meanwhile", rank: 8 })
    }
    expect(inbox()).toBe(0)
  })

  it("stay however many there are: their ends and beginnings fit into no one message", async () => {
    await withImages(130)
    edit("directus", 129, { alt: "the last" })
    await pair.settle()
    const before = ids("directus")
    pair.messages.length = 0
    writeAnew("medusa", "image", images(130))
    await pair.settle()
    expect(ids("directus")).toEqual(before)
    expect(byUrl("medusa", 129)?.["alt"]).toBe("the last")
    const ends = pair.messages.flatMap(({ records }) => records).filter(({ alive }) => !alive)
    expect(ends).toEqual([])
  })

  it("are told one by one when there are two of one address", async () => {
    writeAnew("medusa", "image", [
      { url: url(0), rank: 0 },
      { url: url(0), rank: 1 },
    ])
    await pair.settle()
    for (const [id, { rank }] of [...rows("directus")])
      pair.directus.edit("image", id, { alt: `number ${String(rank)}` }, true)
    await pair.settle()
    const before = ids("directus")
    writeAnew("medusa", "image", [
      { url: url(0), rank: 1 },
      { url: url(0), rank: 0 },
    ])
    await pair.settle()
    expect(ids("directus")).toEqual(before)
    for (const { alt, rank } of rows("medusa").values()) expect(alt).toBe(`number ${String(rank)}`)
  })

  it("go when they do not come again, and those that come under another address are new", async () => {
    await withImages(2)
    edit("directus", 1, { alt: "gone" })
    await pair.settle()
    const kept = [...rows("directus")].find(([, row]) => row["url"] === url(0))?.[0]
    writeAnew("medusa", "image", [
      { url: url(0), rank: 0 },
      { url: url("new"), rank: 1 },
    ])
    await pair.settle()
    expect(rows("directus").size).toBe(2)
    expect(ids("directus")).toContain(kept)
    expect(byUrl("directus", "new")?.["alt"] ?? null).toBeNull()
  })

  it("of another product are not taken for these", async () => {
    await withImages(1)
    edit("directus", 0, { alt: "of the shirt" })
    await pair.settle()
    const other = pair.medusa.create("product", { title: "Hat", handle: "hat", status: "draft" }, true)
    for (const id of ids("medusa")) pair.medusa.remove("image", id, true)
    pair.medusa.create("image", { product: other, url: url(0), rank: 0 }, true)
    await pair.settle()
    expect(byUrl("directus", 0)).toMatchObject({ product: pair.peer("medusa", other) })
    expect(byUrl("directus", 0)?.["alt"] ?? null).toBeNull()
  })

  it("are written anew again before Directus has heard of the first time", async () => {
    await withImages(2)
    edit("directus", 0, { alt: "kept" })
    await pair.settle()
    const before = ids("directus")
    pair.network = () => {
      throw new Error("down")
    }
    for (let round = 0; round < 3; round++) {
      writeAnew("medusa", "image", images(2))
      await pair.settle(3).catch(() => undefined)
    }
    pair.network = () => undefined
    await pair.settle()
    expect(ids("directus")).toEqual(before)
    expect(byUrl("medusa", 0)?.["alt"]).toBe("kept")
  })

  it("stay when answers are lost and an editor goes on typing", async () => {
    await withImages(2)
    for (let round = 0; round < 4; round++) {
      const before = ids("directus")
      writeAnew("medusa", "image", images(2))
      edit("directus", 0, { alt: `text ${String(round)}` })
      const send = pair.medusa.ports.transport.send
      let lost = 0
      pair.medusa.ports.transport.send = async (message) => {
        const reply = await send(message)
        return lost++ < 2 ? { kind: "unreachable", message: "lost", retryAfter: null } : reply
      }
      await pair.settle()
      pair.medusa.ports.transport.send = send
      expect(ids("directus")).toEqual(before)
      expect([byUrl("medusa", 0)?.["alt"], byUrl("directus", 0)?.["alt"]]).toEqual(
        Array(2).fill(`text ${String(round)}`),
      )
      expect(stopped()).toEqual([])
    }
    expect(inbox()).toBe(0)
  })

  it("and every message that was ever sent changes nothing when it comes once more", async () => {
    await withImages(2)
    edit("directus", 0, { alt: "kept" })
    await pair.settle()
    for (let round = 0; round < 3; round++) {
      writeAnew("medusa", "image", images(2))
      await pair.settle()
    }
    const state = () => JSON.stringify([[...rows("medusa")], [...rows("directus")]])
    const before = state()
    for (const message of pair.messages)
      await receive(pair.host(message.from.startsWith("medusa") ? "directus" : "medusa").ports, message)
    await pair.settle()
    expect(state()).toBe(before)
    expect(stopped()).toEqual([])
  })

  it("that an editor deletes meanwhile come back with all that the shop wrote, and nothing is stopped", async () => {
    await withImages(2)
    const [doomed = ""] = ids("directus")
    writeAnew("medusa", "image", images(2))
    pair.directus.remove("image", doomed, true)
    await pair.settle()
    expect([rows("medusa").size, rows("directus").size]).toEqual([2, 2])
    expect(stopped()).toEqual([])
  })

  it("written anew in Directus keep their ids in Medusa", async () => {
    await withImages(2)
    edit("medusa", 1, { alt: "of the shop" })
    await pair.settle()
    const before = ids("medusa")
    writeAnew("directus", "image", images(2))
    await pair.settle()
    expect(ids("medusa")).toEqual(before)
    expect(byUrl("directus", 1)?.["alt"]).toBe("of the shop")
  })
})

describe("variants that are written anew with the same SKU", () => {
  it("are the same items, take what Medusa owns from the new ones and keep what editors wrote", async () => {
    writeAnew("medusa", "variant", [{ title: "S", sku: "SH-S", barcode: "4711", "options#Size": "S" }])
    await pair.settle()
    const before = ids("directus", "variant")
    for (const id of before) pair.directus.edit("variant", id, { material: "Wool", title: "Small" }, true)
    await pair.settle()
    writeAnew("medusa", "variant", [{ title: "Size S", sku: "SH-S", "options#Size": "S" }])
    await pair.settle()
    expect(ids("directus", "variant")).toEqual(before)
    const [item] = rows("directus", "variant").values()
    expect(item).toMatchObject({ title: "Size S", material: "Wool", sku: "SH-S" })
    expect([item?.["barcode"] ?? null, item?.["archived"] ?? false]).toEqual([null, false])
    expect([...rows("medusa", "variant").values()]).toMatchObject([{ title: "Size S", material: "Wool" }])
    expect(inbox()).toBe(0)
    expect(stopped()).toEqual([])
  })
})
