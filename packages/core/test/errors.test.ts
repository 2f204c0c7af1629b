import { expect, it } from "vitest"
import { SyncError, whereFrom } from "../src/errors.ts"

it("an unknown error is told by its name, its code and its place, never by its message", () => {
  const text = whereFrom(Object.assign(new TypeError("canary"), { code: "42703" }))
  expect(text).toMatch(/^TypeError 42703 at /)
  expect(text).not.toContain("canary")
  expect(text.match(/ at /g)?.length).toBeLessThanOrEqual(4)
})

it("a line of the message that reads like a place is not told either", () => {
  expect(whereFrom(new Error("a canary at home\nlooks at it"))).not.toMatch(/canary|looks/)
})

it("the code may lie below it, and not at any depth", () => {
  const below = (depth: number): Error => {
    let error: Error = Object.assign(new Error("deep"), { code: "ECONNREFUSED" })
    for (let i = 0; i < depth; i++) error = new Error("above", { cause: error })
    return error
  }
  expect(whereFrom(below(4))).toMatch(/^Error ECONNREFUSED at/)
  expect(whereFrom(below(5))).toMatch(/^Error at/)
  expect(whereFrom(Object.assign(new Error("x"), { code: 7 }))).toMatch(/^Error at/)
})

it("our own errors hold no value, so they are told whole; what is no error is told as such", () => {
  expect(whereFrom(new SyncError("not_found", "The sync knows no product 1."))).toBe(
    "not_found: The sync knows no product 1.",
  )
  expect(whereFrom("canary")).toBe("unknown error")
  const bare = new Error("canary")
  delete bare.stack
  expect(whereFrom(bare)).toBe("Error")
})

it("whoever calls again is told when that may help, and what was below", () => {
  const cause = new Error("below")
  const retryable = new SyncError("concurrent_write", "Busy.", { retryable: true, cause })
  expect(retryable).toMatchObject({ name: "SyncError", retryable: true, cause })
  const plain = new SyncError("not_found", "Not there.")
  expect(plain.retryable).toBe(false)
  expect("cause" in plain).toBe(false)
})
