import { resolveConfig, type EntityDefinition } from "medusa-directus-core"
import { describe, expect, it } from "vitest"
import { conditionOf } from "./key-condition"

const entity = (name: string, mapping: object = {}): EntityDefinition => {
  const found = resolveConfig(mapping).entities.get(name)
  if (!found) throw new Error(name)
  return found
}

describe("where a key finds its records", () => {
  it("is a column", () => {
    expect(conditionOf(entity("product"), { field: "handle", value: "x" })).toEqual(["??::text = ?", ["handle", "x"]])
  })

  it("is a key of metadata", () => {
    const product = entity("product", { product: { metadata: { erp: "erp" }, matchKeys: ["metadata_erp"] } })
    const key = { field: "metadata_erp", value: "7" }
    expect(conditionOf(product, key)).toEqual(["?? #>> ? = ?", ["metadata", ["erp"], "7"]])
  })

  it("is among the parts of one record", () => {
    const key = { field: "title", value: "S", within: "prod_1" }
    expect(conditionOf(entity("variant"), key)).toEqual([
      "??::text = ? and ??::text = ?",
      ["title", "S", "product_id", "prod_1"],
    ])
  })

  it("is nowhere when Medusa does not store it", () => {
    const product = entity("product", { product: { computed: { code: "code" }, matchKeys: ["computed_code"] } })
    expect(conditionOf(product, { field: "computed_code", value: "x" })).toBeNull()
    expect(conditionOf(entity("variant"), { field: "sku", value: "x", within: "prod_1" })).toBeNull()
    expect(conditionOf(entity("product"), { field: "handle", value: "a\0b" })).toBeNull()
  })
})
