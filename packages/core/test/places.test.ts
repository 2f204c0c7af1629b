import { describe, expect, it } from "vitest"
import type { CanonicalValue, Document, Side } from "../src/document/value.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import {
  comparePlaces,
  placesFor,
  withPlaces,
  type KnownPlaces,
  type Place,
  type Places,
} from "../src/mapping/places.ts"
import { findDrift, sweepOnce, type Drift } from "../src/repair/sweep.ts"
import { Pair } from "./pair.ts"

const SWEEP = { newAmong: () => Promise.resolve([]), rest: () => Promise.resolve(true) }
const MAPPING = { translations: { locales: { "de-DE": "de" } } }

/** Two hosts whose places for products come, go and move. */
class Movable {
  readonly #known: Record<Side, KnownPlaces | null> = { medusa: null, directus: null }
  readonly #at: Record<Side, Record<string, Place>>
  readonly pair: Pair
  readonly #config

  constructor(mapping: Parameters<typeof resolveConfig>[0] = MAPPING, missing: string[] = []) {
    this.#config = resolveConfig(mapping)
    this.pair = new Pair(this.#config)
    const all = [...(this.#config.entities.get("product")?.fields.values() ?? [])].flatMap(placesFor)
    const places = (left: string[]): Record<string, Place> =>
      Object.fromEntries(all.map((place) => [place, { at: left.includes(place) ? null : place }]))
    this.#at = { medusa: places([]), directus: places(missing) }
    this.#start("medusa")
    this.#start("directus")
  }

  #start(side: Side): void {
    const now: Places = { product: this.#at[side] }
    const known = comparePlaces(this.#known[side], now)
    this.#known[side] = known
    Object.assign(this.pair.host(side).ports, { config: withPlaces(this.#config, now, known) })
  }

  /** A place appears, moves or goes, and whatever rows hold there is `value`. */
  move(side: Side, place: string, at: string | null, value: CanonicalValue = null): void {
    for (const [id, row] of this.pair.host(side).table("product").rows) {
      const others = Object.entries(row).filter(([name]) => name !== place && !name.startsWith(`${place}#`))
      const here = value === null ? {} : { [place]: value }
      this.pair
        .host(side)
        .table("product")
        .rows.set(id, { ...Object.fromEntries(others), ...here })
    }
    this.#at[side] = { ...this.#at[side], [place]: { at, blank: value } }
    this.#start(side)
  }

  async sweep(...sides: Side[]): Promise<void> {
    for (const side of sides) {
      await sweepOnce(this.pair.host(side).ports, SWEEP)
      await this.pair.settle()
    }
  }

  values(side: Side, name: string): CanonicalValue[] {
    return [...this.pair.host(side).table("product").rows.values()].map((row) => row[name] ?? null)
  }

  /** `kind field loses side: value`, of both inboxes. */
  lost(): string[] {
    const all = [...this.pair.medusa.conflicts.values(), ...this.pair.directus.conflicts.values()]
    return [...new Set(all.map((c) => `${c.kind} ${c.field} loses ${c.losingSide}: ${JSON.stringify(c.losingValue)}`))]
  }
}

const shirt = (n: number, more: Document = {}): Document => ({
  title: `Shirt ${String(n)}`,
  handle: `shirt-${String(n)}`,
  status: "published",
  ...more,
})

async function shop(
  missing: string[],
  products: Document[],
  mapping?: Parameters<typeof resolveConfig>[0],
): Promise<Movable> {
  const shop = new Movable(mapping, missing)
  for (const product of products) shop.pair.medusa.create("product", product)
  await shop.pair.settle()
  return shop
}

const SIX = [1, 2, 3, 4, 5, 6].map((n) => shirt(n, n === 6 ? { status: "draft" } : {}))
const STATUS = [...Array.from({ length: 5 }, () => "published"), "draft"]

describe("a column that is added later", () => {
  it("takes the peer's values where it shows its default, and changes none of theirs", async () => {
    const a = await shop(["status"], SIX)
    a.move("directus", "status", "status", "draft")
    await a.sweep("directus")
    expect(a.values("medusa", "status")).toEqual(STATUS)
    expect(a.values("directus", "status")).toEqual(STATUS)
    expect(a.lost()).toEqual([])
    // From here on it is a field like any other.
    const [id = ""] = a.pair.directus.table("product").rows.keys()
    a.pair.directus.edit("product", id, { status: "draft" })
    await a.pair.settle()
    expect(a.values("medusa", "status")[0]).toBe("draft")
  })

  it("says in the history of each record what had no place before", async () => {
    const a = await shop(["subtitle"], [shirt(1, { subtitle: "Soft" })])
    a.move("directus", "subtitle", "subtitle")
    await a.sweep("directus")
    expect(a.pair.directus.journal.at(-1)).toMatchObject({
      direction: "in",
      reason: "had no place here before: subtitle",
    })
  })

  it.each([
    ["medusa", "Of the shop", "directus", "Typed"],
    ["directus", "Typed", "medusa", "Of the shop"],
  ] as const)("keeps what lost where somebody typed before the sweep: %s wins", async (wins, stays, loser, lost) => {
    const mapping = { product: { fields: { description: { wins } } } }
    const a = await shop(["description"], [shirt(1, { description: "Of the shop" })], mapping)
    a.move("directus", "description", "description")
    const [id = ""] = a.pair.directus.table("product").rows.keys()
    a.pair.directus.edit("product", id, { description: "Typed" })
    await a.pair.settle()
    expect(a.values("medusa", "description")).toEqual(["Of the shop"])
    await a.sweep("directus")
    expect([a.values("medusa", "description"), a.values("directus", "description")]).toEqual([[stays], [stays]])
    expect(a.lost()).toEqual([`concurrent description loses ${loser}: "${lost}"`])
  })

  it("is told where the peer has nothing", async () => {
    const a = await shop(["subtitle"], [shirt(1)])
    a.move("directus", "subtitle", "subtitle")
    const [id = ""] = a.pair.directus.table("product").rows.keys()
    a.pair.directus.edit("product", id, { subtitle: "Typed" })
    await a.sweep("directus")
    expect(a.values("medusa", "subtitle")).toEqual(["Typed"])
    expect(a.lost()).toEqual([])
  })

  it("waits while the peer does not answer, and is asked for by the next sweep", async () => {
    const a = await shop(["status"], SIX)
    a.move("directus", "status", "status", "draft")
    a.pair.network = () => {
      throw new Error("down")
    }
    await sweepOnce(a.pair.directus.ports, SWEEP)
    a.pair.network = () => undefined
    a.pair.now += 600_000
    await a.pair.settle()
    expect(a.values("medusa", "status")).toEqual(STATUS)
    await a.sweep("directus")
    expect(a.values("directus", "status")).toEqual(STATUS)
  })

  it("costs one question, and none when all is agreed on", async () => {
    const a = await shop(["status"], SIX)
    a.move("directus", "status", "status", "draft")
    const asked = (): number => a.pair.messages.filter(({ ask }) => ask?.kind === "tell").length
    await a.sweep("directus")
    expect(asked()).toBe(1)
    await a.sweep("directus", "medusa")
    expect(asked()).toBe(1)
  })
})

describe("a column that goes", () => {
  it("empties nothing on the peer, also when the peer writes something else meanwhile", async () => {
    const a = await shop([], [shirt(1, { description: "Of the shop", tags: null, "tags#a": true })])
    a.move("directus", "description", null)
    a.move("directus", "tags", null)
    const found: Drift[] = []
    await findDrift(a.pair.directus.ports, SWEEP, (drifts) => found.push(...drifts))
    expect(found).toEqual([])
    await a.sweep("directus")
    const [id = ""] = a.pair.medusa.table("product").rows.keys()
    a.pair.medusa.edit("product", id, { title: "Another" })
    await a.pair.settle()
    const told = a.pair.messages.filter(({ from, records }) => from.startsWith("directus") && records.length > 0)
    expect(told).toEqual([])
    await a.sweep("directus", "medusa")
    expect(a.values("directus", "title")).toEqual(["Another"])
    expect(a.values("medusa", "description")).toEqual(["Of the shop"])
    expect(a.values("medusa", "tags#a")).toEqual([true])
    // And comes back.
    a.move("directus", "description", "description")
    a.move("directus", "tags", "tags")
    await a.sweep("directus")
    expect(a.values("directus", "description")).toEqual(["Of the shop"])
    expect(a.values("directus", "tags#a")).toEqual([true])
  })
})

describe("a field that is mapped to another place", () => {
  it.each<Side>(["medusa", "directus"])("in %s takes over what the peer has", async (side) => {
    const a = await shop([], [shirt(1, { description: "Both know it" })])
    a.move(side, "description", "elsewhere")
    await a.sweep(side)
    expect([a.values("medusa", "description"), a.values("directus", "description")]).toEqual([
      ["Both know it"],
      ["Both know it"],
    ])
    expect(a.lost()).toEqual([])
  })

  it("on both sides at once is compared once, and what loses is kept", async () => {
    const a = await shop([], [shirt(1, { description: "Of before" })])
    a.move("medusa", "description", "metadata.text", "M")
    a.move("directus", "description", "text", "D")
    // Both were filled by people: neither shows a default.
    a.move("medusa", "description", "metadata.text2")
    a.move("directus", "description", "text2")
    const [m = ""] = a.pair.medusa.table("product").rows.keys()
    const [d = ""] = a.pair.directus.table("product").rows.keys()
    a.pair.medusa.edit("product", m, { description: "M" })
    a.pair.directus.edit("product", d, { description: "D" })
    await a.sweep("directus", "medusa", "directus", "medusa")
    expect([a.values("medusa", "description"), a.values("directus", "description")]).toEqual([["M"], ["M"]])
    expect(a.lost()).toEqual(['concurrent description loses directus: "D"'])
  })

  it("joins the members of a set, and takes none away", async () => {
    const a = await shop([], [shirt(1, { "tags#a": true, "tags#b": true }), shirt(2)])
    a.move("directus", "tags", "labels")
    const [id = ""] = a.pair.directus.table("product").rows.keys()
    a.pair.directus.edit("product", id, { "tags#c": true })
    await a.sweep("directus", "medusa")
    for (const side of ["medusa", "directus"] as const)
      for (const tag of ["a", "b", "c"]) expect(a.values(side, `tags#${tag}`)).toEqual([true, null])
    a.pair.directus.edit("product", id, { "tags#a": null })
    await a.pair.settle()
    expect(a.values("medusa", "tags#a")).toEqual([null, null])
  })
})

describe("a language that is added later", () => {
  const two = { translations: { locales: { "de-DE": "de", "fr-FR": "fr" } } }
  const place = "translations#fr-FR/title"

  it("is compared by itself: the others are as before", async () => {
    const a = await shop([place], [shirt(1, { "translations#de-DE/title": "Hemd", [place]: "Chemise" })], two)
    expect(a.values("directus", "translations#de-DE/title")).toEqual(["Hemd"])
    expect(a.values("directus", place)).toEqual([null])
    a.move("directus", place, place)
    const [id = ""] = a.pair.directus.table("product").rows.keys()
    a.pair.directus.edit("product", id, { "translations#de-DE/title": "Bluse", [place]: "Blouse" })
    await a.sweep("directus")
    for (const side of ["medusa", "directus"] as const) {
      expect(a.values(side, "translations#de-DE/title")).toEqual(["Bluse"])
      expect(a.values(side, place)).toEqual(["Chemise"])
    }
    expect(a.lost()).toEqual([`concurrent ${place} loses directus: "Blouse"`])
  })

  it("brings the texts of options, and tells those that only this side has", async () => {
    const options = "translations#fr-FR/options"
    const a = await shop([options], [shirt(1, { [`${options}/Size`]: "Taille" })], two)
    a.move("directus", options, options)
    const [id = ""] = a.pair.directus.table("product").rows.keys()
    a.pair.directus.edit("product", id, { [`${options}/Size`]: "Pointure", [`${options}/Size/S`]: "P" })
    await a.sweep("directus", "medusa")
    for (const side of ["medusa", "directus"] as const) {
      expect(a.values(side, `${options}/Size`)).toEqual(["Taille"])
      expect(a.values(side, `${options}/Size/S`)).toEqual(["P"])
    }
    expect(a.lost()).toEqual([`concurrent ${options}/Size loses directus: "Pointure"`])
  })
})

describe("what a database remembers of its places", () => {
  const at = (text: string | null): Places => ({ product: { status: { at: text } } })
  const since = (...seen: (string | null)[]): number | undefined => {
    let known: KnownPlaces | null = null
    for (const text of seen) known = comparePlaces(known, at(text))
    return known?.["product"]?.["status"]?.since
  }

  it("begins with the first start, and counts each place that appears, comes back or moves", () => {
    expect(since("status")).toBe(0)
    expect(since("status", "status")).toBe(0)
    expect(since(null, "status")).toBe(1)
    expect(since("status", null)).toBe(0)
    expect(since("status", null, "status")).toBe(1)
    expect(since("status", "state", "state", "status")).toBe(2)
  })

  it("keeps a field that is mapped no more as it was, and begins a kind that is new from the start", () => {
    const first = comparePlaces(null, { product: { status: { at: "status" }, title: { at: "title" } } })
    const less = comparePlaces(first, { product: { title: { at: "title" } }, tag: { value: { at: "value" } } })
    expect(less).toEqual({ ...first, tag: { value: { at: "value", since: 0 } } })
    expect(comparePlaces(less, at("status"))["product"]?.["status"]).toEqual({ at: "status", since: 0 })
    expect(comparePlaces(first, { product: { weight: { at: "weight" } } })["product"]?.["weight"]?.since).toBe(1)
  })
})
