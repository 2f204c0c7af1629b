import type { CanonicalValue, Document, Side } from "../../src/document/value.ts"

export interface Edit {
  seq: number
  side: Side
  id: string
  field: string
  value: CanonicalValue
  /** What the author saw in the field. */
  before: CanonicalValue
}

export interface Deletion {
  seq: number
  side: Side
  id: string
  /** What the author saw. */
  row: Document
}

/** Everything that people did, in order: the oracle for "no edit is lost". */
export class Ledger {
  readonly edits: Edit[] = []
  readonly deletions: Deletion[] = []
  #seq = 0
  readonly #parent = new Map<string, string>()
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

  edited(side: Side, id: string, fields: Document, row: Document): void {
    const seq = ++this.#seq
    for (const [field, value] of Object.entries(fields)) {
      const before = this.norm(row[field])
      if (this.norm(value) !== before) this.edits.push({ seq, side, id, field, value: this.norm(value), before })
    }
  }

  /** Two records that were ever each other's peer share a name, also after another record has taken the place of one. */
  paired(medusaId: string, directusId: string): void {
    const a = this.nameOf("medusa", medusaId)
    const b = this.nameOf("directus", directusId)
    if (a !== b) this.#parent.set(b, a)
  }

  nameOf(side: Side, id: string): string {
    let name = `${side}:${id}`
    for (let next = this.#parent.get(name); next !== undefined; next = this.#parent.get(name)) name = next
    return name
  }

  removed(side: Side, id: string, row: Document): void {
    this.deletions.push({ seq: ++this.#seq, side, id, row: { ...row } })
  }
}
