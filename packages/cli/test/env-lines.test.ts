import { parseEnv } from "node:util"
import { expect, test } from "vitest"
import { withLines } from "../src/init/env-lines.ts"

test("an empty file gets all lines, and reads as what was written", () => {
  const { text, added } = withLines(
    "",
    [
      ["A", "http://x:1/y"],
      ["B", "with # and \\ and 'spaces'"],
    ],
    false,
  )
  expect(added).toEqual(["A", "B"])
  expect(parseEnv(text)).toEqual({ A: "http://x:1/y", B: "with # and \\ and 'spaces'" })
})

test("what is there stays, comments and order too, and only what is missing is added", () => {
  const before = "# mine\nexport A=old\n\nC=3"
  const { text, added, kept } = withLines(
    before,
    [
      ["A", "new"],
      ["B", "2"],
    ],
    false,
  )
  expect(text.startsWith(`${before}\n\n`)).toBe(true)
  expect(parseEnv(text)).toEqual({ A: "old", C: "3", B: "2" })
  expect({ added, kept }).toEqual({ added: ["B"], kept: ["A"] })
})

test.each(["A=", "A= ", "export A=''", 'A=""', "A=string:"])("a line without a value is filled: %s", (before) => {
  const { text, added, kept } = withLines(`${before}\nC=3\n`, [["A", "new"]], false)
  expect(text).toBe("A=new\nC=3\n")
  expect({ added, kept }).toEqual({ added: ["A"], kept: [] })
})

test("with force a line takes the place of the old one, and a name that only begins alike is another one", () => {
  const { text, changed } = withLines("A_B=1\n#A=9\nA=old\nC=$&\n", [["A", "$&new"]], true)
  expect(changed).toEqual(["A"])
  expect(text).toBe("A_B=1\n#A=9\nA='$&new'\nC=$&\n")
})

test("written twice it does not change", () => {
  const lines = [["A", "1"]] as const
  const once = withLines("", lines, false).text
  expect(withLines(once, lines, true)).toEqual({ text: once, added: [], changed: [], kept: ["A"] })
})
