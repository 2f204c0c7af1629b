import { describe, expect, it } from "vitest"
import { claim, isOwnWrite, newOwnWrite, runOwnWrite, writesFor } from "../src/own-write"

const connection = {}

describe("whose write a hook sees", () => {
  it("only the claimed records of an open apply are its own, over its own connection", async () => {
    const own = newOwnWrite()
    await runOwnWrite(own, () => {
      writesFor(own, connection)
      claim(own, "products", ["1"])
      expect(isOwnWrite(connection, "products", "1", "update")).toBe(true)
      expect(isOwnWrite(connection, "products", "2", "update")).toBe(false)
      expect(isOwnWrite(connection, "other", "1", "update")).toBe(false)
      expect(isOwnWrite({}, "products", "1", "update")).toBe(false)
      return Promise.resolve()
    })
    expect(isOwnWrite(connection, "products", "1", "update")).toBe(false)
  })

  it("an action, which is given the database, is of an apply while one has the record locked", async () => {
    const own = newOwnWrite()
    claim(own, "products", ["1"])
    await runOwnWrite(own, () => {
      expect(isOwnWrite(null, "products", "1", "update")).toBe(true)
      expect(isOwnWrite(null, "products", "2", "update")).toBe(false)
      return Promise.resolve()
    })
    expect(isOwnWrite(null, "products", "1", "update")).toBe(false)
  })

  it("a Flow that an apply sets off is not its own once the apply is over, and neither is what fails", async () => {
    const own = newOwnWrite()
    const failed = runOwnWrite(own, () => {
      writesFor(own, connection)
      claim(own, "products", ["1"])
      return Promise.reject(new Error("refused"))
    })
    await expect(failed).rejects.toThrow("refused")
    expect(isOwnWrite(connection, "products", "1", "update")).toBe(false)
    expect(isOwnWrite(null, "products", "1", "update")).toBe(false)
  })

  it("while the database makes the ids, what is created is remembered, so that foreign items are told apart", async () => {
    const own = newOwnWrite()
    const created: string[] = []
    own.creating.set("products", created)
    await runOwnWrite(own, () => {
      writesFor(own, connection)
      expect(isOwnWrite(connection, "products", "1", "create")).toBe(true)
      expect(isOwnWrite(connection, "products", "2", "create")).toBe(true)
      expect(isOwnWrite(connection, "products", "3", "update")).toBe(false)
      return Promise.resolve()
    })
    expect(created).toEqual(["1", "2"])
  })
})
