import { defineEntity } from "../entity.ts"
import { archived, belongsTo, same, shipping, text } from "./fields.ts"

const ofMedusa = { owner: "medusa" } as const

/** Shops book and count by variants, so Medusa owns what that is done by. An editor gives it once, when making one. */
export const variant = defineEntity({
  name: "variant",
  collection: "product_variants",
  externalId: "medusa_id",
  fields: {
    product: { ...belongsTo("product", "product"), ...ofMedusa },
    title: text("title"),
    sku: { ...text("sku"), ...ofMedusa },
    barcode: { ...text("barcode"), ...ofMedusa },
    ean: { ...text("ean"), ...ofMedusa },
    upc: { ...text("upc"), ...ofMedusa },
    options: { ...same("map", "options"), ...ofMedusa },
    prices: { ...same("json", "prices"), list: "prices", ...ofMedusa },
    stock: { ...same("integer", "stock"), ...ofMedusa },
    manage_inventory: { ...same("boolean", "manage_inventory"), ...ofMedusa },
    allow_backorder: { ...same("boolean", "allow_backorder"), ...ofMedusa },
    rank: { type: "integer", medusa: "variant_rank", directus: "rank" },
    images: same("set", "images"),
    thumbnail: { ...text("thumbnail"), file: "thumbnail_file" },
    ...shipping,
    archived,
  },
  matchKeys: ["sku", { field: "title", within: "product" }],
  parent: "product",
  archive: { field: "archived", directus: true },
  // As Medusa's dashboard makes it of a title alone (2.21).
  placeholder: {
    title: "Default variant",
    "options#Default option": "Default option value",
    sku: null,
    prices: null,
  },
  deletes: { medusa: "ignore", directus: "archive" },
})
