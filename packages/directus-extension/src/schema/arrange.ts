import type { SectionLook } from "./looks/look"
import type { PlannedField } from "./plan"

/**
 * Puts the fields of a form in order, and into their sections. Fields that the layout does not know (keys of metadata, a
 * shop's own) come before the first section.
 *
 * @param fields - by their name in the layout; the fields of the sections themselves too.
 */
export function arrange(
  layout: readonly (string | SectionLook)[],
  fields: ReadonlyMap<string, PlannedField>,
): PlannedField[] {
  const known = new Set(
    layout.flatMap((entry) => (typeof entry === "string" ? [entry] : [entry.section, ...entry.fields])),
  )
  const rest = [...fields.keys()].filter((name) => !known.has(name))
  const cut = layout.findIndex((entry) => typeof entry !== "string")
  const order = cut === -1 ? [...layout, ...rest] : [...layout.slice(0, cut), ...rest, ...layout.slice(cut)]
  // The primary key is the first.
  let sort = 1
  const at = (name: string, group: string | null): PlannedField[] => {
    const field = fields.get(name)
    if (!field) return []
    sort += 1
    return [{ ...field, meta: { ...field.meta, sort, group } }]
  }
  return order.flatMap((entry) =>
    typeof entry === "string"
      ? at(entry, null)
      : [...at(entry.section, null), ...entry.fields.flatMap((name) => at(name, entry.section))],
  )
}
