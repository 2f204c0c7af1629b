import { resolveConfig } from "medusa-directus-core/host"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { readPage } from "../src/ports/read-page"
import { fakeDirectus, uuid, type FakeDirectus } from "./fake-directus"

/** Variants of three products, mixed as random keys are, and two of none. */
const WHOLES: [variant: number, product: number | null][] = [
  ...[10, 13, 16, 19].map((id): [number, number] => [id, 1]),
  ...[11, 14, 17, 20].map((id): [number, number] => [id, 2]),
  ...[12, 15, 18, 21].map((id): [number, number] => [id, 3]),
  [22, null],
  [23, null],
]

let directus: FakeDirectus
beforeAll(async () => {
  directus = await fakeDirectus(resolveConfig({}).entities)
  await directus.database("products").insert([1, 2, 3].map((id) => ({ id: uuid(id), title: String(id) })))
  const rows = WHOLES.map(([id, product]) => ({ id: uuid(id), product: product === null ? null : uuid(product) }))
  await directus.database("product_variants").insert(rows.reverse())
})
afterAll(() => directus.close())

async function walk(kind: string, limit: number, between = (_: string[]) => Promise.resolve()): Promise<string[]> {
  const found = directus.reader.kinds.find(kind)
  if (!found) throw new Error(`no kind ${kind}`)
  const all: string[] = []
  let next: string | null = null
  do {
    const page = await readPage(directus.reader, found, next, limit)
    all.push(...page.ids)
    next = page.next
    await between(page.ids)
  } while (next !== null)
  return all
}

describe("a walk through all rows", () => {
  it.each([1, 3, 4, 5, 100])("in pages of %i finds each once, the parts of one whole together", async (limit) => {
    expect(await walk("variant", limit)).toEqual(WHOLES.map(([id]) => uuid(id)))
    expect(await walk("product", limit)).toEqual([1, 2, 3].map(uuid))
  })

  it("goes on where it was when the last row of a page is deleted meanwhile", async () => {
    const left = await walk("variant", 3, async (ids) => {
      await directus.database("product_variants").whereIn("id", ids).delete()
    })
    expect(left).toEqual(WHOLES.map(([id]) => uuid(id)))
  })
})
