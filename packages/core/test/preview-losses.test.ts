import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { startBackfill, stepBackfill } from "../src/backfill/backfill.ts"
import { memberName, setOf } from "../src/document/names.ts"
import { otherSide, type CanonicalValue, type Document, type Side } from "../src/document/value.ts"
import { pushOnce } from "../src/run/run-push.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { Pair } from "./pair.ts"
import { previewBackfill } from "./walked.ts"

const some = <T>(...values: T[]) => fc.constantFrom(null, ...values)
const GERMAN = memberName("translations", "de-DE/title")

/** Records refer to others by their handles. */
const anyCollection = fc.record({ handle: fc.constantFrom("spring", "autumn"), title: some("", "Season", "Saison") })
const anyCategory = fc.record({
  handle: fc.constantFrom("a", "shoes", "z"),
  name: some("Shoes", "Schuhe"),
  parent: some("a", "z"),
})
const anyVariant = fc.record({
  title: fc.constantFrom("S", "M"),
  sku: some("sku-1", "sku-2"),
  material: some("wool", "linen"),
  prices: some([{ currency_code: "eur", amount: "10" }]),
})
const anyProduct = fc.record({
  handle: fc.constantFrom("p", "q", "r"),
  title: some("", "Shirt", "Hemd"),
  description: some("", "Soft", "Rough"),
  status: fc.constantFrom("draft", "published"),
  german: some("Hemd", "Bluse"),
  tags: fc.subarray(["red", "blue"]),
  collection: some("spring", "autumn"),
  categories: fc.subarray(["a", "shoes", "z"]),
  variants: fc.uniqueArray(anyVariant, { selector: ({ title }) => title, maxLength: 2 }),
})
const byHandle = { selector: ({ handle }: { handle: string }) => handle, maxLength: 3 }
const collections = fc.uniqueArray(anyCollection, byHandle)
const categories = fc.uniqueArray(anyCategory, byHandle)
const anyCatalogue = fc.record({ collections, categories, products: fc.uniqueArray(anyProduct, byHandle) })
/** Nothing in Directus keeps a handle or an article number from being there twice. */
const anyItems = fc.record({ collections, categories, products: fc.array(anyProduct, { maxLength: 4 }) })
type Catalogue = typeof anyCatalogue extends fc.Arbitrary<infer T> ? T : never

/** Of what Medusa lets one record have. */
const UNIQUE = [{ field: "handle" }, { field: "sku" }]
const KINDS = ["collection", "category", "product", "variant"]
const config = () => resolveConfig({ translations: { locales: { "de-DE": "de" } } })

function fill(pair: Pair, side: Side, { collections, categories, products }: Catalogue): void {
  const make = (entity: string, fields: Document): string =>
    pair
      .host(side)
      .create(entity, Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)), false)
  const skus = new Set<string>()
  const seasons = new Map<string, string>(collections.map((fields) => [fields.handle, make("collection", fields)]))
  const kinds = new Map<string, string>(
    categories.map(({ handle, name }) => [handle, make("category", { handle, name })]),
  )
  const rows = pair.host(side).table("category").rows
  for (const { handle, parent } of categories) {
    const [id, above] = [kinds.get(handle) ?? "", parent === null ? undefined : kinds.get(parent)]
    // No circle: the letters go up.
    if (above !== undefined && parent !== null && parent < handle) rows.set(id, { ...rows.get(id), parent: above })
  }
  for (const { german, tags, collection, categories: of, variants, ...fields } of products) {
    const product = make("product", {
      ...fields,
      [GERMAN]: german,
      collection: (collection === null ? null : seasons.get(collection)) ?? null,
      ...Object.fromEntries(tags.map((tag) => [memberName("tags", tag), true])),
      ...Object.fromEntries(
        of.flatMap((name) => (kinds.has(name) ? [[memberName("categories", kinds.get(name) ?? ""), true]] : [])),
      ),
    })
    for (const { sku, ...variant } of variants) {
      const isFree = sku !== null && (side === "directus" || !skus.has(sku))
      if (sku !== null) skus.add(sku)
      make("variant", { ...variant, sku: isFree ? sku : null, product })
    }
  }
}

