import { ConnectionException, DriverException } from "@medusajs/framework/mikro-orm/core"
import { MedusaError } from "@medusajs/framework/utils"
import { DatabaseError } from "pg"
import { SyncError } from "medusa-directus-core/host"
import { describe, expect, it } from "vitest"
import { asSyncError } from "../src/database/host-errors"

const postgres = (fields: object, message = "insert … values ('hidden')"): Error =>
  Object.assign(new Error(message), fields)

describe("what Medusa and PostgreSQL refuse", () => {
  it.each([
    [
      "a unique violation",
      postgres({ code: "23505", table: "product", detail: "Key (handle)=(hidden) already exists." }),
      "not_unique",
      /^handle is taken/,
    ],
    [
      "the same, in the words of Medusa",
      new MedusaError("invalid_data", "Product with handle: hidden, already exists."),
      "not_unique",
      /^handle is taken/,
    ],
    [
      "two processes that link one record",
      postgres({ code: "23505", table: "directus_sync_link" }),
      "concurrent_write",
      /linked/,
    ],
    ["a deadlock", postgres({ code: "40P01" }), "concurrent_write", /busy/],
    ["a lock that takes too long", postgres({ code: "55P03" }), "concurrent_write", /busy/],
    [
      "an empty column",
      postgres({ code: "23502", column: "title" }),
      "rejected_by_host",
      /^title: It must not be empty/,
    ],
    ["a number that is too large", postgres({ code: "22003" }), "rejected_by_host", /22003/],
    [
      "the same, when the column is known",
      postgres({ code: "22003", column: "weight" }),
      "rejected_by_host",
      /^weight: .*22003/,
    ],
    [
      "a word that the column does not know",
      postgres({ code: "23514", constraint: "product_status_check" }),
      "rejected_by_host",
      /product_status_check/,
    ],
    [
      "null for a property",
      new Error("You must pass a non-null value to the property title of entity Product."),
      "rejected_by_host",
      /^title: It must not be empty/,
    ],
    [
      "a property of another type",
      new Error("Trying to set Product.weight of type 'number' to 'hidden' of type 'string'"),
      "rejected_by_host",
      /^weight: /,
    ],
    [
      "a rule of Medusa",
      new MedusaError("invalid_data", "Invalid product handle 'hidden'."),
      "rejected_by_host",
      /invalid_data/,
    ],
  ])("%s has a code and names no value", (_, error, code, message) => {
    const known = asSyncError(error)
    expect(known).toBeInstanceOf(SyncError)
    expect(known).toMatchObject({ code, message: expect.stringMatching(message) as unknown })
    expect((known as SyncError).message).not.toContain("hidden")
  })

  it("is found below the errors that wrap it", () => {
    const wrapped = new Error("outer", { cause: postgres({ code: "40001" }) })
    expect(asSyncError(wrapped)).toMatchObject({ code: "concurrent_write", retryable: true })
  })

  it("names the code alone when it is an error of ours", () => {
    const error = asSyncError(postgres({ code: "23514", table: "directus_sync_link" }))
    expect((error as Error).message).toBe("PostgreSQL error 23514 on directus_sync_link")
  })

  it.each([
    ["57P01", "message"],
    ["53100", "message"],
    ["25006", "message"],
    ["42P01", "kind"],
    ["42501", "kind"],
    ["54000", "record"],
  ])("of PostgreSQL %s reaches the %s, in pg's own class and in MikroORM's around it", (code, scope) => {
    const own = Object.assign(new DatabaseError("insert … values ('hidden')", 0, "error"), { code, table: "product" })
    for (const error of [own, new DriverException(own), new Error("outer", { cause: new DriverException(own) })]) {
      const known = asSyncError(error)
      expect(known).toMatchObject({ scope, retryable: scope !== "record" })
      expect((known as Error).message).toContain(code)
      expect((known as Error).message).not.toContain("hidden")
    }
  })

  it("of a connection that was cut, or that there is none of, reaches the whole message", () => {
    for (const error of [
      new ConnectionException(new Error("Connection terminated unexpectedly")),
      Object.assign(new Error("Timeout acquiring a connection"), { name: "KnexTimeoutError" }),
    ])
      expect(asSyncError(error)).toMatchObject({ code: "internal", scope: "message", retryable: true })
  })

  it("leaves every other error as it is", () => {
    const error = new TypeError("x is not a function")
    expect(asSyncError(error)).toBe(error)
  })
})
