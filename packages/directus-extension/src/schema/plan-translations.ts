import type { EntityDefinition, Translates } from "medusa-directus-core/host"
import { OPTION_TITLES, OPTION_VALUES, textColumns } from "../items/stored-translations"
import { linkInput, listInput, primaryKey, textInput, translated } from "./field-input"
import type { KindLook } from "./looks/look"
import { optionTitles, optionValues } from "./looks/translations"
import type { Ground, PlannedCollection, PlannedField, PlannedRelation } from "./plan"

export const translationsOf = ({ collection }: EntityDefinition): string => `${collection}_translations`

/** The columns of a translation that are no keys. */
export const translatedColumns = (entity: EntityDefinition, translates: Translates): string[] => [
  ...textColumns(entity, translates).values(),
  ...(translates.options ? [OPTION_TITLES, OPTION_VALUES] : []),
]

const languageColumn = ({ languages }: Translates): string => `${languages}_code`

/** What a copy of a record takes along of its translations. */
export const copiedTranslations = (alias: string, entity: EntityDefinition, translates: Translates): string[] =>
  [languageColumn(translates), ...translatedColumns(entity, translates)].map((column) => `${alias}.${column}`)

/**
 * The collection behind the field `alias`, as Directus makes it, but for two things: a translation goes with its record,
 * and a language that has texts cannot be deleted, as they would be of no language then.
 *
 * @returns `null` when somebody else has that name, or a collection of languages whose key is no text.
 */
export function planTranslations(
  entity: EntityDefinition,
  alias: string,
  translates: Translates,
  { fields: looks }: KindLook,
  ground: Ground,
): PlannedCollection | null {
  const { languages } = translates
  const collection = translationsOf(entity)
  const keyType = ground.isOurs(languages) ? "string" : ground.keyType(languages)
  if (!ground.isOurs(collection) || (keyType !== "string" && keyType !== "text")) return null
  const [here, language] = [`${entity.collection}_id`, languageColumn(translates)]
  const texts = [...textColumns(entity, translates)].map(([name, column]) => {
    const { names, interface: input } = looks[name] ?? {}
    return textInput(column, { ...(names ? { names } : {}), ...(input ? { interface: input } : {}), width: "full" })
  })
  const lists = translates.options
    ? [listInput(OPTION_TITLES, optionTitles), listInput(OPTION_VALUES, optionValues)]
    : []
  const sorted = [...texts, ...lists].map((field, i): PlannedField => ({
    ...field,
    meta: { ...field.meta, sort: i + 4 },
  }))
  const relation = (
    field: string,
    related: string,
    onDelete: PlannedRelation["schema"]["on_delete"],
    meta: Record<string, unknown>,
  ): PlannedRelation => ({
    collection,
    field,
    related_collection: related,
    meta: { sort_field: null, ...meta },
    schema: { on_delete: onDelete },
  })
  return {
    collection,
    meta: { hidden: true, icon: "translate", accountability: "all" },
    fields: [
      primaryKey(),
      linkInput(here, ground.keyType(entity.collection), 2),
      linkInput(language, keyType, 3),
      ...sorted,
    ],
    relations: [
      relation(here, entity.collection, "CASCADE", {
        one_field: alias,
        junction_field: language,
        one_deselect_action: "delete",
      }),
      relation(language, languages, "NO ACTION", {
        one_field: null,
        junction_field: here,
        one_deselect_action: "nullify",
      }),
    ],
    preset: null,
  }
}

const DIRECTIONS = [
  { text: "$t:left_to_right", value: "ltr" },
  { text: "$t:right_to_left", value: "rtl" },
]

/** The collection of languages, as Directus makes it. */
export function planLanguages(collection: string): PlannedCollection {
  return {
    collection,
    meta: {
      icon: "translate",
      sort: 7,
      note: "The languages of the texts. One that has texts cannot be deleted.",
      translations: [
        { language: "en-US", translation: "Languages", singular: "language", plural: "languages" },
        { language: "de-DE", translation: "Sprachen", singular: "Sprache", plural: "Sprachen" },
      ],
      display_template: "{{name}}",
      accountability: "all",
    },
    fields: [
      {
        field: "code",
        type: "string",
        meta: {
          sort: 1,
          interface: "input",
          width: "half",
          note: "E.g. de. Medusa's locale for it stands in the mapping.",
          translations: translated(["Code", "Kürzel"]),
        },
        schema: { is_primary_key: true, length: 255, has_auto_increment: false },
      },
      {
        field: "name",
        type: "string",
        meta: { sort: 2, interface: "input", width: "half", translations: translated(["Name", "Name"]) },
        schema: { is_nullable: true },
      },
      {
        field: "direction",
        type: "string",
        meta: {
          sort: 3,
          interface: "select-dropdown",
          width: "half",
          options: { choices: DIRECTIONS },
          display: "labels",
          display_options: { choices: DIRECTIONS, format: false },
          translations: translated(["Direction", "Schreibrichtung"]),
        },
        schema: { is_nullable: true, default_value: "ltr" },
      },
    ],
    relations: [],
    preset: {
      collection,
      layout: "tabular",
      layout_query: { tabular: { fields: ["name", "code", "direction"], sort: ["name"], page: 1 } },
      layout_options: { tabular: { widths: { name: 280, code: 120, direction: 220 } } },
    },
  }
}
