import { defineEntity, type FieldInput } from "./entity.ts"

const same = (type: FieldInput["type"], name: string): FieldInput => ({ type, medusa: name, directus: name })

/** A product's own scalar fields. `archived` is a Directus word: Medusa stores it as `draft`. */
export const product = defineEntity({
  name: "product",
  collection: "products",
  externalId: "medusa_id",
  fields: {
    title: same("text", "title"),
    subtitle: same("text", "subtitle"),
    description: same("text", "description"),
    handle: same("text", "handle"),
    status: { ...same("text", "status"), writes: { medusa: { archived: "draft" } } },
    thumbnail: same("text", "thumbnail"),
    material: same("text", "material"),
    weight: same("decimal", "weight"),
    length: same("decimal", "length"),
    height: same("decimal", "height"),
    width: same("decimal", "width"),
    hs_code: same("text", "hs_code"),
    mid_code: same("text", "mid_code"),
    origin_country: same("text", "origin_country"),
    discountable: same("boolean", "discountable"),
  },
  matchKeys: ["handle"],
  archive: { field: "status", medusa: "draft", directus: "archived" },
  deletes: { medusa: "archive", directus: "archive" },
})
