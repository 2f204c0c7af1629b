import { otherSide, type Document, type Side } from "../../src/document/value.ts"
import { sayHello } from "../../src/send/ask-peer.ts"
import type { Backup } from "../../src/testing/memory-host.ts"
import type { Played } from "./played.ts"
import type { Edit } from "./ledger.ts"
import { shared } from "./lost-edits.ts"
import { SIDES } from "./shop.ts"

/** Databases of a history that are backed up and set back. */
export class Restores {
  readonly #history: Played
  #backup: { side: Side; since: number; host: Backup } | null = null

  constructor(history: Played) {
    this.#history = history
  }

  /** Backups are taken, minutes pass, and a database is set back to one. */
  step(side: Side): Promise<unknown> | null {
    const backup = this.#backup
    if (!backup) {
      // Not in the middle of the other side's restore: then it takes both sides' backups to tell what was lost.
      if (SIDES.some((each) => this.#history.hosts[each].control.repair)) return null
      this.#backup = { side, since: this.#history.ledger.now, host: this.#history.hosts[side].backup() }
      this.#history.say(() => `${side} is backed up`)
      return null
    }
    const { ports, control } = this.#history.hosts[otherSide(backup.side)]
    const isOlder = control.peerBeat > backup.host.control.beat && control.peerEpoch === backup.host.control.epoch
    if (!isOlder || control.repair)
      return sayHello(this.#history.random.chance(0.5) ? ports : this.#history.hosts[backup.side].ports)
    this.#setBack(backup.side, backup.since, backup.host)
    this.#backup = null
    return null
  }

  /** What a host holds of what people typed: `field|value`. */
  #held(side: Side): string[] {
    return this.#history.kinds.flatMap((kind) => {
      const { rows, remains, links } = this.#history.hosts[side].table(kind)
      const documents = [...rows.values(), ...remains.values(), ...[...links.values()].map(({ snapshot }) => snapshot)]
      return documents
        .flatMap((document) => Object.entries(document ?? {}))
        .map(([field, value]) => this.#text(side, field, value))
    })
  }

  /** The same of its inbox, with the pair: words repeat. */
  #inbox(side: Side): Set<string> {
    const conflicts = [...this.#history.hosts[side].conflicts.values()]
    return new Set(
      conflicts.map(
        ({ localId, field, losingValue }) =>
          `${this.#history.ledger.nameOf(side, localId)}|${this.#text(side, field, losingValue)}`,
      ),
    )
  }

  #conflictTexts(side: Side): string[] {
    return [...this.#history.hosts[side].conflicts.values()].map(({ field, losingValue }) =>
      this.#text(side, field, losingValue),
    )
  }

  #text(side: Side, field: string, value: Document[string]): string {
    return shared(this.#history, side, field, this.#history.ledger.norm(value))
  }

  #setBack(side: Side, since: number, backup: Backup): void {
    this.#history.say(() => `${side} is set back to its backup`)
    const other = otherSide(side)
    const kept = this.#inbox(other)
    const inbox = new Set([...this.#inbox(side)].filter((text) => !kept.has(text)))
    const held = new Set([...this.#held(other), ...this.#conflictTexts(other)])
    const text = (edit: Edit) => this.#text(edit.side, edit.field, edit.value)
    this.#history.ledger.setBack(side, since, text, held, inbox)
    this.#history.hosts[side].restoreFrom(backup)
    this.#history.members.setBack(side)
    this.#history.cutOff(side)
  }
}
