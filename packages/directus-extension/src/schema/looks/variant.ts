import { byAddress, KEY, tracking, type KindLook } from "./look"
import { shippingFields, shippingSection } from "./shipping"
import { translationsField, translationsSection } from "./translations"

const PRICE = "{{ amount }} {{ currency_code }}"

export const variant: KindLook = {
  icon: "style",
  place: 1,
  below: "product",
  note: "What is sold of each product, in sync with Medusa.",
  en: ["Product variants", "variant", "variants"],
  de: ["Produktvarianten", "Variante", "Varianten"],
  template: "{{title}} · {{sku}}",
  layout: [
    "product",
    "title",
    "sku",
    "options",
    {
      section: "section_selling",
      names: ["Prices and stock", "Preise und Bestand"],
      icon: "sell",
      open: true,
      fields: ["prices", "stock", "manage_inventory", "allow_backorder"],
    },
    translationsSection,
    {
      section: "section_images",
      names: ["Pictures", "Bilder"],
      icon: "image",
      open: false,
      fields: ["thumbnail.file", "thumbnail", "images"],
    },
    {
      section: "section_codes",
      names: ["Product codes", "Artikelnummern"],
      icon: "barcode",
      open: false,
      fields: ["barcode", "ean", "upc"],
    },
    shippingSection(["Shipping and customs", "Versand und Zoll"]),
    tracking(),
  ],
  fields: {
    translations: translationsField,
    product: { names: ["Product", "Produkt"], width: "full", required: true },
    title: { names: ["Title", "Titel"], required: true, note: "E.g. M / Black." },
    sku: {
      names: ["SKU", "SKU"],
      options: { font: "monospace" },
      note: "Given once, for a new variant; then Medusa keeps it.",
      ifEditable: { field: "sku", note: "Two variants of the shop cannot share one." },
      schema: { is_indexed: true },
    },
    options: {
      names: ["Options", "Optionen"],
      width: "full",
      interface: "list",
      note: "The value that this variant has of each option of its product.",
      options: {
        template: "{{ name }}: {{ value }}",
        addLabel: "Add an option",
        fields: [
          {
            field: "name",
            name: "Option",
            type: "string",
            meta: { interface: "input", width: "half", required: true, options: { placeholder: "Size" } },
          },
          {
            field: "value",
            name: "Value",
            type: "string",
            meta: { interface: "input", width: "half", required: true, options: { placeholder: "M" } },
          },
        ],
      },
    },
    prices: {
      names: ["Prices", "Preise"],
      width: "full",
      interface: "list",
      display: "medusa-sync-prices",
      note: "Base prices, one per currency. They count with a new product. A variant that is added later gets its price in Medusa.",
      ifEditable: { field: "prices", note: "Base prices, one per currency. What you change here counts in the shop." },
      options: {
        template: PRICE,
        addLabel: "Add a price",
        fields: [
          {
            field: "amount",
            name: "Amount",
            type: "string",
            meta: { interface: "input", width: "half", required: true, options: { placeholder: "19.90" } },
          },
          {
            field: "currency_code",
            name: "Currency",
            type: "string",
            meta: { interface: "input", width: "half", required: true, options: { placeholder: "eur", softLength: 3 } },
          },
        ],
      },
    },
    stock: {
      names: ["In stock", "Bestand"],
      display: "medusa-sync-stock",
      readonly: true,
      note: "Stocked minus reserved, over all locations of Medusa. Changed there only.",
    },
    manage_inventory: { names: ["Stock is counted", "Bestand wird geführt"], schema: { default_value: true } },
    allow_backorder: { names: ["Sold when out of stock", "Nachbestellbar"], schema: { default_value: false } },
    rank: { names: ["Order", "Reihenfolge"], hidden: true },
    images: {
      names: ["Pictures of this variant", "Bilder dieser Variante"],
      width: "full",
      interface: "tags",
      options: { placeholder: "Address of one of the product's images", iconRight: "image" },
      note: "Addresses (URLs) of those images of the product that show this variant.",
    },
    thumbnail: { names: ["Thumbnail by address", "Vorschaubild nach Adresse"], ...byAddress },
    "thumbnail.file": {
      names: ["Thumbnail of the library", "Vorschaubild der Mediathek"],
      note: "A picture of Directus's library.",
    },
    barcode: { names: ["Barcode", "Barcode"] },
    ean: { names: ["EAN", "EAN"] },
    upc: { names: ["UPC", "UPC"] },
    archived: { names: ["Archived", "Archiviert"], hidden: true },
    ...shippingFields,
  },
  lists: {},
  table: { columns: { product: 240, title: 200, [KEY]: 140, sku: 160, prices: 180, stock: 100 }, sort: "title" },
}
