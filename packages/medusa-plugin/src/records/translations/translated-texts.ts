import { textKey, type EntityDefinition, type Translates } from "medusa-directus-core/host"
import { belongings, type Belongings, type State } from "../belongings"

/** Where the map of a record's translations stands in its row. */
export const TRANSLATIONS = "translations"

/** What a kind translates; `null` when its translations do not travel. */
export const translatesOf = ({ fields }: EntityDefinition): Translates | null =>
  [...fields.values()].find(({ medusa, translates }) => translates && medusa === TRANSLATIONS)?.translates ?? null

/** How Medusa's module calls the kinds that it translates: as their tables. */
export const OPTION = "product_option"
export const VALUE = "product_option_value"

/** One of Medusa's rows that hold the texts of a record: its own, or that of an option or a value which it shows. */
export interface Place {
  reference: string
  id: string
  /** The option's, and the value; `null` in the record's own row. */
  title: string | null
  value: string | null
}

/** The texts of one kind: where they are, and by which keys its documents know them. */
export interface TranslatedTexts {
  locales: string[]
  /** A query for the {@link Place}s of the record `r`. */
  places(state: State): string
  /** The texts that a place has in one language: each one's key, and its name in Medusa's row. */
  textsAt(place: Place, locale: string): [key: string, column: string][]
}

export function translatedTexts(table: string, entity: EntityDefinition, translates: Translates): TranslatedTexts {
  const columns = translates.fields.map((field): [string, string] => [field, entity.fields.get(field)?.medusa ?? field])
  const itself = `select '${table}' as reference, r.id, null as title, null as value`
  return {
    locales: Object.keys(translates.locales),
    places: (state) => (translates.options ? `${itself} union all ${optionPlaces(belongings(state))}` : itself),
    textsAt({ title, value }, locale) {
      if (title === null) return columns.map(([field, column]) => [textKey({ of: "field", locale, field }), column])
      if (value === null) return [[textKey({ of: "option", locale, title }), "title"]]
      return [[textKey({ of: "value", locale, title, value }), "value"]]
    },
  }
}

const optionPlaces = (of: Belongings): string => `
  select '${OPTION}', o.id, o.title, null from ${of("product_product_option", "product_id = r.id")} l
  cross join lateral ${of("product_option", "id = l.product_option_id")} o
  union all
  select '${VALUE}', v.id, o.title, v.value from ${of("product_product_option", "product_id = r.id")} l
  cross join lateral ${of("product_option", "id = l.product_option_id")} o
  cross join lateral ${of("product_product_option_value", "product_product_option_id = l.id")} u
  cross join lateral ${of("product_option_value", "id = u.product_option_value_id")} v`

/** Texts of one place in one language, as Medusa stores them. */
export interface StoredTexts extends Place {
  locale: string
  texts: Record<string, unknown> | null
}

/** What {@link mapOf} takes, of the record `r`. Medusa deletes no translation with what it belongs to (2.21.2). */
export const selectTexts = ({ places, locales }: TranslatedTexts, state: State): string => `
  select jsonb_agg(jsonb_build_object('reference', p.reference, 'id', p.id, 'title', p.title, 'value', p.value,
                                      'locale', t.locale_code, 'texts', t.translations) order by p.reference, p.id)
  from (${places(state)}) p join translation t
    on t.reference_id = p.id and t.reference = p.reference and t.deleted_at is null and t.locale_code in (${locales.map((locale) => `'${locale}'`).join(", ")})`

/** Medusa's dashboard stores "" for what somebody has emptied, and shows the original text for it as for what is not there. */
export const isText = (text: unknown): text is string => typeof text === "string" && text !== ""

/** The translations of a record by their keys. */
export function mapOf({ textsAt }: TranslatedTexts, stored: StoredTexts[]): Record<string, string> {
  const map: Record<string, string> = {}
  for (const place of stored)
    for (const [key, column] of textsAt(place, place.locale)) {
      const text = place.texts?.[column]
      if (isText(text)) map[key] = text
    }
  return map
}
