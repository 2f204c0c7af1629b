import { describe, expect, it } from "vitest"
import { pushOnce } from "../src/flow/run-push.ts"
import { CLOSED } from "../src/guard/breaker.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { Pair } from "./pair.ts"

describe("many deletes at once", () => {
  const full = async () => {
    const pair = new Pair(resolveConfig())
    const ids = Array.from({ length: 80 }, (_, i) =>
      pair.medusa.create("product", { title: `P${String(i)}`, handle: `p-${String(i)}` }),
    )
    await pair.settle()
    return { pair, ids }
  }
  const archived = (pair: Pair) =>
    [...pair.directus.table("product").rows.values()].filter((row) => row["status"] === "archived").length

  it("of more than 50 records and 5 % are not told before somebody has said that they are meant", async () => {
    const { pair, ids } = await full()
    for (const id of ids.slice(0, 60)) pair.medusa.remove("product", id)
    for (let i = 0; i < 3; i++) {
      await pushOnce(pair.medusa.ports)
      pair.now += 120_000
    }
    expect(archived(pair)).toBe(0)
    expect(pair.medusa.control.paused).toMatchObject({
      code: "mass_delete",
      message: expect.stringMatching(/^60 of 80 product/) as string,
    })
    // The other direction goes on, and does not end the pause.
    const [kept] = ids.slice(70)
    pair.directus.edit("product", pair.peer("medusa", kept ?? ""), { title: "still edited" })
    await pushOnce(pair.directus.ports)
    expect(pair.row("medusa", kept ?? "")?.["title"]).toBe("still edited")
    await pushOnce(pair.medusa.ports)
    expect(archived(pair)).toBe(0)

    pair.medusa.control = {
      ...pair.medusa.control,
      paused: { ...pair.medusa.control.paused!, accepted: true },
      breaker: CLOSED,
    }
    await pair.settle()
    expect(archived(pair)).toBe(60)
    expect(pair.medusa.control.paused).toBeNull()
  })

  it("of few records are told at once", async () => {
    const { pair, ids } = await full()
    for (const id of ids.slice(0, 50)) pair.medusa.remove("product", id)
    await pair.settle()
    expect(archived(pair)).toBe(50)
  })

  it("that the peer did not answer are not counted twice when they are told again", async () => {
    const { pair, ids } = await full()
    for (const id of ids.slice(0, 30)) pair.medusa.remove("product", id)
    pair.network = () => {
      throw new Error("no answer")
    }
    await pushOnce(pair.medusa.ports)
    pair.network = () => undefined
    await pair.settle()
    expect(pair.medusa.control.paused).toBeNull()
    expect(archived(pair)).toBe(30)
    for (const id of ids.slice(30, 51)) pair.medusa.remove("product", id)
    await pushOnce(pair.medusa.ports)
    expect(pair.medusa.control.paused?.message).toMatch(/^51 of 80 product/)
  })

  it("are counted without the parts that went along", async () => {
    const pair = new Pair(resolveConfig())
    const products = Array.from({ length: 20 }, (_, i) =>
      pair.medusa.create("product", { title: `P${String(i)}`, handle: `p-${String(i)}` }),
    )
    const variants = products.flatMap((product) =>
      ["S", "M", "L"].map((title) => pair.medusa.create("variant", { title, product })),
    )
    await pair.settle()
    for (const id of products.slice(1)) pair.medusa.remove("product", id)
    await pair.settle()
    pair.medusa.remove("variant", variants[0] ?? "")
    await pair.settle()
    expect(pair.medusa.control.paused).toBeNull()
  })

  it("that were brought back are forgotten", async () => {
    const { pair, ids } = await full()
    for (const id of ids.slice(0, 60)) pair.medusa.remove("product", id)
    await pushOnce(pair.medusa.ports)
    for (const id of ids.slice(0, 60)) pair.medusa.restore("product", id)
    pair.medusa.control = { ...pair.medusa.control, paused: null, breaker: CLOSED }
    await pair.settle()
    expect(archived(pair)).toBe(0)
  })
})
