/** English and German: what the Studio shows in place of the field's own name. */
export type Names = readonly [en: string, de: string]

/** How a field looks. What is not here follows from the field's type. */
export interface FieldLook {
  names?: Names
  note?: string
  /** The note in place of it where the mapping lets Directus edit this field, which is Medusa's by default. */
  ifEditable?: { field: string; note: string }
  /** Directus's type. */
  type?: string
  interface?: string
  special?: string[]
  options?: Record<string, unknown>
  display?: string
  display_options?: Record<string, unknown>
  width?: "half" | "full" | "fill"
  required?: boolean
  readonly?: boolean
  hidden?: boolean
  schema?: Record<string, unknown>
}

/** The records of another kind that name this one, as a field here. */
export interface ListLook extends FieldLook {
  /** The other kind, and its field that names this one. */
  of: string
  by: string
  /** The field of the other kind by which the list is sorted, and sorts. */
  sortBy?: string
}

/** A part of the form with a heading, which can be folded. */
export interface SectionLook {
  section: string
  names: Names
  icon: string
  open: boolean
  fields: readonly string[]
}

/** The field that shows the Medusa id, and the two dates. */
export const LINKED = ["@external", "@created", "@updated"] as const

/** The field that shows the state of an item in the sync, and its primary key, which does so in lists. */
export const STATE = "@state"
export const KEY = "@key"

export interface KindLook {
  icon: string
  note: string
  /** The collection: its name, one of them, several. */
  en: readonly [name: string, one: string, several: string]
  de: readonly [name: string, one: string, several: string]
  template: string
  /** Fields by their name in the mapping, lists, `<field>.file` for its second column, and sections. */
  layout: readonly (string | SectionLook)[]
  fields: Record<string, FieldLook>
  lists: Record<string, ListLook>
  /** The field by which people sort the collection by hand. */
  sort?: string
  /** Its place among the collections of the shop. */
  place: number
  /** The kind below whose collection it stands. */
  below?: string
  /** Archived items stay in the list. */
  showsArchived?: boolean
  /** Columns of the list, with their widths, and its order. */
  table: { columns: Record<string, number>; sort: string }
}

export const tracking = (names: Names = ["Sync", "Synchronisierung"]): SectionLook => ({
  section: "section_sync",
  names,
  icon: "sync_alt",
  open: false,
  fields: LINKED,
})

/** A text that is the address of a picture; this extension's own interface shows it. */
export const byAddress: FieldLook = {
  interface: "medusa-sync-picture",
  display: "medusa-sync-picture",
  note: "Its address (URL), where the picture is not one of Directus's files.",
}
