import type { SchemaOverview } from "@directus/types"
import type { Document, Side } from "medusa-directus-core/host"
import type { Item } from "../items/item-values"
import type { Reader } from "../items/read-rows"
import type { StoredKind } from "../items/stored-kinds"

/** Reads what a draft is about, in the database and in Directus's schema. */
export interface DraftReader extends Reader {
  schema: SchemaOverview
}

/** What a draft says of one record, at one place of what it holds. */
export interface Drafted {
  kind: StoredKind
  localId: string
  /** Field of the document → what it would be. */
  values: Document
  /** Is this field one of those that the place holds all of? Those that it does not name would have no value. */
  holds: ((name: string) => boolean) | null
  /** Is it a column of the item itself? Of these the Studio's comparison shows both values. */
  own: boolean
  /** Is there a row to write it to? */
  writable: boolean
  /** Would it make a row that must not be there twice? */
  isRow: boolean
  /** Whose value stays in a conflict, where that is not for the mapping to say. */
  wins: Side | null
  /** The reference through which the record is edited: without it nothing of this is written. */
  carrier: Drafted | null
  /** Leaves no more than these values in the draft; `null`: nothing. */
  leave(values: Document | null): void
}

/** A record whose row is deleted in a draft. */
export interface DraftedDeletion {
  kind: StoredKind
  localId: string
  /** Takes that out of the draft. */
  keep(): void
}

/** A record that a draft makes. */
export interface Made {
  /** The record beside which it is made. */
  kind: StoredKind
  localId: string
  /** Names it among all that the draft makes beside that one. */
  name: string
  leave(): void
}

export interface Draft {
  fields: Drafted[]
  deletions: DraftedDeletion[]
  made: Made[]
}

/** One record that a draft changes. */
export interface Holder {
  kind: StoredKind
  localId: string
  /** What the draft holds of it. */
  change: Item
  own: boolean
  writable: boolean
  carrier: Drafted | null
}

/** What a place of a draft is to its record. */
export type Place = Pick<Drafted, "values" | "leave"> & Partial<Pick<Drafted, "holds" | "isRow" | "own" | "wins">>

export const placeOf = ({ kind, localId, writable, carrier }: Holder, place: Place): Drafted => ({
  ...{ kind, localId, writable, carrier },
  ...{ holds: null, isRow: false, own: false, wins: null },
  ...place,
})

/** What Directus keeps for a relation of a draft. */
export type Changes = Record<"create" | "update" | "delete", unknown[]>

export const isItem = (value: unknown): value is Item =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** The changes of a relation as they lie in the draft; what is not there yet is none. */
export function changesIn(value: unknown): Changes {
  const changes = isItem(value) ? value : {}
  const list = (name: keyof Changes): unknown[] => (Array.isArray(changes[name]) ? (changes[name] as unknown[]) : [])
  return { create: list("create"), update: list("update"), delete: list("delete") }
}

export const withoutEntry = (list: unknown[], entry: unknown): void => {
  const at = list.indexOf(entry)
  if (at !== -1) list.splice(at, 1)
}

/** The key of the record that a many-to-one field names, by its key or as an object; `undefined` for one that is to be made. */
export function keyNamed(schema: SchemaOverview, collection: string, value: unknown): unknown {
  return isItem(value) ? value[schema.collections[collection]?.primary ?? "id"] : value
}
