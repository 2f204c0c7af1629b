import { resolveConfig, type EntityDefinition } from "medusa-directus-core/host"
import { describe, expect, it } from "vitest"
import { conditionOf, questionsOf } from "../src/database/key-condition"

const entity = (name: string, mapping: object = {}): EntityDefinition => {
  const found = resolveConfig(mapping).entities.get(name)
  if (!found) throw new Error(name)
  return found
}

describe("where a key finds its records", () => {
  it("is a column", () => {
    expect(conditionOf(entity("product"), { field: "handle", value: "x" })).toEqual([
      { expression: "??::text", bindings: ["handle"], value: "x" },
    ])
  })

  it("is a key of metadata", () => {
    const product = entity("product", { product: { metadata: { erp: "erp" }, matchKeys: ["metadata_erp"] } })
    const key = { field: "metadata_erp", value: "7" }
    expect(conditionOf(product, key)).toEqual([{ expression: "?? #>> ?", bindings: ["metadata", ["erp"]], value: "7" }])
  })

  it("is among the parts of one record", () => {
    const key = { field: "title", value: "S", within: "prod_1" }
    expect(conditionOf(entity("variant"), key)).toEqual([
      { expression: "??::text", bindings: ["title"], value: "S" },
      { expression: "??::text", bindings: ["product_id"], value: "prod_1" },
    ])
  })

  it("is nowhere when Medusa does not store it", () => {
    const product = entity("product", { product: { computed: { code: "code" }, matchKeys: ["computed_code"] } })
    expect(conditionOf(product, { field: "computed_code", value: "x" })).toBeNull()
    expect(conditionOf(entity("variant"), { field: "sku", value: "x", within: "prod_1" })).toBeNull()
    expect(conditionOf(entity("product"), { field: "handle", value: "a\0b" })).toBeNull()
  })
})

describe("where several keys find their records", () => {
  const inProduct = (value: string, within: string) => ({ field: "title", value, within })

  it("is one statement for each form of key", () => {
    const keys = [{ field: "sku", value: "a" }, inProduct("S", "prod_1"), { field: "sku", value: "b" }]
    const [bySku, byTitle, ...more] = questionsOf(entity("variant"), keys, "select …")
    expect(more).toEqual([])
    expect(bySku).toMatchObject({ bindings: ["sku", "sku", ["a", "b"]] })
    expect(bySku?.text).toBe(
      "select id, array[??::text] as held from (select …) records where deleted_at is null and ??::text = any(?) order by id",
    )
    expect(byTitle).toMatchObject({ bindings: ["title", "product_id", "title", ["S"], "product_id", ["prod_1"]] })
  })

  it("tells by what a row holds whose it is", () => {
    const keys = [inProduct("S", "prod_1"), inProduct("M", "prod_2"), inProduct("S", "prod_1")]
    const [question] = questionsOf(entity("variant"), keys, "select …")
    expect([...(question?.places ?? [])]).toEqual([
      ['["S","prod_1"]', [0, 2]],
      ['["M","prod_2"]', [1]],
    ])
  })
})
