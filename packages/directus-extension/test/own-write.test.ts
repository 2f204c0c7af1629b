import { describe, expect, it } from "vitest"
import { claim, isOwnWrite, newOwnWrite, runOwnWrite } from "../src/own-write"

describe("whose write a hook sees", () => {
  it("only the claimed records of an open apply are its own", async () => {
    const own = newOwnWrite()
    await runOwnWrite(own, async () => {
      claim(own, "products", ["1"])
      expect(isOwnWrite("products", "1", "update")).toBe(true)
      expect(isOwnWrite("products", "2", "update")).toBe(false)
      expect(isOwnWrite("other", "1", "update")).toBe(false)
    })
    expect(isOwnWrite("products", "1", "update")).toBe(false)
  })

  it("a Flow that an apply sets off is not its own once the apply is over", async () => {
    const own = newOwnWrite()
    let flow: Promise<boolean> | undefined
    await runOwnWrite(own, async () => {
      claim(own, "products", ["1"])
      // It inherits the async context and writes later.
      flow = new Promise((resolve) => setTimeout(() => resolve(isOwnWrite("products", "1", "update")), 5))
      own.open = false
    })
    expect(await flow).toBe(false)
  })

  it("while the database makes the ids, what is created is remembered, so that foreign items are told apart", async () => {
    const own = newOwnWrite()
    const created: string[] = []
    own.creating.set("products", created)
    await runOwnWrite(own, async () => {
      expect(isOwnWrite("products", "1", "create")).toBe(true)
      expect(isOwnWrite("products", "2", "create")).toBe(true)
      expect(isOwnWrite("products", "3", "update")).toBe(false)
    })
    expect(created).toEqual(["1", "2"])
  })
})
