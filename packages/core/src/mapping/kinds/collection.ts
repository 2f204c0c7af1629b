import { defineEntity } from "../entity.ts"
import { archived, required, text } from "./fields.ts"

export const collection = defineEntity({
  name: "collection",
  collection: "product_collections",
  externalId: "medusa_id",
  fields: { title: required(text("title")), handle: required(text("handle")), archived },
  matchKeys: ["handle"],
  archive: { field: "archived", directus: true },
  deletes: { medusa: "ignore", directus: "archive" },
})
