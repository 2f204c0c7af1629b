import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { loadExtend } from "../src/extend"

const folder = mkdtempSync(join(tmpdir(), "medusa-sync-extend-"))
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
const file = (content: string): string => {
  const path = join(folder, `extend-${String(files++)}.mjs`)
  writeFileSync(path, content)
  return path
}
const lines: string[] = []
const log = { info: () => undefined, warn: () => undefined, error: (line: string) => void lines.push(line) }
const load = (path: string | null) => loadExtend(path, ["product", "variant"], log)

describe("the module of the shop's own code", () => {
  it("is optional", async () => {
    expect(await load(null)).toEqual({ kind: "loaded", filters: new Map() })
    expect(await load(file("export const other = 1"))).toMatchObject({ kind: "loaded" })
  })

  it("vetoes records of a kind", async () => {
    const extend = await load(file("export const filter = { product: (record) => record.type !== 'gift card' }"))
    if (extend.kind !== "loaded") throw new Error(extend.reason)
    expect(extend.filters.get("product")?.({ type: "gift card" })).toBe(false)
    expect(extend.filters.get("product")?.({ type: "shirt" })).toBe(true)
  })

  it("a filter that fails takes nothing out of the shop, and says so once, without a value", async () => {
    const extend = await load(file("export const filter = { product: (record) => record.tags.includes('x') }"))
    if (extend.kind !== "loaded") throw new Error(extend.reason)
    expect(extend.filters.get("product")?.({ title: "secret" })).toBe(true)
    expect(extend.filters.get("product")?.({ title: "secret" })).toBe(true)
    expect(lines).toEqual([expect.stringMatching(/filter\.product .*TypeError/)])
    expect(lines.join()).not.toMatch(/secret/)
  })

  it.each([
    ["is not there", () => join(folder, "nope.mjs"), /nope\.mjs cannot be loaded/],
    ["cannot be parsed", () => file("export const filter = {"), /cannot be loaded \(/],
    ["throws", () => file("throw new Error('no licence')"), /cannot be loaded \(Error: no licence/],
    [
      "has no functions",
      () => file("export const filter = { product: 1 }"),
      /filter\.product of .* must be a function/,
    ],
    ["has a filter for everything", () => file("export const filter = () => true"), /filter of .* must be an object/],
    [
      "speaks of a kind that is not mapped",
      () => file("export const filter = { tag: () => true }"),
      /filter\.tag .*product/,
    ],
  ])("one that %s is named with what is wrong and an example", async (_, path, message) => {
    const extend = await load(path())
    expect(extend.kind).toBe("wrong")
    if (extend.kind === "wrong") {
      expect(extend.reason).toMatch(message)
      expect(extend.reason).toMatch(/^MEDUSA_SYNC_EXTEND: .*export const filter/)
    }
  })
})
