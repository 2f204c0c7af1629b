import { defineEntity } from "../entity.ts"
import { belongsTo, required, same, text } from "./fields.ts"

export const category = defineEntity({
  name: "category",
  collection: "product_categories",
  externalId: "medusa_id",
  fields: {
    name: required(text("name")),
    description: text("description"),
    handle: required(text("handle")),
    parent: belongsTo("category", "parent", "parent_category_id"),
    rank: same("integer", "rank"),
    is_active: same("boolean", "is_active"),
    is_internal: same("boolean", "is_internal"),
  },
  matchKeys: ["handle"],
  archive: { field: "is_active", medusa: false, directus: false },
  deletes: { medusa: "archive", directus: "archive" },
})
