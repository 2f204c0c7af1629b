import { KEY, tracking, type KindLook } from "./look"
import { translationsField, translationsSection } from "./translations"

export const category: KindLook = {
  icon: "account_tree",
  place: 2,
  note: "Categories of the shop, in sync with Medusa.",
  en: ["Product categories", "category", "categories"],
  de: ["Produktkategorien", "Kategorie", "Kategorien"],
  template: "{{name}}",
  layout: [
    "name",
    "parent",
    "handle",
    "is_active",
    "is_internal",
    "description",
    "children",
    translationsSection,
    {
      section: "section_products",
      names: ["Products", "Produkte"],
      icon: "shopping_bag",
      open: false,
      fields: ["products"],
    },
    tracking(),
  ],
  fields: {
    translations: translationsField,
    name: { names: ["Name", "Name"], required: true, width: "full" },
    description: { names: ["Description", "Beschreibung"], interface: "input-multiline", width: "full" },
    handle: {
      names: ["Handle", "Handle (Adresse)"],
      note: "The last part of the address in the shop.",
      options: { slug: true, font: "monospace" },
      schema: { is_indexed: true },
    },
    parent: { names: ["Parent", "Übergeordnet"], note: "Empty: it stands at the top." },
    rank: { names: ["Order", "Reihenfolge"], hidden: true },
    is_active: { names: ["Active", "Aktiv"], note: "Is it shown in the shop?", schema: { default_value: true } },
    is_internal: { names: ["Internal", "Intern"], note: "For staff only.", schema: { default_value: false } },
  },
  lists: {
    children: {
      of: "category",
      by: "parent",
      sortBy: "rank",
      names: ["Subcategories", "Unterkategorien"],
      interface: "list-o2m-tree-view",
      options: { displayTemplate: "{{name}}" },
    },
    products: {
      of: "product",
      by: "categories",
      names: ["Products", "Produkte"],
      interface: "list-m2m",
    },
  },
  sort: "rank",
  showsArchived: true,
  table: {
    columns: { name: 280, [KEY]: 140, parent: 200, handle: 200, is_active: 100, is_internal: 100 },
    sort: "rank",
  },
}
