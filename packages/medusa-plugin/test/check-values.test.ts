import { resolveConfig } from "medusa-directus-core/host"
import { describe, expect, it } from "vitest"
import { checkParents, checkValues } from "../src/records/check-values"

describe("values that Medusa's database cannot hold", () => {
  it.each([
    ["in a text", { title: "a\0b" }],
    ["in a list", { title: "a", tags: ["x", "\0"] }],
    ["in a key", { options: { "a\0": "b" } }],
  ])("are refused by the name of the field: a zero character %s", (_, patch) => {
    expect(() => checkValues([{ title: "fine" }, patch])).toThrow(/^(title|tags|options): It holds a zero character/)
  })

  it("are not those that only look like it", () => {
    expect(() => checkValues([{ title: "\\u0000 \\0", weight: 0, metadata: null }])).not.toThrow()
  })

  it("are parts of nothing", () => {
    const { entities } = resolveConfig()
    const [image, product] = [entities.get("image"), entities.get("product")]
    if (!image || !product) throw new Error("no such kind")
    expect(() => checkParents(image, [{ product_id: "prod_1" }, { url: "x" }])).toThrow(
      /^product_id: It must not be empty/,
    )
    expect(() => checkParents(product, [{ title: "x" }])).not.toThrow()
  })
})
