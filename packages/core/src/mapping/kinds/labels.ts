import { defineEntity } from "../entity.ts"
import { archived, required, text } from "./fields.ts"

/**
 * Types and tags travel with each product by their names. As kinds of their own, which a mapping turns on, they take two
 * more collections and carry metadata, and names that no product has.
 */
const label = <Name extends string>(name: Name, collection: string) =>
  defineEntity({
    name,
    collection,
    externalId: "medusa_id",
    fields: { value: required(text("value")), archived },
    matchKeys: ["value"],
    archive: { field: "archived", directus: true },
    deletes: { medusa: "ignore", directus: "archive" },
  })

export const type = label("type", "product_types")
export const tag = label("tag", "product_tags")
