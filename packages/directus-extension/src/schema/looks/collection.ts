import { KEY, tracking, type KindLook } from "./look"
import { translationsField, translationsSection } from "./translations"

export const collection: KindLook = {
  icon: "collections_bookmark",
  place: 3,
  note: "Collections of the shop, in sync with Medusa.",
  en: ["Product collections", "collection", "collections"],
  de: ["Produktkollektionen", "Kollektion", "Kollektionen"],
  template: "{{title}}",
  layout: ["title", "handle", "products", translationsSection, tracking()],
  fields: {
    translations: translationsField,
    title: { names: ["Title", "Titel"], required: true },
    handle: {
      names: ["Handle", "Handle (Adresse)"],
      note: "The last part of the address in the shop.",
      options: { slug: true, font: "monospace" },
      schema: { is_indexed: true },
    },
    archived: { names: ["Archived", "Archiviert"], hidden: true },
  },
  lists: {
    products: { of: "product", by: "collection", names: ["Products", "Produkte"], interface: "list-o2m" },
  },
  table: { columns: { title: 320, [KEY]: 140, handle: 280 }, sort: "title" },
}
