import type { Document, Side } from "../../src/document/value.ts"
import type { SyncConfig } from "../../src/mapping/config.ts"
import { comparePlaces, placeOf, placesIn, withPlaces, type Place } from "../../src/mapping/places.ts"
import type { KnownPlaces } from "../../src/mapping/entity.ts"
import { sweepOnce } from "../../src/repair/sweep.ts"
import type { Played } from "./played.ts"
import { SIDES } from "./shop.ts"

const FIELDS = ["title", "note", "tags", "status"] as const
const SWEEP = { newAmong: () => Promise.resolve([]), rest: () => Promise.resolve(true) }

/** Columns of a history that are dropped, added and mapped to other ones; what they held stays behind. */
export class Moves {
  readonly #history: Played
  readonly #config: SyncConfig
  readonly #known: Record<Side, KnownPlaces | null> = { medusa: null, directus: null }
  readonly #at: Record<Side, Map<string, Place>> = { medusa: new Map(), directus: new Map() }
  #serial = 0

  constructor(history: Played, config: SyncConfig) {
    this.#history = history
    this.#config = config
    for (const side of SIDES) this.#start(side)
  }

  /** A host starts with another mapping or other columns. */
  step(side: Side): void {
    const field = this.#history.random.pick(FIELDS)
    const isThere = this.#at[side].get(field)?.at !== null
    // Until all columns are back at the end, one of them may be away.
    const at = isThere && this.#history.random.chance(0.3) ? null : `${field}${String(++this.#serial)}`
    // A word that nobody types, so that the oracle can tell.
    const blank = field === "status" && this.#history.random.chance(0.5) ? "untouched" : null
    this.#move(side, field, { at, ...(at === null ? {} : { blank }) })
  }

  /** Every column is there, and has been asked about. */
  async end(settle: () => Promise<boolean>): Promise<void> {
    for (const side of SIDES)
      for (const [field, { at }] of this.#at[side])
        if (at === null) this.#move(side, field, { at: `${field}${String(++this.#serial)}` })
    await settle()
    for (const side of [...SIDES, ...SIDES]) {
      await sweepOnce(this.#history.hosts[side].ports, SWEEP)
      await settle()
    }
  }

  sweep(side: Side): Promise<number> {
    return sweepOnce(this.#history.hosts[side].ports, SWEEP)
  }

  #start(side: Side): void {
    const now = placesIn(this.#config, (_, __, place) => this.#at[side].get(place) ?? { at: place })
    this.#known[side] = comparePlaces(this.#known[side], now)
    Object.assign(this.#history.hosts[side].ports, { config: withPlaces(this.#config, now, this.#known[side]) })
  }

  #move(side: Side, field: string, place: Place): void {
    this.#history.say(() => `${side} keeps ${field} at ${String(place.at)}, which shows ${String(place.blank)}`)
    this.#at[side].set(field, place)
    for (const [kind, entity] of this.#config.entities) {
      const { rows, remains, links } = this.#history.hosts[side].table(kind)
      if (entity.archive?.field === field)
        for (const { localId, standing, snapshot } of links.values())
          if (standing === "archived") this.#leave(side, localId, [[field, snapshot?.[field] ?? null]])
      for (const held of [rows, remains])
        for (const [id, row] of held) {
          const left = Object.entries(row).filter(([name]) => placeOf(entity, name) === field)
          this.#leave(side, id, left)
          const others = Object.entries(row).filter(([name]) => placeOf(entity, name) !== field)
          held.set(id, { ...Object.fromEntries(others), ...(place.blank == null ? {} : { [field]: place.blank }) })
        }
    }
    this.#start(side)
  }

  /** What stays behind in the column of before, or was covered there by the archive, travels no more. */
  #leave(side: Side, id: string, left: [string, Document[string]][]): void {
    const { ledger } = this.#history
    for (const [field, value] of left)
      for (const edit of ledger.edits)
        if (edit.side === side && edit.id === id && edit.field === field && edit.value === ledger.norm(value))
          edit.excused = true
  }
}
