import { resolveConfig, type Document } from "medusa-directus-core/host"
import { describe, expect, it } from "vitest"
import { makeAssets } from "../src/items/asset-address"
import { filesIn, itemValues } from "../src/items/item-values"
import { storedKinds, type StoredKind } from "../src/items/stored-kinds"
import { planCollections } from "../src/schema/plan-collections"
import { NOTHING_THERE, PUBLIC_URL, schemaOf, uuid } from "./fake-directus"

const { entities } = resolveConfig({})
const kinds = storedKinds(schemaOf(planCollections(entities, NOTHING_THERE)), entities)
const kind = (name: string): StoredKind => {
  const found = kinds.find(name)
  if (!found) throw new Error(`no kind ${name}`)
  return found
}
const assets = makeAssets(PUBLIC_URL)
const file = uuid(90)
const address = `${PUBLIC_URL}/assets/${file}`
const values = (name: string, changed: Document, current: Document = {}, files: string[] = []) =>
  itemValues(kind(name), assets, (id) => files.includes(id), changed, current)

describe("what a change means for a row", () => {
  it("only what changed is written", () => {
    expect(values("product", { title: "New" }, { title: "Old", subtitle: "kept" }).columns).toEqual({ title: "New" })
  })

  it("a file of this Directus that exists goes into the file field, any other address into the text", () => {
    expect(values("product", { thumbnail: address }, {}, [file]).columns).toEqual({
      thumbnail: null,
      thumbnail_file: file,
    })
    expect(values("product", { thumbnail: address }).columns).toEqual({ thumbnail: address, thumbnail_file: null })
    expect(values("image", { url: "https://cdn.example.com/a.jpg" }).columns).toEqual({
      url: "https://cdn.example.com/a.jpg",
      file: null,
    })
    expect(filesIn(kind("image"), assets, [{ url: address }, { url: null }, { alt: address }])).toEqual([file])
  })

  it.each([
    `${address}/name.jpg`,
    `${address}?width=100`,
    `https://other.example.com/assets/${file}`,
    `${PUBLIC_URL}/assets/${file.toUpperCase()}X`,
    `${PUBLIC_URL}/assets/../users`,
    "",
  ])("%s is no address of a file here", (text) => {
    expect(assets.fileAt(text)).toBeNull()
  })

  it("a reference becomes a key, and none is null", () => {
    expect(values("variant", { product: uuid(1) }).columns).toEqual({ product: uuid(1) })
    expect(values("product", { collection: null }).columns).toEqual({ collection: null })
    expect(() => values("product", { collection: "tombstone:x" })).toThrow(/an id that none can have/)
  })

  it("a list that Directus divides by commas takes no value with a comma in it", () => {
    const schema = schemaOf(planCollections(entities, NOTHING_THERE))
    const tags = schema.collections["products"]?.fields["tags"]
    if (!tags) throw new Error("no tags")
    tags.type = "csv"
    const product = storedKinds(schema, entities).find("product")
    if (!product) throw new Error("no product")
    const written = (member: string) => itemValues(product, assets, () => false, { [`tags#${member}`]: true }).columns
    expect(written("a #1; b: c")).toEqual({ tags: ["a #1; b: c"] })
    expect(() => written("a, b")).toThrow(
      /tags: Directus divides this list by commas .* Make the field one of type JSON/,
    )
  })

  it("members are told whole, those that stay too", () => {
    const { columns, members } = values(
      "product",
      { [`categories#${uuid(11)}`]: true, [`categories#${uuid(10)}`]: null },
      { [`categories#${uuid(10)}`]: true, [`categories#${uuid(12)}`]: true },
    )
    expect(columns).toEqual({})
    expect(members.get("categories")).toEqual([uuid(11), uuid(12)])
  })

  it("a map is a list of names and values, a mark that is taken off is false", () => {
    expect(values("variant", { "options#Size": "S" }, { "options#Color": "Red" }).columns).toEqual({
      options: [
        { name: "Color", value: "Red" },
        { name: "Size", value: "S" },
      ],
    })
    expect(values("variant", { archived: null }).columns).toEqual({ archived: false })
    expect(values("variant", { archived: true }).columns).toEqual({ archived: true })
  })
})
