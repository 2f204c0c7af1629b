import { expect, it } from "vitest"
import { checkTypes } from "./check-types.ts"
import { readPage, sectionsOf } from "./read-page.ts"

/** What the second block takes from the shop around it. */
const AROUND = `
  declare const sdk: { store: { product: { list(query: { fields: string }): Promise<{ products: unknown[] }> } } }
  declare namespace HttpTypes { interface StoreProduct { id: string } }
`

it("a shop's own content is typed as docs/storefront.md says", () => {
  const blocks = sectionsOf(readPage("docs/storefront.md"))
    .filter(({ heading }) => heading === "Types")
    .flatMap((section) => section.blocks.map(({ text }) => text))
  expect(blocks).toHaveLength(2)
  const [own = "", use = ""] = blocks
  expect(checkTypes([own, `${use}${AROUND}`])).toEqual([])
  const wrong = "const size: number | null | undefined = first?.directus_product?.story"
  expect(checkTypes([own, `${use}${AROUND}${wrong}`])).toEqual([expect.stringMatching(/'string'.*'number'/)])
}, 60_000)
