import { resolveConfig, type DocumentWrite } from "medusa-directus-core/host"
import { expect, it } from "vitest"
import type { Transaction } from "../src/database/sql"
import { findTaken, giveUpTaken } from "../src/records/unique-values"

const KIND = { table: "product", unique: ["handle"] }

/** A database that has these products, and what it is asked. */
function database(rows: { id: string; value: string }[]) {
  const asked: unknown[] = []
  const raw = (text: string, bindings: unknown[]) => {
    asked.push(bindings)
    return Promise.resolve({ rows })
  }
  return { sql: { raw } as unknown as Transaction, asked }
}

const update = (localId: string, fields: Record<string, string | null>): DocumentWrite => ({
  kind: "update",
  localId,
  peerId: "",
  fields,
  current: {},
})

it("a value is taken by another record alone, and no value by nobody", async () => {
  const { sql, asked } = database([
    { id: "p1", value: "a" },
    { id: "p2", value: "null" },
  ])
  const entity = resolveConfig({}).entities.get("product")!
  const writes = [
    update("p1", { handle: "a" }),
    update("p3", { handle: "a" }),
    update("p4", { handle: null }),
    update("p5", { title: "no handle" }),
  ]
  const taken = { field: "handle", holder: "p1", column: "handle", by: "another product (p1)" }
  expect(await findTaken({ sql }, entity, KIND, writes)).toEqual([[], [taken], [], []])
  expect(asked).toEqual([[["a"]]])
})

it("only values that change places are given up", async () => {
  const { sql, asked } = database([])
  await giveUpTaken({ sql }, KIND, [{ id: "p1", handle: "b" }])
  await giveUpTaken({ sql }, KIND, [
    { id: "p1", title: "x" },
    { id: "p2", handle: "b" },
  ])
  expect(asked).toEqual([])
  await giveUpTaken({ sql }, KIND, [
    { id: "p1", handle: "b" },
    { id: "p2", handle: "a" },
  ])
  expect(asked).toEqual([
    [
      ["p1", "p2"],
      ["b", "a"],
    ],
  ])
})
