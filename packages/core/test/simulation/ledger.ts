import type { CanonicalValue, Document, Side } from "../../src/document/value.ts"

export interface Edit {
  seq: number
  side: Side
  id: string
  field: string
  value: CanonicalValue
  /** What the author saw in the field. */
  before: CanonicalValue
  /** The only database that held it was set back, or no person has typed it. */
  excused?: boolean
}

export interface Deletion {
  seq: number
  side: Side
  id: string
  /** What the author saw. */
  row: Document
}

/** Fields whose every value is written once only. */
export const UNIQUE: ReadonlySet<string> = new Set(["title", "note", "sku"])

/** Everything that people did, in order: the oracle for "no edit is lost". */
export class Ledger {
  readonly edits: Edit[] = []
  readonly deletions: Deletion[] = []
  /** Values that an archive covered, when somebody went on with what it shows. */
  readonly covers: Deletion[] = []
  #seq = 0
  readonly #parent = new Map<string, string>()
  /** How many records share a name. */
  readonly #members = new Map<string, number>()
  /** A value without the noise that a host has added, and as the poorer host spells it. */
  readonly norm: (value: CanonicalValue | undefined) => CanonicalValue

  constructor(lossy: boolean) {
    this.norm = (value) => {
      if (typeof value !== "string") return value ?? null
      const at = value.indexOf("~")
      const plain = at === -1 ? value : value.slice(0, at)
      return lossy && plain === "proposed" ? "draft" : plain
    }
  }

  /** @param excused - nobody misses it: no person has typed it. */
  edited(side: Side, id: string, fields: Document, row: Document, excused = false): void {
    const seq = ++this.#seq
    for (const [field, value] of Object.entries(fields)) {
      const before = this.norm(row[field])
      if (this.norm(value) !== before)
        this.edits.push({ seq, side, id, field, value: this.norm(value), before, ...(excused ? { excused } : {}) })
    }
  }

  /** Two records that were ever each other's peer share a name, also after another record has taken the place of one. */
  paired(medusaId: string, directusId: string): void {
    const a = this.nameOf("medusa", medusaId)
    const b = this.nameOf("directus", directusId)
    if (a === b) return
    this.#parent.set(b, a)
    this.#members.set(a, (this.#members.get(a) ?? 1) + (this.#members.get(b) ?? 1))
  }

  /** Has another record taken the place of one of this pair? What was kept may lose to it once more. */
  isSucceeded(name: string): boolean {
    return (this.#members.get(name) ?? 1) > 2
  }

  nameOf(side: Side, id: string): string {
    let name = `${side}:${id}`
    for (let next = this.#parent.get(name); next !== undefined; next = this.#parent.get(name)) name = next
    return name
  }

  get now(): number {
    return this.#seq
  }

  /**
   * The database of `side` goes back to how it was at `since`. Of what was typed there after that only what the other side
   * holds can be kept, and of what lost against it only what stands in the other side's inbox.
   *
   * @param textOf - a field and its value, as they stand in `held` and behind the pair's name in `onlyInInbox`.
   */
  setBack(
    side: Side,
    since: number,
    textOf: (edit: Edit) => string,
    held: ReadonlySet<string>,
    onlyInInbox: ReadonlySet<string>,
  ): void {
    for (const edit of this.edits) {
      const text = textOf(edit)
      const isGone = edit.side === side && edit.seq > since && !(UNIQUE.has(edit.field) && held.has(text))
      if (isGone || onlyInInbox.has(`${this.nameOf(edit.side, edit.id)}|${text}`)) edit.excused = true
    }
  }

  uncovered(side: Side, id: string, row: Document): void {
    this.covers.push({ seq: ++this.#seq, side, id, row })
  }

  removed(side: Side, id: string, row: Document): void {
    this.deletions.push({ seq: ++this.#seq, side, id, row: { ...row } })
  }
}
