import { resolveConfig, type DocumentWrite } from "medusa-directus-core/host"
import { expect, it } from "vitest"
import type { Transaction } from "../src/database/sql"
import { findTakenCombinations, makeWay } from "../src/records/variant/combinations"

const SIZES = [
  { id: "v1", productId: "p1", options: { Size: "S" } },
  { id: "v2", productId: "p1", options: { Size: "M" } },
  { id: "v3", productId: "p2", options: { Size: "L" } },
]

/** Medusa's database with these variants, and those of which it forgets the options. */
function database() {
  const emptied: string[] = []
  let asked = 0
  const raw = (text: string, [ids]: [string[]]) => {
    if (text.startsWith("delete")) emptied.push(...ids)
    else asked += 1
    return Promise.resolve({
      rows: text.startsWith("delete") ? [] : SIZES.filter((each) => ids.includes(each.productId)),
    })
  }
  return { tools: { sql: { raw } as unknown as Transaction }, emptied, asked: () => asked }
}

const entity = resolveConfig({}).entities.get("variant")!

const update = (localId: string, size: string | null, product = "p1"): DocumentWrite => ({
  kind: "update",
  localId,
  peerId: "",
  fields: size === null ? { title: "x" } : { "options#Size": size },
  current: { product, "options#Size": SIZES.find(({ id }) => id === localId)?.options.Size ?? "" },
})

it("a combination is taken by another variant of the same product alone", async () => {
  const { tools } = database()
  const writes: DocumentWrite[] = [
    update("v1", "M"),
    update("v1", "S"),
    update("v1", "L"),
    update("v2", null),
    { kind: "create", localId: null, peerId: "", fields: { product: "p1", "options#Size": "S" } },
    {
      kind: "create",
      localId: null,
      peerId: "",
      fields: { product: "p1", "options#Size": "S", "options#Color": "red" },
    },
    { kind: "remove", localId: "v1" },
  ]
  const taken = (holder: string) => [
    { field: "options", within: "product", holder, column: "options", by: `another variant (${holder})` },
  ]
  expect(await findTakenCombinations(tools, entity, writes)).toEqual([taken("v2"), [], [], [], taken("v1"), [], []])
})

it("nobody is asked when no write speaks of options, or they are not mapped", async () => {
  const { tools, asked } = database()
  expect(await findTakenCombinations(tools, entity, [update("v1", null)])).toEqual([[]])
  const other = resolveConfig({ variant: { fields: { options: false } } }).entities.get("variant")!
  expect(await findTakenCombinations(tools, other, [update("v1", "M")])).toEqual([[]])
  expect(asked()).toBe(0)
})

it("those that have what others of the batch get have nothing meanwhile", async () => {
  const { tools, emptied } = database()
  const wants = (id: string, Size: string, productId = "p1") => ({ id, productId, options: { Size } })
  await makeWay(tools, [wants("v1", "S"), wants("v2", "XL"), wants("v3", "S", "p2")])
  expect(emptied).toEqual([])
  await makeWay(tools, [wants("v1", "M"), wants("v2", "XL")])
  expect(emptied).toEqual(["v2"])
  await makeWay(tools, [wants("v1", "M"), wants("v2", "S")])
  expect(emptied).toEqual(["v2", "v1", "v2"])
})

it("what another one keeps is refused, and so is what two want", async () => {
  const { tools, emptied } = database()
  const wants = (id: string, Size: string) => ({ id, productId: "p1", options: { Size } })
  const taken = (by: string) =>
    expect.objectContaining({
      code: "not_unique",
      message: expect.stringContaining(`options is taken by another variant (${by})`) as string,
    }) as unknown
  await expect(makeWay(tools, [wants("v1", "M")])).rejects.toEqual(taken("v2"))
  await expect(makeWay(tools, [wants("v1", "M"), wants("v2", "M")])).rejects.toEqual(taken("v1"))
  expect(emptied).toEqual([])
})
