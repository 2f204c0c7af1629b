import { byAddress, KEY, tracking, type KindLook } from "./look"

export const image: KindLook = {
  icon: "photo_library",
  place: 2,
  below: "product",
  note: "Pictures of the products, in sync with Medusa, which gets their addresses.",
  en: ["Product images", "image", "images"],
  de: ["Produktbilder", "Bild", "Bilder"],
  template: "{{product.title}} · {{alt}}",
  layout: ["url.file", "url", "alt", "product", tracking()],
  fields: {
    product: { names: ["Product", "Produkt"], required: true, width: "full" },
    "url.file": {
      names: ["Library picture", "Bild der Mediathek"],
      width: "full",
      note: "A picture of Directus's library. Medusa gets its public address: let the public read files.",
    },
    url: { names: ["Picture by address", "Bild nach Adresse"], ...byAddress, width: "full" },
    alt: {
      names: ["Alternative text", "Alternativtext"],
      width: "full",
      note: "What it shows, for people who cannot see it.",
    },
    rank: { names: ["Order", "Reihenfolge"], hidden: true },
  },
  lists: {},
  table: { columns: { url: 150, "url.file": 130, alt: 280, [KEY]: 140, product: 240 }, sort: "rank" },
}
