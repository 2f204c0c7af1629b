import { otherSide, type Side } from "../../src/document/value.ts"
import { memberName, memberOf } from "../../src/document/names.ts"
import { fieldOf } from "../../src/mapping/entity.ts"
import type { Played } from "./played.ts"

/** What a host has of a record that is in a group. */
interface End {
  side: Side
  id: string
  field: string
  group: string
}

/** Somebody deleted a group while the other side had this record in it too. */
interface Membership {
  seq: number
  kind: string
  /** Of the side that did not delete it. */
  kept: End
  deleted: End
}

/** What was in a group when somebody deleted it, as the other side sees it: where the group is kept, it stays in there. */
export class Members {
  readonly #history: Played
  readonly #held: Membership[] = []

  constructor(history: Played) {
    this.#history = history
  }

  /** Call it before the group goes. */
  note(side: Side, group: string): void {
    const { hosts, ledger, kinds } = this.#history
    const other = otherSide(side)
    const there = this.#peerOf(side, "group", group)
    if (there === null) return
    for (const kind of kinds) {
      for (const [id, row] of hosts[side].table(kind).rows) {
        const peer = this.#peerOf(side, kind, id)
        if (peer === null) continue
        for (const field of this.#fieldsNaming(kind, row, group)) {
          const theirs = field.includes("#") ? memberName("groups", there) : field
          const kept = { side: other, id: peer, field: theirs, group: there }
          if (this.#isHeld(kind, kept))
            this.#held.push({ seq: ledger.now, kind, kept, deleted: { side, id, field, group } })
        }
      }
    }
  }

  /** A database was set back: what one side has never put into a group, or does not know that it was deleted there, is no loss. */
  setBack(side: Side): void {
    if (this.#held.length === 0) return
    const { rows, links } = this.#history.hosts[side].table("group")
    const isStill = ({ kind, kept, deleted }: Membership): boolean => {
      if (kept.side === side) return this.#isHeld(kind, kept) || links.get(kept.group)?.peerId === deleted.group
      return this.#isHeld(kind, deleted) || !rows.has(deleted.group)
    }
    this.#held.splice(0, this.#held.length, ...this.#held.filter(isStill))
  }

  /** I10: what the receiver keeps, keeps its members, until a person takes one out. */
  findEmptied(): string | null {
    const { hosts, ledger } = this.#history
    for (const { seq, kind, kept } of this.#held) {
      const { side, id, field, group } = kept
      const pair = ledger.nameOf(side, id)
      const owner = ledger.nameOf(side, group)
      const policy = hosts[side].options.config.entities.get("group")?.deletes[side]
      const row = hosts[side].table(kind).rows.get(id)
      if (policy === "propagate" || !row || !hosts[side].table("group").rows.has(group)) continue
      const removed = ledger.deletions.some((deletion) => {
        const name = ledger.nameOf(deletion.side, deletion.id)
        return name === pair || (name === owner && deletion.side === side)
      })
      const edited = ledger.edits.some(
        (edit) =>
          edit.seq > seq &&
          ledger.nameOf(edit.side, edit.id) === pair &&
          this.#isSame(edit.side, edit.field, side, field),
      )
      if (removed || edited) continue
      if (this.#isHeld(kind, kept)) continue
      return `I10 ${side} ${id}.${field} is ${String(row[field] ?? null)}: its ${group} was deleted by the other side only`
    }
    return null
  }

  #isHeld(kind: string, { side, id, field, group }: End): boolean {
    const value = this.#history.hosts[side].table(kind).rows.get(id)?.[field] ?? null
    return field.includes("#") ? value === true : value === group
  }

  /** Is it the same field, or the same member? */
  #isSame(sideA: Side, a: string, sideB: Side, b: string): boolean {
    const { ledger } = this.#history
    if (!a.startsWith("groups#") || !b.startsWith("groups#")) return a === b
    return ledger.nameOf(sideA, memberOf(a)) === ledger.nameOf(sideB, memberOf(b))
  }

  #fieldsNaming(kind: string, row: Record<string, unknown>, group: string): string[] {
    const entity = this.#history.hosts.medusa.options.config.entities.get(kind)
    return Object.keys(row).filter((name) => {
      const field = entity && fieldOf(entity, name)
      if (field?.to !== "group") return false
      return (field.type === "references" ? memberOf(name) : row[name]) === group
    })
  }

  /** The other end of a link that both sides have. */
  #peerOf(side: Side, kind: string, id: string): string | null {
    const peer = this.#history.hosts[side].table(kind).links.get(id)?.peerId ?? null
    if (peer === null) return null
    return this.#history.hosts[otherSide(side)].table(kind).links.get(peer)?.peerId === id ? peer : null
  }
}
