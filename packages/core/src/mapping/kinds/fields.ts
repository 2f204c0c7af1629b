import type { FieldInput } from "../entity.ts"

/** A field that has the same name on both hosts. */
export const same = (type: FieldInput["type"], name: string): FieldInput => ({ type, medusa: name, directus: name })

export const text = (name: string): FieldInput => same("text", name)

/** One that Medusa stores no record without. */
export const required = (field: FieldInput): FieldInput => ({ ...field, required: true })

/** Medusa's column `<name>_id`, Directus's many-to-one `<name>`. */
export const belongsTo = (to: string, name: string, column = `${name}_id`): FieldInput => ({
  type: "reference",
  to,
  medusa: column,
  directus: name,
})

/** What customs and carriers ask for, on products and variants alike. */
export const shipping: Record<string, FieldInput> = {
  material: text("material"),
  weight: same("decimal", "weight"),
  length: same("decimal", "length"),
  height: same("decimal", "height"),
  width: same("decimal", "width"),
  hs_code: text("hs_code"),
  mid_code: text("mid_code"),
  origin_country: text("origin_country"),
}

/** Directus's own mark on what Medusa has deleted, for kinds that have no status of their own. */
export const archived: FieldInput = { type: "boolean", medusa: null, directus: "archived" }
