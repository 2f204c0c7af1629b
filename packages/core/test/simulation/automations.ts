import { otherSide, type Side } from "../../src/document/value.ts"
import type { Message, RecordResult } from "../../src/wire/messages.ts"
import type { Played } from "./played.ts"
import { SIDES } from "./shop.ts"

const FIELDS = ["note", "title"] as const
type Field = (typeof FIELDS)[number]
/** In so many histories they always answer one record, and write the other field than the one that came. */
const ACROSS = 0.2
/** What an automation writes begins like this, and nothing that a person types. */
const WRITTEN = "by-automation-"

/** Flows, subscribers and hooks of both hosts: they rewrite a note when it arrives from the other host, or write another field. */
export class Automations {
  readonly #history: Played
  #values = 0
  /** By Medusa's id; `null` = not drawn yet. */
  #across: string | false | null = null
  #running = true

  constructor(history: Played) {
    this.#history = history
  }

  /** A message was applied. @returns did one rewrite anything? */
  react(side: Side, message: Message, results: RecordResult[]): boolean {
    const { mix, random, ledger, hosts } = this.#history
    if (!this.#running || mix.automations === 0) return false
    const before = this.#values
    for (const [i, { entity, fields }] of message.records.entries()) {
      const id = results[i]?.peer
      const row = id == null ? undefined : hosts[side].table(entity).rows.get(id)
      const came = FIELDS.find((name) => fields[name]?.[0] != null)
      if (id == null || !row || !came || ledger.norm(row[came]) !== ledger.norm(fields[came]?.[0] ?? null)) continue
      const medusaId = side === "medusa" ? id : message.records[i]?.id
      this.#across ??= random.chance(ACROSS) && medusaId !== undefined && medusaId
      const across = medusaId !== undefined && this.#across === medusaId
      if (!across && (came === "title" || !random.chance(mix.automations))) continue
      const written = { [across && came === "note" ? "title" : "note"]: `${WRITTEN}${String(++this.#values)}` }
      ledger.edited(side, id, written, row, true)
      hosts[side].automate(entity, id, written)
      this.#history.say(() => `an automation of ${side} writes ${JSON.stringify(written)} in ${id}`)
    }
    return this.#values > before
  }

  /** Somebody turns them off, and types in Directus what is to stand in each field that they have stopped. */
  async end(edit: (id: string, field: Field) => void, settle: () => Promise<boolean>): Promise<void> {
    await settle()
    this.#running = false
    for (const name of FIELDS) {
      const stopped = SIDES.flatMap((side) =>
        [...this.#history.hosts[side].conflicts.values()]
          .filter(({ kind, field }) => kind === "loop" && field === name)
          .map(({ localId, peerId }) => (side === "directus" ? localId : peerId)),
      )
      for (const id of new Set(stopped)) edit(id, name)
    }
    await settle()
  }
}

/** Rule 20: only what automations write is stopped as their answers. Medusa may take a quick person for one. */
export function findStoppedPerson({ hosts, ledger }: Played): string | null {
  for (const side of SIDES)
    for (const { kind, field, losingSide, losingValue, localId, peerId } of hosts[side].conflicts.values()) {
      if (kind !== "loop" || losingSide !== "directus" || String(losingValue).startsWith(WRITTEN)) continue
      const id = side === "directus" ? localId : peerId
      const isTyped = ledger.edits.some(
        (edit) =>
          edit.side === "directus" && edit.id === id && edit.field === field && edit.value === ledger.norm(losingValue),
      )
      if (isTyped)
        return `20 what a person typed in ${id}.${field} of Directus was stopped as an answer to ${otherSide(losingSide)}`
    }
  return null
}
