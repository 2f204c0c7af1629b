import { describe, expect, it } from "vitest"
import { makeStates } from "../src/sync-state/ask-states"

const SYNCED = { state: "synced", cause: "record" } as const

function asker(answer: (items: string[]) => Record<string, typeof SYNCED>) {
  const asked: { collection: string; items: string[] }[] = []
  const ask = makeStates((_path, body) => {
    const request = body as { collection: string; items: string[] }
    asked.push(request)
    return Promise.resolve().then(() => ({ data: { data: answer(request.items) } }))
  })
  return { ask, asked }
}

describe("the chips of a list", () => {
  it("ask once for all rows that are drawn together, and once for an item that stands there twice", async () => {
    const { ask, asked } = asker((items) => Object.fromEntries(items.map((id) => [id, SYNCED])))
    const answers = await Promise.all([
      ask("products", "1"),
      ask("products", "2"),
      ask("products", "1"),
      ask("tags", "1"),
    ])
    expect(answers).toEqual([SYNCED, SYNCED, SYNCED, SYNCED])
    expect(asked).toEqual([
      { collection: "products", items: ["1", "2"] },
      { collection: "tags", items: ["1"] },
    ])
  })

  it("of very many rows ask in requests that the server takes", async () => {
    const { ask, asked } = asker((items) => Object.fromEntries(items.map((id) => [id, SYNCED])))
    await Promise.all(Array.from({ length: 501 }, (_, i) => ask("products", String(i))))
    expect(asked.map(({ items }) => items.length)).toEqual([500, 1])
  })

  it("are left out where the server tells nothing, or says no", async () => {
    expect(await asker(() => ({})).ask("products", "1")).toBeNull()
    const refused = asker(() => {
      throw new Error("403")
    })
    expect(await refused.ask("products", "1")).toBeNull()
  })
})
