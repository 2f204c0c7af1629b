import { mayReceive, type EntityDefinition } from "medusa-directus-core/host"
import { category } from "./category"
import { collection } from "./collection"
import { image } from "./image"
import { type, tag } from "./labels"
import { KEY, tracking, type FieldLook, type KindLook } from "./look"
import { product } from "./product"
import { variant } from "./variant"

const LOOKS: Record<string, KindLook> = { product, variant, image, category, collection, type, tag }

/** A kind of the shop's own looks as its fields' types say. */
function plainLook({ name, collection: place, fields, matchKeys }: EntityDefinition): KindLook {
  const [first] = [
    ...matchKeys.map(({ field }) => field),
    ...[...fields.keys()].filter((field) => field !== "archived"),
  ]
  const title = first ?? "id"
  return {
    icon: "database",
    place: 6,
    note: `In sync with Medusa (${name}).`,
    en: [place, name, place],
    de: [place, name, place],
    template: `{{${title}}}`,
    layout: [tracking()],
    fields: { archived: { names: ["Archived", "Archiviert"], hidden: true } },
    lists: {},
    table: { columns: { [title]: 320, [KEY]: 140 }, sort: title },
  }
}

export const lookOf = (entity: EntityDefinition): KindLook =>
  entity.source === undefined ? (LOOKS[entity.name] ?? plainLook(entity)) : plainLook(entity)

/** With the note that holds under this mapping. @param entity - the kind that has the field of `ifEditable`. */
export function noted({ ifEditable, ...look }: FieldLook, { fields }: EntityDefinition): FieldLook {
  const field = fields.get(ifEditable?.field ?? "")
  return ifEditable && field && mayReceive(field, "medusa") ? { ...look, note: ifEditable.note } : look
}
