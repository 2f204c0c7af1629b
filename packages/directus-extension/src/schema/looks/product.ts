import { byAddress, KEY, tracking, type KindLook } from "./look"
import { shippingFields, shippingSection } from "./shipping"
import { translationsField, translationsSection } from "./translations"

const STATUSES = [
  { value: "draft", text: "$t:draft", color: "#A2B5CD" },
  { value: "proposed", text: "Proposed", color: "#FFA439" },
  { value: "published", text: "$t:published", color: "#2ECDA7" },
  { value: "rejected", text: "Rejected", color: "#E35169" },
  { value: "archived", text: "$t:archived", color: "#6644FF" },
]

export const product: KindLook = {
  icon: "shopping_bag",
  place: 1,
  note: "Products of the shop, in sync with Medusa.",
  en: ["Products", "product", "products"],
  de: ["Produkte", "Produkt", "Produkte"],
  template: "{{title}}",
  layout: [
    "title",
    "status",
    "handle",
    "subtitle",
    "description",
    "images",
    "options",
    "variants",
    {
      section: "section_organisation",
      names: ["Organisation", "Einordnung"],
      icon: "category",
      open: true,
      fields: ["collection", "type", "categories", "tags", "discountable"],
    },
    translationsSection,
    {
      section: "section_thumbnail",
      names: ["Thumbnail", "Vorschaubild"],
      icon: "image",
      open: false,
      fields: ["thumbnail.file", "thumbnail"],
    },
    shippingSection(["Shipping and customs", "Versand und Zoll"]),
    tracking(),
  ],
  fields: {
    translations: translationsField,
    title: { names: ["Title", "Titel"], required: true, width: "full", note: "The name of the product in the shop." },
    subtitle: { names: ["Subtitle", "Untertitel"], width: "full" },
    handle: {
      names: ["Handle", "Handle (Adresse)"],
      note: "The last part of the address in the shop. Two products of the shop cannot share one.",
      options: { slug: true, font: "monospace" },
      schema: { is_indexed: true },
    },
    status: {
      names: ["Status", "Status"],
      type: "string",
      interface: "select-dropdown",
      display: "labels",
      options: { choices: STATUSES },
      display_options: {
        showAsDot: false,
        choices: STATUSES.map(({ value, text, color }) => ({ value, text, foreground: "#FFFFFF", background: color })),
      },
      note: "Archived: deleted in Medusa, or taken out of the shop here (Medusa shows a draft).",
      schema: { default_value: "draft" },
    },
    // Medusa's descriptions are plain text, which Directus's HTML editor (12.4) shows read-only and would turn into HTML.
    description: { names: ["Description", "Beschreibung"], interface: "input-multiline", width: "full" },
    thumbnail: { names: ["Thumbnail by address", "Vorschaubild nach Adresse"], ...byAddress },
    "thumbnail.file": {
      names: ["Thumbnail of the library", "Vorschaubild der Mediathek"],
      note: "A picture of Directus's library.",
    },
    collection: { names: ["Collection", "Kollektion"], note: "A product is in one collection at most." },
    categories: { names: ["Categories", "Kategorien"], width: "full" },
    type: { names: ["Type", "Produkttyp"], note: "One word for what it is, e.g. T-shirt." },
    tags: {
      names: ["Tags", "Schlagwörter"],
      width: "full",
      options: { placeholder: "Add a tag and press Enter", iconRight: "local_offer" },
    },
    options: {
      names: ["Options", "Optionen"],
      width: "full",
      interface: "list",
      note: "What the variants differ in. Given once, for a new product; then Medusa keeps it.",
      options: {
        template: "{{ title }}: {{ values }}",
        addLabel: "Add an option",
        fields: [
          {
            field: "title",
            name: "Option",
            type: "string",
            meta: { interface: "input", width: "half", required: true, options: { placeholder: "Size" } },
          },
          {
            field: "values",
            name: "Values",
            type: "json",
            meta: {
              interface: "tags",
              width: "half",
              display: "labels",
              display_options: { format: false },
              options: { placeholder: "S, M, L" },
            },
          },
        ],
      },
    },
    discountable: {
      names: ["Discountable", "Rabattfähig"],
      note: "May discounts be given on it?",
      schema: { default_value: true },
    },
    ...shippingFields,
  },
  lists: {
    images: {
      of: "image",
      by: "product",
      sortBy: "rank",
      names: ["Images", "Bilder"],
      note: "In the order of the shop: drag to change it. The first is the main one.",
      interface: "list-o2m",
      options: {
        layout: "table",
        fields: ["url", "file", "alt"],
        enableSelect: false,
        tableSpacing: "comfortable",
        limit: 50,
      },
    },
    variants: {
      of: "variant",
      by: "product",
      sortBy: "rank",
      names: ["Variants", "Varianten"],
      note: "What is sold. Prices and stock are Medusa's.",
      ifEditable: { field: "prices", note: "What is sold. The stock is Medusa's." },
      interface: "list-o2m",
      options: {
        layout: "table",
        fields: ["title", "sku", "prices", "stock", "archived"],
        enableSelect: false,
        limit: 50,
      },
    },
  },
  table: {
    columns: {
      thumbnail: 80,
      "thumbnail.file": 80,
      title: 320,
      [KEY]: 140,
      status: 120,
      handle: 220,
      collection: 180,
      "@updated": 160,
    },
    sort: "title",
  },
}
