import { memberOf } from "../document/names.ts"
import type { Document } from "../document/value.ts"
import { SyncError } from "../errors.ts"
import type { SyncConfig } from "../mapping/config.ts"
import { fieldOf, type EntityDefinition } from "../mapping/entity.ts"

/** What a database's foreign keys and a host's joins do with references between the rows of a {@link MemoryHost}. */
export class References {
  readonly #entities: SyncConfig["entities"]
  readonly #isPresent: (entity: string, id: string) => boolean
  readonly #referring = new Set<string>()
  readonly #parts = new Map<string, { entity: string; field: string }[]>()
  readonly #to = new Map<string, Set<string>>()

  constructor(config: SyncConfig, isPresent: (entity: string, id: string) => boolean) {
    this.#entities = config.entities
    this.#isPresent = isPresent
    for (const entity of config.entities.values()) {
      if ([...entity.fields.values()].some(({ to }) => to !== undefined)) this.#referring.add(entity.name)
      for (const { name, to } of entity.fields.values())
        if (to !== undefined && name !== entity.parent)
          this.#to.set(to, (this.#to.get(to) ?? new Set<string>()).add(entity.name))
      const kind = entity.parent === null ? undefined : entity.fields.get(entity.parent)?.to
      if (kind === undefined || entity.parent === null) continue
      this.#parts.set(kind, [...(this.#parts.get(kind) ?? []), { entity: entity.name, field: entity.parent }])
    }
  }

  /** The kinds whose records are parts of this kind's, and the field that says so. */
  parts(entity: string): { entity: string; field: string }[] {
    return this.#parts.get(entity) ?? []
  }

  /** The kinds that refer to this one, other than as its parts. */
  kindsThatReferTo(entity: string): Iterable<string> {
    return this.#to.get(entity) ?? []
  }

  /** The fields of a document that refer to this record, other than as its part. */
  fieldsThatName(entity: string, document: Document, kind: string, id: string): string[] {
    return Object.keys(document).filter((name) => {
      const field = fieldOf(this.#entities.get(entity) as EntityDefinition, name)
      if (field?.to !== kind || name === this.#entities.get(entity)?.parent) return false
      return (field.type === "references" ? memberOf(name) : document[name]) === id
    })
  }

  /** Does every record that the document refers to exist? */
  areThere(entity: string, document: Document): boolean {
    return this.#missing(entity, document).length === 0
  }

  /** A part without its parent is refused; any other reference to a record that is gone is written as none. */
  dropMissing(entity: string, document: Document): void {
    for (const name of this.#missing(entity, document)) {
      if (name === this.#entities.get(entity)?.parent)
        throw new SyncError("rejected_by_host", "The record that it is a part of is not there.")
      document[name] = null
    }
  }

  /** A join finds no row behind a reference to one that is gone. */
  read(entity: string, document: Document): Document {
    const missing = this.#missing(entity, document)
    return missing.length === 0
      ? document
      : Object.fromEntries(Object.entries(document).filter(([name]) => !missing.includes(name)))
  }

  /** The field that holds the parent among whose parts a match key is unique. */
  within(entity: string, field: string): string | null {
    return this.#entities.get(entity)?.matchKeys.find((key) => key.field === field)?.within ?? null
  }

  #missing(entity: string, document: Document): string[] {
    if (!this.#referring.has(entity)) return []
    return Object.keys(document).filter((name) => {
      const field = fieldOf(this.#entities.get(entity) as EntityDefinition, name)
      const value = document[name] ?? null
      if (field?.to === undefined || value === null) return false
      return !this.#isPresent(field.to, field.type === "references" ? memberOf(name) : String(value))
    })
  }
}
