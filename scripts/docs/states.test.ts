import { expect, it } from "vitest"
import { stateWords, TONES } from "../../packages/core/src/operate/explain-state.ts"
import { readPage } from "./read-page.ts"

const states = Object.keys(TONES) as (keyof typeof TONES)[]

it("the table of Medusa's page has each state by the word that the card shows", () => {
  const rows = readPage("docs/admin.md").split("| it says ")[1]?.split("\n\n")[0] ?? ""
  const named = [...rows.matchAll(/^\| ([A-Z][^|]+?) +\|/gm)].map(([, word]) => word)
  expect(named.sort()).toEqual(states.map(stateWords("medusa", "en", String).label).sort())
})

it("Directus's page names each state of an item by the word that its chip shows", () => {
  const [, list = ""] = readPage("docs/studio.md").split("**in sync**")
  const named = [...(list.split("\n\n")[0] ?? "").matchAll(/\*\*([a-zA-Z ]+)\*\*/g)].map(([, word]) => word)
  const { label } = stateWords("directus", "en", String)
  const shown = states.filter((state) => state !== "off" && state !== "unmapped" && state !== "synced")
  const low = (word: string): string => word[0]?.toLowerCase() + word.slice(1)
  expect(named.sort()).toEqual(shown.map((state) => low(label(state))).sort())
})
