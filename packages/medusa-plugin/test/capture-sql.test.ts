import { resolveConfig } from "medusa-directus-core/host"
import { describe, expect, it } from "vitest"
import { captureSql } from "../src/capture/capture-sql"
import { capturedTables, PLACED } from "../src/capture/captured-tables"

const kinds = (medusa: { module: string; model: string; table?: string }) =>
  resolveConfig({ kinds: { brand: { medusa, collection: "brands", fields: { name: "name" } } } })

const tablesOf = (config = resolveConfig(), functions = false) => capturedTables({ config, functions })

describe("the tables that are captured", () => {
  it("are each there once, so that no two triggers have one name", () => {
    for (const config of [resolveConfig(), kinds({ module: "product", model: "ProductVariant" })]) {
      const names = tablesOf(config, true).map(({ table }) => table)
      expect(new Set(names).size).toBe(names.length)
    }
  })

  it("include those of the shop's own kinds, whose names are Medusa's unless they are given", () => {
    const marks = [{ entity: "brand", id: "r.id" }]
    expect(tablesOf(kinds({ module: "brand", model: "BrandStory" }))).toContainEqual({ table: "brand_story", marks })
    expect(tablesOf(kinds({ module: "brand", model: "Brand", table: "x" }))).toContainEqual({ table: "x", marks })
  })

  it("mark several kinds when an own kind is kept in one of them", () => {
    const variants = tablesOf(kinds({ module: "product", model: "ProductVariant" })).find(
      ({ table }) => table === "product_variant",
    )
    expect(variants?.marks.map(({ entity }) => entity)).toEqual(["variant", "brand"])
  })

  it("include the sales channels only when a function may look at them", () => {
    const has = (functions: boolean): boolean =>
      tablesOf(undefined, functions).some(({ table }) => table === "product_sales_channel")
    expect([has(false), has(true)]).toEqual([false, true])
  })
})

describe("the table of translations", () => {
  const translations = { locales: { "de-DE": "de" } }
  const marksOf = (mapping: object) =>
    tablesOf(resolveConfig(mapping))
      .find(({ table }) => table === "translation")
      ?.marks.map(({ entity }) => entity)

  it("is captured when the mapping has translations, for each kind that shows them", () => {
    expect(marksOf({})).toBeUndefined()
    // A product shows its own, those of its options and those of their values.
    expect(marksOf({ translations })?.sort()).toEqual([
      "category",
      "collection",
      "product",
      "product",
      "product",
      "variant",
    ])
    const few = {
      variant: { fields: { translations: false } },
      collection: false,
      product: { fields: { options: false } },
    }
    expect(marksOf({ translations, ...few })?.sort()).toEqual(["category", "product"])
  })
})

describe("the SQL of capture", () => {
  it("has another version for other tables, and the same for the same", () => {
    const own = tablesOf(kinds({ module: "brand", model: "Brand" }))
    expect(captureSql(tablesOf()).version).toBe(captureSql(tablesOf()).version)
    expect(captureSql(own).version).not.toBe(captureSql(tablesOf()).version)
  })

  it("takes names as they are", () => {
    const { install, state } = captureSql([{ table: `it's "odd"`, marks: [{ entity: "o'k", id: "r.id" }] }])
    expect(install).toContain(`on "it's ""odd"""`)
    expect(install).toContain(`'o''k', 'r.id', '', ''`)
    expect(state).toContain(`'"it''s ""odd"""'`)
  })

  it("makes no trigger for what concerns nobody", () => {
    const { install } = captureSql([{ table: "t", marks: [{ entity: "k", id: "r.id", only: "update" }] }])
    expect(install.match(/create or replace trigger \w+/g)).toEqual(["create or replace trigger directus_sync_update"])
  })

  it("makes triggers for what is inserted where the order of making is kept", () => {
    const { install } = captureSql(tablesOf())
    for (const table of PLACED) expect(install).toContain(`directus_sync_insert after insert on "${table}"`)
  })
})