async function backfill(pair: Pair, side: Side): Promise<void> {
  const { ports } = pair.host(side)
  await startBackfill(ports, { kinds: KINDS })
  for (let more = true; more;) {
    const outcome = await pushOnce(ports)
    more = (await stepBackfill(ports, await ports.readControl())) || outcome.kind === "sent"
  }
  await pair.settle()
}

const rowsOf = (pair: Pair, side: Side): Map<string, string> =>
  new Map(
    KINDS.flatMap((kind) =>
      [...pair.host(side).table(kind).rows].map(([id, row]): [string, string] => [
        `${kind} ${id}`,
        JSON.stringify(
          Object.entries(row)
            .filter(([, value]) => value !== null)
            .sort(),
        ),
      ]),
    ),
  )

/** What the other side has not taken. */
const stoppedOf = (pair: Pair, side: Side): string[] =>
  KINDS.flatMap((kind) => {
    const { rows, links } = pair.host(side).table(kind)
    return [...rows.keys()].filter((id) => (links.get(id)?.peerId ?? null) === null).map((id) => `${kind} ${id}`)
  }).sort()

function counted(names: string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of names.sort()) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

describe("the values that a preview says would lose", () => {
  it("are those that the backfill then keeps in the inbox, whatever the two catalogues hold", async () => {
    let lost = 0
    await fc.assert(
      fc.asyncProperty(anyCatalogue, anyItems, fc.constantFrom<Side>("medusa", "directus"), async (one, two, side) => {
        const pair = new Pair(config(), undefined, { medusa: { unique: UNIQUE } })
        fill(pair, "medusa", one)
        fill(pair, "directus", two)
        const other = otherSide(side)
        const [before, titles] = [rowsOf(pair, other), titlesOf(pair, other)]
        const told = await previewBackfill(pair.host(side).ports, KINDS)
        await backfill(pair, side)
        const after = rowsOf(pair, other)
        const stopped = stoppedOf(pair, side)
        // One that both sides have noticed has one id.
        const kept = [...new Map([...pair.medusa.conflicts, ...pair.directus.conflicts]).values()]
        expect({ create: told.create, change: told.change, stopped: told.stopped }).toEqual({
          create: [...after.keys()].filter((name) => !before.has(name)).length,
          change: [...before].filter(([name, row]) => after.get(name) !== row).length,
          stopped: stopped.length,
        })
        expect(told.problems.map(({ entity, localId }) => `${entity} ${localId}`).sort()).toEqual(stopped)
        const { count, fields, sample } = told.losses
        expect(
          Object.fromEntries(fields.map((each) => [`${each.entity} ${each.field} ${each.side}`, each.count])),
        ).toEqual(counted(kept.map(({ entity, field, losingSide }) => `${entity} ${setOf(field)} ${losingSide}`)))
        expect(count).toBe(kept.length)
        expect(sample).toHaveLength(Math.min(10, kept.length))
        // What is new by then has the title that was told of it.
        const names = new Map([...titlesOf(pair, other), ...titles])
        for (const { entity, localId, field, side: loser, loses } of sample)
          expect(
            kept.filter((each) => {
              const of = each.losingSide === loser && each.entity === entity && setOf(each.field) === setOf(field)
              return (
                of &&
                [each.localId, each.peerId].includes(localId) &&
                textOf(names, each.field, each.losingValue) === loses
              )
            }),
          ).not.toHaveLength(0)
        lost += count
      }),
      { numRuns: 300 },
    )
    expect(lost).toBeGreaterThan(100)
  })
})

const REFERRED: Readonly<Record<string, string>> = { collection: "collection", parent: "category", product: "product" }

/** What people call each record of a side, by kind and id. */
const titlesOf = (pair: Pair, side: Side): Map<string, string> =>
  new Map(
    KINDS.flatMap((kind) =>
      [...pair.host(side).table(kind).rows].map(([id, row]): [string, string] => [
        `${kind} ${id}`,
        String(
          ["title", "name", "sku", "handle"].map((name) => row[name]).find((value) => value != null && value !== ""),
        ),
      ]),
    ),
  )

function textOf(titles: ReadonlyMap<string, string>, field: string, value: CanonicalValue): string | null {
  if (value === null) return null
  const title = titles.get(`${REFERRED[field] ?? ""} ${String(value)}`)
  return title ?? (typeof value === "string" ? value : JSON.stringify(value))
}
