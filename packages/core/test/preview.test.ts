import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { startBackfill, stepBackfill } from "../src/backfill/backfill.ts"
import type { Document, Side } from "../src/document/value.ts"
import { pushOnce } from "../src/run/run-push.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import type { DeletePolicy } from "../src/mapping/entity.ts"
import { withSizes } from "../src/sizes.ts"
import { Pair } from "./pair.ts"
import { previewBackfill } from "./walked.ts"

/** Of what Medusa lets one record have. */
const UNIQUE = [{ field: "handle" }, { field: "sku" }]

const text = (...words: string[]) => fc.constantFrom(null, "", ...words)
const anyProduct = fc.record({
  title: text("Shirt", "Hemd"),
  handle: fc.constantFrom("a", "b", "c", "d"),
  description: text("Soft", "Rough"),
  status: fc.constantFrom("draft", "published"),
})
/** A catalogue has each handle once. */
const anyCatalogue = fc.uniqueArray(anyProduct, { selector: ({ handle }) => handle, maxLength: 4 })
/** Nothing in Directus keeps a handle from being there twice. */
const anyItems = fc.array(anyProduct, { maxLength: 7 })

function filled(medusa: Document[], directus: Document[]): Pair {
  const pair = new Pair(resolveConfig(), undefined, { medusa: { unique: UNIQUE } })
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
const rowsOf = (pair: Pair, side: Side, kind = "product"): Map<string, string> =>
  new Map(
    [...pair.host(side).table(kind).rows].map(([id, row]) => [
      id,
      JSON.stringify(
        Object.entries(row)
          .filter(([, value]) => value !== null)
          .sort(),
      ),
    ]),
  )

const allRowsOf = (pair: Pair, side: Side): Map<string, string> =>
  new Map(
    ["product", "variant"].flatMap((kind) =>
      [...rowsOf(pair, side, kind)].map(([id, row]): [string, string] => [`${kind} ${id}`, row]),
    ),
  )

/** What the other side has not taken, by now. */
const stoppedOf = (pair: Pair, side: Side, kind = "product"): string[] => {
  const { rows, links } = pair.host(side).table(kind)
  return [...rows.keys()].filter((id) => (links.get(id)?.peerId ?? null) === null).sort()
}

/** A variant cannot be archived in Medusa. */
const kept = ({ medusa, directus }: Record<Side, DeletePolicy>) => ({
  medusa: medusa === "archive" ? ("ignore" as const) : medusa,
  directus,
})

/** Somebody deletes or edits one of the records of a side, if it has any. */
function act(pair: Pair, { side, at, what }: { side: Side; at: number; what: string }): void {
  const host = pair.host(side)
  const kind = what.endsWith("part") ? "variant" : "product"
  const ids = [...host.table(kind).rows.keys()]
  const id = ids[at % Math.max(1, ids.length)]
  if (id === undefined) return
  if (what.startsWith("delete")) host.remove(kind, id)
  else host.edit(kind, id, { material: `edit ${String(at)}` })
}

describe("a preview", () => {
  it("foretells what the backfill then makes, whatever the two catalogues hold", async () => {
    await fc.assert(
      fc.asyncProperty(
        anyCatalogue,
        anyItems,
        fc.constantFrom<Side>("medusa", "directus"),
        fc.integer({ min: 1, max: 3 }),
        async (medusa, directus, side, message) => {
          const reset = withSizes({ message, page: message, walk: message })
          try {
            const pair = filled(medusa, directus)
            const other = side === "medusa" ? "directus" : "medusa"
            const before = rowsOf(pair, other)
            const told = await previewBackfill(pair.host(side).ports, ["product"])
            await backfill(pair, side)
            const after = rowsOf(pair, other)
            const created = [...after.keys()].filter((id) => !before.has(id)).length
            const changed = [...before].filter(([id, row]) => after.get(id) !== row).length
            const stopped = stoppedOf(pair, side)
            expect(told).toMatchObject({ create: created, change: changed, stopped: stopped.length })
            expect(told.problems.map(({ localId }) => localId).sort()).toEqual(stopped)
          } finally {
            reset()
          }
        },
      ),
      { numRuns: 500 },
    )
  })

  it("foretells what comes back, whatever was deleted and edited, and whatever the mapping keeps", async () => {
    const policy = fc.constantFrom<DeletePolicy>("ignore", "archive", "unlink", "propagate")
    const change = fc.record({
      side: fc.constantFrom<Side>("medusa", "directus"),
      at: fc.nat(5),
      what: fc.constantFrom("delete", "delete a part", "edit", "edit a part"),
    })
    let back = 0
    await fc.assert(
      fc.asyncProperty(
        anyCatalogue,
        fc.record({ medusa: policy, directus: policy }),
        fc.array(change, { maxLength: 5 }),
        fc.array(change, { maxLength: 2 }),
        fc.constantFrom<Side>("medusa", "directus"),
        async (products, deletes, changes, later, side) => {
          const pair = new Pair(resolveConfig({ product: { deletes }, variant: { deletes: kept(deletes) } }))
          for (const product of products) {
            const id = pair.medusa.create("product", product)
            for (const title of ["S", "M"])
              pair.medusa.create("variant", { title, product: id, sku: `${String(product.handle)}-${title}` })
          }
          await pair.settle()
          for (const each of changes) {
            act(pair, each)
            await pair.settle()
          }
          // An edit that nobody has told of yet is told by the backfill, too. An end needs none.
          const edits = later.filter((each) => each.side === side && each.what.startsWith("edit"))
          for (const each of edits) act(pair, each)
          const other = side === "medusa" ? "directus" : "medusa"
          const before = allRowsOf(pair, other)
          const told = await previewBackfill(pair.host(side).ports)
          await backfill(pair, side)
          const after = allRowsOf(pair, other)
          // A host that restores a whole restores parts with it that the source has deleted, and cannot speak of.
          const isSpokenOf = (name: string): boolean => {
            const [kind = "", id = ""] = name.split(" ")
            return pair
              .host(side)
              .table(kind)
              .rows.has(pair.host(other).table(kind).links.get(id)?.peerId ?? "")
          }
          const returned = [...after.keys()].filter((name) => !before.has(name) && isSpokenOf(name)).length
          const changed = [...before].filter(([id, row]) => after.has(id) && after.get(id) !== row).length
          back += returned
          expect(told).toMatchObject({ back: returned, create: 0, change: changed, stopped: 0 })
          const done = pair.host(side).control.backfill
          // An edit may bring its record back before the backfill has come to it.
          expect(done?.back).toBeLessThanOrEqual(told.back)
          if (edits.length === 0) expect(done).toMatchObject({ state: "done", back: told.back })
        },
      ),
      { numRuns: 300 },
    )
    expect(back).toBeGreaterThan(50)
  })

  it("knows more keys of the pages before than one question has room for", async () => {
    const items = Array.from({ length: 90 }, (_, n) => ({ title: "Shirt", handle: `shirt-${String(n)}` }))
    const pair = filled([], [...items, ...items])
    expect(await previewBackfill(pair.directus.ports, ["product"])).toMatchObject({ create: 90, stopped: 90 })
  })

  it("names what would stop as people know it", async () => {
    const pair = filled(
      [],
      [
        { title: "Shirt", handle: "shirt" },
        { title: "Shirt again", handle: "shirt" },
      ],
    )
    const [, second = ""] = [...pair.directus.table("product").rows.keys()]
    pair.directus.create("variant", { title: "S", product: second, sku: "S-1" }, false)
    const { problems } = await previewBackfill(pair.directus.ports, ["product", "variant"])
    expect(problems).toMatchObject([
      { entity: "product", localId: second, title: "Shirt again", parentTitle: null },
      { entity: "variant", title: "S", parentTitle: "Shirt again" },
    ])
    expect(problems[0]?.reason).toMatch(/^handle is taken by another product/)
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
