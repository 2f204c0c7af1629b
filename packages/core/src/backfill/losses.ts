import { setOf } from "../document/names.ts"
import type { CanonicalValue } from "../document/value.ts"
import type { LostCount, LostValue } from "../operate/job.ts"
import { fieldOf, type EntityDefinition } from "../mapping/entity.ts"
import type { Conflict } from "../ports.ts"
import { LIMITS } from "../wire/messages.ts"

export type Lost = Pick<Conflict, "field" | "losingSide" | "losingValue">

/** By field and side. */
export function countLost(lost: readonly Lost[]): Omit<LostCount, "entity">[] {
  const counts = new Map<string, Omit<LostCount, "entity">>()
  for (const { field: name, losingSide: side } of lost) {
    const field = setOf(name)
    const known = counts.get(`${field} ${side}`)
    counts.set(`${field} ${side}`, { field, side, count: (known?.count ?? 0) + 1 })
  }
  return [...counts.values()]
}

/** A sample shows each field once before it shows one twice. */
export function sampleOf<Each extends Pick<LostValue, "field">>(
  all: readonly Each[],
  nameOf: (each: Each) => string,
): Each[] {
  const turns = new Map<string, number>()
  const placed = all.map((each, place) => {
    const name = nameOf(each)
    const turn = turns.get(name) ?? 0
    turns.set(name, turn + 1)
    return { each, turn, place }
  })
  return placed
    .sort((a, b) => a.turn - b.turn || a.place - b.place)
    .slice(0, LIMITS.sample)
    .map(({ each }) => each)
}

/** The record that a reference names; `null` = the value says by itself what it is. */
export function referredBy(
  entity: EntityDefinition,
  name: string,
  value: CanonicalValue,
): { entity: string; localId: string } | null {
  const field = fieldOf(entity, name)
  return field?.to !== undefined && field.type === "reference" && typeof value === "string"
    ? { entity: field.to, localId: value }
    : null
}
