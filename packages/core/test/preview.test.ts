import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { startBackfill, stepBackfill } from "../src/backfill/backfill.ts"
import { previewBackfill } from "../src/backfill/preview.ts"
import type { Document, Side } from "../src/document/value.ts"
import { pushOnce } from "../src/flow/run-push.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { Pair } from "./pair.ts"

const text = (...words: string[]) => fc.constantFrom(null, "", ...words)
const anyProduct = fc.record({
  title: text("Shirt", "Hemd"),
  handle: fc.constantFrom("a", "b", "c", "d"),
  description: text("Soft", "Rough"),
  status: fc.constantFrom("draft", "published"),
})
/** A catalogue has each handle once. */
const anyCatalogue = fc.uniqueArray(anyProduct, { selector: ({ handle }) => handle, maxLength: 4 })

function filled(medusa: Document[], directus: Document[]): Pair {
  const pair = new Pair(resolveConfig())
  for (const product of medusa) pair.medusa.create("product", product, false)
  for (const product of directus) pair.directus.create("product", product, false)
  return pair
}

async function backfill(pair: Pair, side: Side): Promise<void> {
  const { ports } = pair.host(side)
  await startBackfill(ports)
  for (let more = true; more;) {
    const outcome = await pushOnce(ports)
    more = (await stepBackfill(ports, await ports.readControl())) || outcome.kind === "sent"
  }
}

/** What stands in each row, without what nobody has typed. */
const rowsOf = (pair: Pair, side: Side): Map<string, string> =>
  new Map(
    [...pair.host(side).table("product").rows].map(([id, row]) => [
      id,
      JSON.stringify(
        Object.entries(row)
          .filter(([, value]) => value !== null)
          .sort(),
      ),
    ]),
  )

describe("a preview", () => {
  it("foretells what the backfill then makes, whatever the two catalogues hold", async () => {
    await fc.assert(
      fc.asyncProperty(
        anyCatalogue,
        anyCatalogue,
        fc.constantFrom<Side>("medusa", "directus"),
        async (medusa, directus, side) => {
          const pair = filled(medusa, directus)
          const other = side === "medusa" ? "directus" : "medusa"
          const before = rowsOf(pair, other)
          const told = await previewBackfill(pair.host(side).ports, ["product"])
          await backfill(pair, side)
          const after = rowsOf(pair, other)
          const created = [...after.keys()].filter((id) => !before.has(id)).length
          const changed = [...before].filter(([id, row]) => after.get(id) !== row).length
          expect(told).toMatchObject({ create: created, change: changed, stopped: 0 })
        },
      ),
      { numRuns: 200 },
    )
  })

  it("compares a record whose collection is not linked yet", async () => {
    const pair = new Pair(resolveConfig())
    for (const side of ["medusa", "directus"] as const) {
      const collection = pair.host(side).create("collection", { title: "Season", handle: "season" }, false)
      pair.host(side).create("product", { title: side, handle: "same", collection }, false)
      pair.host(side).create("product", { title: "Equal", handle: "equal", collection }, false)
    }
    expect(await previewBackfill(pair.medusa.ports)).toMatchObject({ create: 0, change: 1, match: 2 })
  })
})

it("an empty text of one side takes the words of the other, and none of them is a conflict", async () => {
  for (const side of ["medusa", "directus"] as const) {
    const words = { title: "Shirt", handle: "a", description: "Soft" }
    const pair =
      side === "medusa"
        ? filled([{ ...words, description: "" }], [words])
        : filled([words], [{ ...words, description: "" }])
    await backfill(pair, "medusa")
    await backfill(pair, "directus")
    await pair.settle()
    for (const each of ["medusa", "directus"] as const)
      expect([...pair.host(each).table("product").rows.values()]).toMatchObject([{ description: "Soft" }])
    expect(pair.medusa.conflicts.size + pair.directus.conflicts.size).toBe(0)
  }
})
