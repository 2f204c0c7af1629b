import { defineEntity } from "../entity.ts"
import { belongsTo, same } from "./fields.ts"

/** Pictures are passed on by address; one whose file was deleted has none. */
export const image = defineEntity({
  name: "image",
  collection: "product_images",
  externalId: "medusa_id",
  fields: {
    product: { ...belongsTo("product", "product"), owner: "medusa" },
    url: { ...same("text", "url"), file: "file", needed: true },
    alt: { type: "text", medusa: "metadata.alt", directus: "alt" },
    rank: same("integer", "rank"),
  },
  matchKeys: [{ field: "url", within: "product" }],
  parent: "product",
  archive: null,
  deletes: { medusa: "propagate", directus: "propagate" },
})
