import { expect, test } from "vitest"
import { cut, formatTable } from "../src/output/table.ts"
import { counted, duration, shown } from "../src/output/words.ts"
import { summarizeDiff } from "../src/schema/summarize-diff.ts"
import { readCount } from "../src/commands/read-count.ts"

test("a table has aligned columns, and a cell is one line of at most so many characters", () => {
  expect(
    formatTable(
      [
        ["kind", "id"],
        ["product", "a\nb"],
        ["x", "0123456789"],
      ],
      8,
    ),
  ).toEqual(["kind     id", "product  a b", "x        0123456…"])
  expect(cut("12345678", 8)).toBe("12345678")
})

test("numbers, times and values are told in words", () => {
  expect([counted(1, "record"), counted(1200, "record")]).toEqual(["1 record", "1,200 records"])
  expect([duration(0.2), duration(61), duration(5400)]).toEqual(["1 s", "2 min", "1.5 h"])
  expect([shown(null), shown(""), shown("a"), shown(["a"])]).toEqual(["(empty)", "(empty)", "a", '["a"]'])
})

test("a count is a whole number within its bounds", () => {
  expect(readCount("--limit", "200", 200)).toBe(200)
  for (const text of ["0", "201", "1.5", "x", ""]) expect(() => readCount("--limit", text, 200)).toThrow(/--limit/)
})

test("a change of the schema is told by what is made, changed and deleted", () => {
  const whole = (kind: string) => [{ kind, lhs: {}, rhs: {} }]
  expect(
    summarizeDiff({
      hash: "x",
      diff: {
        collections: [
          { collection: "new", diff: whole("N") },
          { collection: "old", diff: whole("D") },
        ],
        fields: [
          { collection: "products", field: "title", diff: [{ kind: "E", path: ["meta", "note"] }] },
          { collection: "products", field: "brand", diff: whole("N") },
        ],
        relations: [{ collection: "products", field: "brand", diff: whole("N") }],
      },
    }),
  ).toEqual({ made: ["new", "products.brand"], changed: ["products.title"], deleted: ["old"] })
})
