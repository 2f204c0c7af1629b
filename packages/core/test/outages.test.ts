import { describe, expect, it } from "vitest"
import { outage, SyncError, type Scope } from "../src/errors.ts"
import { pushOnce } from "../src/run/run-push.ts"
import { outageOf } from "../src/guard/outage.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import type { Point } from "../src/testing/memory-table.ts"
import { Pair } from "./pair.ts"

const SIZE = 100

/** A hundred products and a category that Medusa tells, to a Directus whose database fails for a time. */
function shop(fail: (kind: string) => Error | null) {
  const lines: string[] = []
  let begun = 0
  const at = (point: Point): void => {
    if (point === "begin") begun++
  }
  const pair: Pair = new Pair(resolveConfig(), undefined, {
    medusa: { random: () => 0.5 },
    directus: { at, log: (line) => lines.push(line), waitFor: (kind) => failing(kind) },
  })
  let isFailing = false
  const failing = (kind: string): Promise<void> => {
    const error = isFailing ? fail(kind) : null
    return error ? Promise.reject(error) : Promise.resolve()
  }
  const { medusa, directus } = pair
  const ids = Array.from({ length: SIZE }, (_, n) => medusa.create("product", { title: "A", handle: `h-${String(n)}` }))
  const states = () => ids.map((id) => medusa.table("product").links.get(id)?.state)
  /** @returns how many transactions Directus began for it. */
  const push = async (): Promise<number> => {
    begun = 0
    await pushOnce(medusa.ports)
    return begun
  }
  return { pair, medusa, directus, ids, lines, states, push, fail: (now: boolean) => (isFailing = now) }
}

const down = (scope: Scope) => (kind: string) =>
  kind === "product" ? outage("The database cannot be used for this now (25006).", scope, new Error("hidden")) : null

describe("an error that no record is to blame for", () => {
  it("of the whole message is tried once, stops nobody, and rests the direction until it is over", async () => {
    const { pair, medusa, directus, ids, lines, states, push, fail } = shop(down("message"))
    await pair.settle()
    for (const id of ids) medusa.edit("product", id, { title: "B" })
    fail(true)
    expect(await push()).toBeLessThanOrEqual(2)
    expect(medusa.control.breaker.failures).toBe(1)
    expect(lines).toEqual([expect.stringMatching(/^A message could not be handled: internal: .*25006/)])
    for (let n = 0; n < 20; n++) {
      pair.now += 600_000
      await push()
    }
    expect(new Set(states())).toEqual(new Set(["active"]))
    fail(false)
    pair.now += 600_000
    await pair.settle()
    expect([...directus.table("product").rows.values()].every(({ title }) => title === "B")).toBe(true)
  })

  it("of a kind is tried once for all of them, keeps no other kind, and asks nobody however long it takes", async () => {
    const { pair, medusa, directus, ids, lines, states, push, fail } = shop(down("kind"))
    await pair.settle()
    for (const id of ids) medusa.edit("product", id, { title: "B" })
    fail(true)
    expect(await push()).toBeLessThanOrEqual(3)
    expect(lines).toEqual([expect.stringMatching(/^No product can be applied: internal: .*25006/)])
    expect(medusa.table("product").links.get(ids[0] ?? "")?.reason).toMatch(/^concurrent_write: .*25006/)
    for (let n = 0; n < 20; n++) {
      pair.now += 600_000
      await push()
    }
    expect(new Set(states())).toEqual(new Set(["active"]))
    medusa.create("category", { name: "Shirts", handle: "shirts" })
    // The products that wait fill a message.
    for (let n = 0; n < 2; n++) await push()
    expect(directus.table("category").rows.size).toBe(1)
    fail(false)
    pair.now += 600_000
    await pair.settle()
    expect([...directus.table("product").rows.values()].every(({ title }) => title === "B")).toBe(true)
  })

  it("is told from one that is about a record: then the others arrive", async () => {
    const { pair, medusa, directus, ids, push, fail } = shop(() => new SyncError("rejected_by_host", "no"))
    await pair.settle()
    for (const id of ids) medusa.edit("product", id, { title: "B" })
    fail(true)
    expect(await push()).toBeGreaterThan(SIZE)
    expect(directus.table("product").rows.size).toBe(SIZE)
  })
})

describe("how far an error reaches", () => {
  const coded = (code: string, message = ""): Error => Object.assign(new Error(message), { code })

  it.each(["08006", "25006", "28P01", "3D000", "53100", "53200", "53300", "57P01", "57P03", "58030", "XX001"])(
    "PostgreSQL's %s is the whole message's",
    (code) => expect(outageOf(coded(code))).toBe("message"),
  )
  it.each(["42P01", "42703", "42501", "3F000"])("PostgreSQL's %s is all of a kind's", (code) =>
    expect(outageOf(coded(code))).toBe("kind"),
  )
  it.each(["22001", "23505", "23502", "40P01", "54000", "55P03", "57014", "25P03", "P0001"])(
    "PostgreSQL's %s is one record's, or a matter of waiting",
    (code) => expect(outageOf(coded(code))).toBe("record"),
  )
  it.each(["SQLITE_READONLY", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_CORRUPT", "ECONNRESET"])(
    "%s is the whole message's",
    (code) => expect(outageOf(coded(code))).toBe("message"),
  )
  it("what SQLite has one code for is told by its words", () => {
    expect(outageOf(coded("SQLITE_ERROR", "insert … - SQLITE_ERROR: no such table: products"))).toBe("kind")
    expect(outageOf(coded("SQLITE_ERROR", 'near "x": syntax error'))).toBe("record")
    expect(outageOf(coded("SQLITE_CONSTRAINT"))).toBe("record")
  })
  it("is found below the errors that wrap it, and a service that a hook asks is none of the database", () => {
    expect(outageOf(new Error("outer", { cause: coded("53100") }))).toBe("message")
    expect(outageOf(Object.assign(new Error("outer"), { previous: coded("57P01") }))).toBe("message")
    expect(outageOf(new Error("Connection terminated unexpectedly"))).toBe("message")
    expect(outageOf(Object.assign(new Error("…"), { name: "KnexTimeoutError" }))).toBe("message")
    expect(outageOf(Object.assign(coded("ECONNRESET"), { isAxiosError: true }))).toBe("record")
    for (const other of [new TypeError("x"), coded("ECONNREFUSED"), "text", null])
      expect(outageOf(other)).toBe("record")
  })
})
