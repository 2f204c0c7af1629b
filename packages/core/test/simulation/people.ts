import { otherSide, type Document, type Side } from "../../src/document/value.ts"
import type { Played } from "./played.ts"
import { POISON, SLUGS, STATUSES, TAGS } from "./shop.ts"

/** What people do in a history: they create, edit, delete and restore on both hosts. */
export class People {
  readonly #history: Played
  #tokens = 0

  constructor(history: Played) {
    this.#history = history
  }

  #rows(side: Side, kind: string): string[] {
    return [...this.#history.hosts[side].table(kind).rows.keys()]
  }

  #kind(): string {
    return this.#history.mix.family ? this.#history.random.pick(this.#history.kinds) : "thing"
  }

  /** What a host has from before the sync. */
  bring(side: Side): void {
    for (const kind of this.#history.kinds) for (let n = 0; n < 3; n++) this.#create(side, kind, false)
  }

  /** A person does something on one host. */
  act(side: Side): void {
    const host = this.#history.hosts[side]
    const marked = !(this.#history.faults && this.#history.random.chance(this.#history.mix.lostHook))
    const kind = this.#kind()
    if (this.#history.mix.exchanges > 0 && this.#history.random.chance(this.#history.mix.exchanges)) {
      this.#exchange(side, kind, marked)
      return
    }
    const table = host.table(kind)
    // What is done to an archived record, or to a part of one, waits until it is back, so it is no push of its own.
    const rows = this.#history.mix.sequential
      ? this.#rows(side, kind).filter((id) => this.#isActive(side, kind, id))
      : this.#rows(side, kind)
    const roll = this.#history.random.next()
    if (rows.length === 0 || (roll < 0.12 && rows.length < 5)) {
      this.#create(side, kind, marked)
      return
    }
    if (roll < 0.2) {
      const remains = [...table.remains.keys()]
      if (remains.length > 0) {
        const id = this.#history.random.pick(remains)
        // What a foreign key has emptied was deleted for good.
        const isForGood = kind === "group" && host.options.references === "emptied"
        if (
          !isForGood &&
          !(this.#history.mix.sequential && this.#history.mix.family) &&
          host.restore(kind, id, marked)
        ) {
          this.#history.actions++
          this.#history.say(() => `${side} restores ${id}`)
          return
        }
      }
    }
    const id = this.#history.random.pick(rows)
    if (roll < 0.28) {
      // Whoever refers to it changes with it, where no hook tells: no push of its own.
      if (this.#history.mix.sequential && kind === "group" && !this.#history.mix.keeps) return
      this.#history.say(() => `${side} deletes ${id}`)
      this.#history.actions++
      host.remove(kind, id, marked, (row, removed) => {
        if (kind === "group") this.#history.members.note(side, removed)
        this.#goOn(side, kind, removed)
        this.#history.ledger.removed(side, removed, row)
      })
      // An import makes the parts of a thing anew, under the names that they had.
      if (
        kind === "part" &&
        this.#history.mix.replaces > 0 &&
        this.#history.random.chance(this.#history.mix.replaces)
      ) {
        const { slug = null, thing = null } = table.remains.get(id) ?? {}
        this.#made(side, kind, { slug, title: this.token(side), thing }, marked)
      }
      return
    }
    if (this.#history.mix.keeps && table.rows.get(id)?.["archived"] === true && this.#history.random.chance(0.3)) {
      this.edit(side, kind, id, { archived: null }, marked)
      return
    }
    this.edit(side, kind, id, this.#change(side, kind, id), marked)
  }

  /** Two or three records hand their slugs on, at one stroke: each takes that of the next one. */
  #exchange(side: Side, kind: string, marked: boolean): void {
    const { rows } = this.#history.hosts[side].table(kind)
    const ring = [...rows.keys()]
      .filter((id) => this.#isActive(side, kind, id))
      .slice(this.#history.random.below(2))
      .slice(0, 2 + this.#history.random.below(2))
    const slugs = ring.map((id) => rows.get(id)?.["slug"] ?? null)
    const [first] = ring
    if (first === undefined || ring.length === 1) return
    // No shop takes one that another record still holds.
    if (side === "medusa") this.edit(side, kind, first, { slug: this.token(side) }, marked)
    for (const [i, id] of [...ring.entries()].reverse())
      this.edit(side, kind, id, { slug: slugs[(i + 1) % ring.length] ?? null }, marked)
  }

  #isActive(side: Side, kind: string, id: string): boolean {
    const host = this.#history.hosts[side]
    const link = host.table(kind).links.get(id)
    if (link && (link.standing !== "alive" || link.state === "unlinked")) return false
    const parent = link?.parentId
    return parent == null || (host.table("thing").links.get(parent)?.standing ?? "alive") === "alive"
  }

  #create(side: Side, kind: string, marked: boolean): void {
    const host = this.#history.hosts[side]
    const things = kind === "part" ? this.#rows(side, "thing").filter((id) => this.#isActive(side, "thing", id)) : []
    if (kind === "part" && things.length === 0) return
    const slug = this.#history.random.pick(SLUGS)
    const holds = (s: Side): boolean => {
      const { rows, remains } = this.#history.hosts[s].table(kind)
      return [...rows.values(), ...remains.values()].some((row) => row["slug"] === slug)
    }
    if (
      this.#history.mix.sequential
        ? holds("medusa") || holds("directus")
        : [...host.table(kind).rows.values()].some((row) => row["slug"] === slug)
    )
      return
    const fields: Document = { slug, title: this.token(side) }
    if (kind === "thing") fields["status"] = this.#history.random.pick(STATUSES)
    if (kind === "part") fields["thing"] = this.#history.random.pick(things)
    this.#made(side, kind, fields, marked)
  }

  #made(side: Side, kind: string, fields: Document, marked: boolean): void {
    const id = this.#history.hosts[side].create(kind, fields, marked)
    this.#history.actions++
    this.#history.ledger.edited(side, id, fields, {})
    this.#history.say(() => `${side} creates ${kind} ${id} ${JSON.stringify(fields)}`)
  }

  /**
   * Whoever deletes an archived record, or says anew what shows that it is one, takes it as it is shown. Whoever deleted its peer has seen
   * what the archive covers, unless that one's column had moved.
   */
  #goOn(side: Side, kind: string, id: string, fields?: Document): void {
    if (this.#history.mix.moves === 0) return
    const { options } = this.#history.hosts[side]
    const field = options.config.entities.get(kind)?.archive?.field
    const link = this.#history.hosts[side].table(kind).links.get(id)
    if (field === undefined || link?.standing !== "archived" || (fields && !(field in fields))) return
    this.#history.ledger.uncovered(side, id, { [field]: link.snapshot?.[field] ?? null })
  }

  token(side: Side): string {
    const poison = this.#history.mix.poison > 0 && this.#history.random.chance(this.#history.mix.poison)
    return `${poison ? POISON + otherSide(side) : ""}e${String(++this.#tokens)}`
  }

  #change(side: Side, kind: string, id: string): Document {
    const row = this.#history.hosts[side].table(kind).rows.get(id) ?? {}
    const roll = this.#history.random.next()
    if (this.#history.mix.family && roll > 0.4) {
      if (kind !== "thing")
        return roll < 0.7 && kind === "group" ? this.#otherParent(side, id) : { title: this.token(side) }
      const groups = this.#rows(side, "group").filter((group) => this.#isActive(side, "group", group))
      if (roll > 0.7 && groups.length > 0) {
        const group = this.#history.random.pick(groups)
        if (roll > 0.85) return { group: row["group"] === group ? null : group }
        return { [`groups#${group}`]: row[`groups#${group}`] === true ? null : true }
      }
    }
    if (roll < 0.35) return { title: this.token(side) }
    if (roll < 0.6) return { note: this.token(side) }
    if (roll < 0.75) return { status: this.#history.random.pick(STATUSES) }
    if (roll < 0.85) {
      const tag = this.#history.random.pick(TAGS)
      return { [tag]: row[tag] === true ? null : true }
    }
    if (roll < 0.92 && !this.#history.mix.sequential) return { slug: this.#history.random.pick(SLUGS) }
    if (side === "directus" && this.#history.mix.sequential) return { note: this.token(side) }
    return { sku: this.token(side) }
  }

  /** A host lets nobody put a group below itself. */
  #otherParent(side: Side, id: string): Document {
    const { rows } = this.#history.hosts[side].table("group")
    const ids = [...rows.keys()]
    const { sequential, keeps } = this.#history.mix
    const active = sequential && keeps ? ids.filter((group) => this.#isActive(side, "group", group)) : ids
    const target = this.#history.random.pick(active)
    const above = new Set<string>()
    for (let at: unknown = target; typeof at === "string" && !above.has(at); at = rows.get(at)?.["above"]) above.add(at)
    return above.has(id) ? { above: null } : { above: target }
  }

  edit(side: Side, kind: string, id: string, fields: Document, marked: boolean): void {
    this.#history.hosts[side].edit(kind, id, fields, marked, (row) => {
      if (
        Object.entries(fields).every(
          ([name, value]) => this.#history.ledger.norm(row[name]) === this.#history.ledger.norm(value),
        )
      )
        return
      this.#history.actions++
      this.#goOn(side, kind, id, fields)
      this.#history.ledger.edited(side, id, fields, row)
      this.#history.say(() => `${side} edits ${id} ${JSON.stringify(fields)} over ${JSON.stringify(row)}`)
    })
  }
}
