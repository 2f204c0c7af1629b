import type { EntityDefinition, FieldDefinition } from "medusa-directus-core/host"
import { archivesTakenOut } from "../items/archives-taken-out"
import { FILES } from "../items/stored-collection"
import { collectionMeta, presetOf } from "./collection-meta"
import {
  createdInput,
  externalIdInput,
  fileInput,
  itemKey,
  manyToManyInput,
  manyToOneInput,
  oneToManyInput,
  sectionInput,
  stateInput,
  translationsInput,
  updatedInput,
  valueInput,
} from "./field-input"
import { arrange } from "./arrange"
import { lookOf, noted } from "./looks/look-of"
import { KEY, STATE, type FieldLook } from "./looks/look"
import type { Ground, PlannedCollection, PlannedField, PlannedRelation } from "./plan"
import { planJunction } from "./plan-junction"
import { planLanguages, planTranslations } from "./plan-translations"
import { listFor, listsOf, type PlannedList } from "./planned-lists"

type Entities = ReadonlyMap<string, EntityDefinition>

/** All collections that this extension keeps for a mapping, whole, whether they are there or not. */
export function planCollections(entities: Entities, ground: Ground): PlannedCollection[] {
  const planned = [...entities.values()]
    .filter(({ collection }) => ground.isOurs(collection))
    .map((entity) => planCollection(entity, entities, ground))
  const languages = new Set(planned.flatMap((each) => each.languages ?? []))
  return [
    ...planned.flatMap((each) => [each.planned, ...each.junctions]),
    ...[...languages].filter((name) => ground.isOurs(name)).map(planLanguages),
  ]
}

function planCollection(entity: EntityDefinition, entities: Entities, ground: Ground) {
  const look = lookOf(entity)
  /** By their names in the layout. */
  const fields = new Map<string, PlannedField>()
  const relations: PlannedRelation[] = []
  const junctions: PlannedCollection[] = []
  /** The collection of languages that its translations refer to. */
  let languages: string | null = null
  for (const of of entity.fields.values()) {
    const path = of.directus
    if (path === null) continue
    const own = noted(look.fields[of.name] ?? plainLook(of), entity)
    if (of.translates) {
      const texts = planTranslations(entity, path, of.translates, look, ground)
      if (!texts) continue
      fields.set(of.name, translationsInput(path, of.translates, own))
      junctions.push(texts)
      languages = of.translates.languages
      continue
    }
    const related = entities.get(of.to ?? "")
    const list = related ? listFor(related, entity, of, entities, ground) : null
    if (of.type === "references") {
      const junction = related && planJunction(entity, path, related, list?.name ?? null, ground)
      // A collection of somebody else's under that name is not altered.
      if (!junction || !ground.isOurs(junction.collection)) continue
      fields.set(of.name, manyToManyInput(path, own))
      junctions.push(junction)
    } else if (of.type === "reference") {
      if (!related) continue
      fields.set(of.name, manyToOneInput(entity, of, path, related, ground.keyType(related.collection), own))
      relations.push(manyToOne(entity, of.name, path, related, list))
    } else {
      fields.set(of.name, valueInput(entity, of, path, own))
      if (of.file === undefined) continue
      fields.set(`${of.name}.file`, fileInput(entity, of, of.file, look.fields[`${of.name}.file`] ?? {}))
      relations.push(relation(entity.collection, of.file, FILES, "SET NULL", { one_field: null }))
    }
  }
  for (const { name, by, look: own } of listsOf(entity, entities, ground))
    fields.set(name, by.type === "references" ? manyToManyInput(name, own) : oneToManyInput(name, own))
  addOwnFields(entity, fields)
  for (const entry of look.layout) {
    if (typeof entry !== "string" && entry.fields.some((name) => fields.has(name)))
      fields.set(entry.section, sectionInput(entry.section, entry.names, entry.icon, entry.open))
  }
  const key = itemKey()
  const planned: PlannedCollection = {
    collection: entity.collection,
    meta: collectionMeta(entity, look, entities, ground, fields),
    fields: [key, ...arrange([STATE, ...look.layout], fields)],
    relations,
    preset: presetOf(entity, look, new Map([...fields, [KEY, key]])),
  }
  return { planned, junctions, languages }
}

/** The state, the Medusa id and the dates, where the mapping has no field of that name. */
function addOwnFields({ externalId }: EntityDefinition, fields: Map<string, PlannedField>): void {
  if (externalId !== null) fields.set("@external", externalIdInput(externalId))
  const taken = new Set(["id", ...[...fields.values()].map(({ field }) => field)])
  const others = { [STATE]: stateInput("medusa_sync"), "@created": createdInput(), "@updated": updatedInput() }
  for (const [name, other] of Object.entries(others)) if (!taken.has(other.field)) fields.set(name, other)
}

/** A key of metadata, or a field of the shop's own. */
const plainLook = ({ type }: FieldDefinition): FieldLook =>
  type === "text" ? { interface: "input-multiline", width: "full" } : {}

const relation = (
  collection: string,
  field: string,
  related: string,
  onDelete: PlannedRelation["schema"]["on_delete"],
  meta: Record<string, unknown>,
): PlannedRelation => ({ collection, field, related_collection: related, meta, schema: { on_delete: onDelete } })

function manyToOne(
  entity: EntityDefinition,
  name: string,
  path: string,
  related: EntityDefinition,
  list: PlannedList | null,
): PlannedRelation {
  const isPart = entity.parent === name
  return relation(entity.collection, path, related.collection, isPart ? "CASCADE" : "SET NULL", {
    one_field: list?.name ?? null,
    sort_field: list?.sortBy ?? null,
    // What is taken out of a list of parts: see `keepTakenOut`.
    one_deselect_action: isPart && !archivesTakenOut(entity) ? "delete" : "nullify",
  })
}
