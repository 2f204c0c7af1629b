import { resolveConfig } from "medusa-directus-core/host"
import { describe, expect, it } from "vitest"
import type { Sql } from "../src/database/sql"
import { withWholeColumns } from "../src/records/whole-columns"

const stored = { id: "prod_1", metadata: { care: "cold", other: 1, seo: { title: "old", text: "kept" } } }

function databaseWith(...rows: object[]) {
  const asked: string[] = []
  const raw = (text: string): Promise<{ rows: object[] }> => {
    asked.push(text)
    return Promise.resolve({ rows })
  }
  return { sql: { raw } as unknown as Sql, asked }
}

const product = () => {
  const mapping = { product: { metadata: { care: "care", "seo.title": { directus: "seo_title" } } } }
  const entity = resolveConfig(mapping).entities.get("product")
  if (!entity) throw new Error("no product")
  return entity
}

describe("a JSON column of which the mapping knows some keys", () => {
  it("keeps all others, at every depth", async () => {
    const { sql } = databaseWith(stored)
    const change = { id: "prod_1", title: "T", metadata: { seo: { title: "new" } } }
    expect(await withWholeColumns(sql, product(), "product", [change])).toEqual([
      { id: "prod_1", title: "T", metadata: { care: "cold", other: 1, seo: { title: "new", text: "kept" } } },
    ])
  })

  it("is made when there was none", async () => {
    const { sql } = databaseWith({ id: "prod_1", metadata: null })
    const change = { id: "prod_1", metadata: { care: null } }
    expect(await withWholeColumns(sql, product(), "product", [change])).toEqual([change])
  })

  it("is not read when nothing of it changes", async () => {
    const { sql, asked } = databaseWith()
    await withWholeColumns(sql, product(), "product", [{ id: "prod_1", title: "T" }])
    expect(asked).toEqual([])
  })

  it("does not touch what an object inherits", async () => {
    const { sql } = databaseWith({ id: "prod_1", metadata: JSON.parse('{"__proto__": {"a": 1}}') as object })
    await withWholeColumns(sql, product(), "product", [{ id: "prod_1", metadata: { care: "x" } }])
    expect(({} as { a?: unknown }).a).toBeUndefined()
  })
})
