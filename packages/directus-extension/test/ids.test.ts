import { describe, expect, it } from "vitest"
import { keyOf, localIdOf } from "../src/items/item-ids"

const UUID = "2f1c9b5e-0d5b-4a57-9d3f-6f2b8c1a7e10"

describe("the ids of items", () => {
  it.each([
    ["integer", "pg", 1, "1"],
    ["integer", "pg", "01", "1"],
    ["integer", "sqlite3", " 7.0", "7"],
    ["bigInteger", "pg", "9007199254740993", "9007199254740993"],
    ["uuid", "pg", UUID.toUpperCase(), UUID],
    ["uuid", "sqlite3", UUID.toUpperCase(), UUID.toUpperCase()],
    ["string", "pg", "01", "01"],
  ] as const)("a key of type %s on %s: %s is the row %s", (type, dialect, key, id) => {
    expect(localIdOf(type, dialect, key)).toBe(id)
  })

  it.each([
    ["integer", "42", 42],
    ["integer", "tombstone:prod_1", undefined],
    ["integer", "4294967296", undefined],
    ["integer", "1; drop table x", undefined],
    ["bigInteger", "9007199254740993", "9007199254740993"],
    ["uuid", UUID, UUID],
    ["uuid", "tombstone:prod_1", undefined],
    ["string", "any-slug", "any-slug"],
  ] as const)("of type %s, the id %s has the key %s", (type, id, key) => {
    expect(keyOf(type, id)).toBe(key)
  })
})
