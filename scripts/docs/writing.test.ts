import { expect, it } from "vitest"
import { readPage } from "./read-page.ts"

/** Key → text of one of the Studio's languages. */
const textsOf = (language: string): Map<string, string> =>
  new Map(
    [
      ...readPage(`packages/directus-extension/src/studio/messages/${language}.ts`).matchAll(
        /^ {2}(\w+):\s+"(.*)",$/gm,
      ),
    ].map(([, key = "", text = ""]) => [key, text]),
  )

const [en, de] = [textsOf("en"), textsOf("de")]
const [, table = ""] = readPage("docs/writing.md").split("## Words of the pages")
const rows = [...table.matchAll(/^\| ([A-Z][^|]+?) +\| ([^|]+?) +\|/gm)].flatMap(([, english = "", german = ""]) =>
  english === "English" ? [] : [{ english, german }],
)

it("the glossary is not empty", () => expect(rows.length).toBeGreaterThan(15))

it.each(rows)("the pages say $english, and $german", ({ english, german }) => {
  const keys = [...en].flatMap(([key, text]) => (text === english ? [key] : []))
  expect(keys.map((key) => de.get(key))).toContain(german)
})
