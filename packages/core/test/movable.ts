import type { CanonicalValue, Document, Side } from "../src/document/value.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { comparePlaces, placesFor, withPlaces, type Place, type Places } from "../src/mapping/places.ts"
import type { KnownPlaces } from "../src/mapping/entity.ts"
import { sweepOnce } from "../src/repair/sweep.ts"
import { Pair } from "./pair.ts"

export const SWEEP = { newAmong: () => Promise.resolve([]), rest: () => Promise.resolve(true) }
export const MAPPING = { translations: { locales: { "de-DE": "de" } } }

/** Two hosts whose places for products come, go and move. */
export class Movable {
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

  /** The same of another kind, whose other places are as they were. */
  moveOf(kind: string, side: Side, place: string, at: string): void {
    const known = comparePlaces(comparePlaces(null, { [kind]: { [place]: { at: place } } }), {
      [kind]: { [place]: { at } },
    })
    const { ports } = this.pair.host(side)
    Object.assign(ports, { config: withPlaces(ports.config, { [kind]: { [place]: { at } } }, known) })
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

export const never = (): never => {
  throw new Error("there is none")
}

export const shirt = (n: number, more: Document = {}): Document => ({
  title: `Shirt ${String(n)}`,
  handle: `shirt-${String(n)}`,
  status: "published",
  ...more,
})

export async function shop(
  missing: string[],
  products: Document[],
  mapping?: Parameters<typeof resolveConfig>[0],
): Promise<Movable> {
  const shop = new Movable(mapping, missing)
  for (const product of products) shop.pair.medusa.create("product", product)
  await shop.pair.settle()
  return shop
}

export const SIX = [1, 2, 3, 4, 5, 6].map((n) => shirt(n, n === 6 ? { status: "draft" } : {}))
export const STATUS = [...Array.from({ length: 5 }, () => "published"), "draft"]
