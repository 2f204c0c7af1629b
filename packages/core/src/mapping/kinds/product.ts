import { defineEntity } from "../entity.ts"
import { belongsTo, required, same, shipping, text } from "./fields.ts"

/** `archived` is a Directus word: Medusa stores it as `draft`. Type and tags travel by their names. */
export const product = defineEntity({
  name: "product",
  collection: "products",
  externalId: "medusa_id",
  fields: {
    title: required(text("title")),
    subtitle: text("subtitle"),
    description: text("description"),
    handle: required(text("handle")),
    status: { ...required(text("status")), writes: { medusa: { archived: "draft" } } },
    thumbnail: { ...text("thumbnail"), file: "thumbnail_file" },
    collection: belongsTo("collection", "collection"),
    categories: { ...same("references", "categories"), to: "category" },
    type: text("type"),
    tags: same("set", "tags"),
    options: { ...same("json", "options"), list: "options", owner: "medusa" },
    ...shipping,
    discountable: required(same("boolean", "discountable")),
  },
  matchKeys: ["handle"],
  archive: { field: "status", medusa: "draft", directus: "archived" },
  deletes: { medusa: "archive", directus: "archive" },
})
