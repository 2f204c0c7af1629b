import type { FieldOverview, Relation, SchemaOverview } from "@directus/types"
import type { EntityDefinition } from "medusa-directus-core/host"
import { FILES } from "../items/stored-collection"
import { OPTION_TITLES, OPTION_VALUES, textColumns } from "../items/stored-translations"
import type { Level, Shown, Translations } from "./content-plan"
import { parsePaths, type Wanted } from "./parse-paths"
import { rulesOf, wantedWords, type ArchiveFields } from "./publishing-rules"

export interface ContentGround {
  schema: SchemaOverview
  entities: ReadonlyMap<string, EntityDefinition>
  /** By collection: how it archives, where it does. */
  archives: ArchiveFields
  /** Words of a status field that make an item public. */
  published: readonly string[]
}

export interface ContentWish {
  fields: string[]
  /** Of those words the ones that are wanted. */
  published: string[]
  locale: string | null
}

const SECRET = ["hash", "conceal", "encrypt"]
/** Who and when: no content, unless it is named. */
const UPKEEP = /^(user|role|date)-(created|updated)$/
const ALL: Wanted = new Map([["*", new Map<string, Wanted>()]])

const isSystem = (collection: string): boolean => collection.startsWith("directus_")

/**
 * What may be read of the items of a kind. Of what is asked for, fields that Directus does not have, that hold secrets or
 * that lead into its own collections are left out; of files there is what a page needs to show them.
 *
 * @returns `null` when the collection does not exist.
 */
export function planContent(ground: ContentGround, entity: EntityDefinition, wish: ContentWish): Level | null {
  const { schema, entities } = ground
  if (!schema.collections[entity.collection]) return null
  const kinds = new Map([...entities.values()].map((kind) => [kind.collection, kind]))
  const languages = languagesOf(entity, wish.locale)
  const published = wantedWords(ground.published, wish.published)

  function level(collection: string, wanted: Wanted, leaveOut: ReadonlySet<string> = new Set(), isText = false): Level {
    const { primary } = schema.collections[collection] ?? { primary: "id" }
    const shown = new Map<string, Shown>()
    for (const [name, below] of wanted) {
      if (name === "*") for (const field of own(collection, leaveOut)) shown.set(field, shownOf(collection, field))
      else {
        const [field = "", scope = null] = name.split(":")
        const found = named(collection, field, scope, below, shown.get(field))
        if (found) shown.set(field, found)
      }
    }
    return {
      collection,
      primaryKey: primary,
      shown,
      rules: rulesOf(ground, collection, kinds.get(collection), published),
      // Translations are not translated.
      translations: isText ? null : translations(collection, wanted),
    }
  }

  /** What `*` means: what editors made themselves, files too, and no way into other collections. */
  function own(collection: string, leaveOut: ReadonlySet<string>): string[] {
    const { fields, primary, sortField } = schema.collections[collection] ?? {
      fields: {},
      primary: "",
      sortField: null,
    }
    const without = new Set([...mappedFields(kinds.get(collection)), ...leaveOut, sortField])
    return Object.values(fields).flatMap((field) => {
      const target = toOne(schema, collection, field.field)
      const isPlain = target === null || target.related_collection === FILES
      const special = field.special ?? []
      const skip =
        field.alias || without.has(field.field) || isSecret(field) || special.some((word) => UPKEEP.test(word))
      // The key of what is nested tells one from the other; the record's own is no secret, but of no use either.
      return !skip && isPlain && (field.field !== primary || collection !== entity.collection) ? [field.field] : []
    })
  }

  const shownOf = (collection: string, field: string): Shown =>
    toOne(schema, collection, field)?.related_collection === FILES ? { kind: "file" } : { kind: "value" }

  function named(
    collection: string,
    field: string,
    scope: string | null,
    below: Wanted,
    before: Shown | undefined,
  ): Shown | null {
    const one = toOne(schema, collection, field)
    const wanted = below.size === 0 ? ALL : below
    if (one) {
      const allowed = one.meta?.one_allowed_collections
      if (allowed) {
        const to = allowed.filter((name) => schema.collections[name] && !isSystem(name) && (scope ?? name) === name)
        const of = before?.kind === "any" ? before.of : new Map<string, Level>()
        for (const name of to) of.set(name, level(name, wanted))
        return { kind: "any", of, collectionField: one.meta?.one_collection_field ?? "collection" }
      }
      const related = one.related_collection ?? ""
      if (related === FILES) return { kind: "file" }
      return schema.collections[related] && !isSystem(related) ? { kind: "one", of: level(related, wanted) } : null
    }
    const many = schema.relations.find(
      ({ related_collection: related, meta }) => related === collection && meta?.one_field === field,
    )
    if (many) {
      if (isSystem(many.collection) || !schema.collections[many.collection]) return null
      const junction = many.meta?.junction_field
      const whole: Wanted = junction == null ? ALL : new Map([...ALL, [junction, ALL]])
      return { kind: "many", of: level(many.collection, below.size === 0 ? whole : below, new Set([many.field])) }
    }
    const stored = schema.collections[collection]?.fields[field]
    return stored && !stored.alias && !isSecret(stored) ? { kind: "value" } : null
  }

  /** Texts have the names that the item's own fields have; a field may also be in the translations alone. */
  function translations(collection: string, wanted: Wanted): Translations | null {
    const found = translationsRelation(schema, collection, kinds.get(collection))
    if (!found) return null
    const { collection: rows, field, meta } = found
    const languageField = meta?.junction_field ?? ""
    const texts = new Map([...wanted].filter(([name]) => name !== meta?.one_field))
    const of = kinds.get(collection)
    const leaveOut = new Set([field, languageField, schema.collections[rows]?.primary ?? "id"])
    for (const name of of ? mappedTexts(of) : []) leaveOut.add(name)
    return { alias: meta?.one_field ?? "", languageField, languages, level: level(rows, texts, leaveOut, true) }
  }

  return level(entity.collection, parsePaths(wish.fields))
}

const isSecret = (field: FieldOverview): boolean =>
  field.type === "hash" || (field.special ?? []).some((special) => SECRET.includes(special))

/** The relation by which a field names another item; `null` for any other field. */
const toOne = (schema: SchemaOverview, collection: string, field: string): Relation | null =>
  schema.relations.find((relation) => relation.collection === collection && relation.field === field) ?? null

/** The fields that the sync carries: Medusa has them already. */
function mappedFields(kind: EntityDefinition | undefined): string[] {
  if (!kind) return []
  const mapped = [...kind.fields.values()].flatMap(({ directus, file }) => [directus, file])
  return [...mapped, kind.externalId].flatMap((name) => name ?? [])
}

function mappedTexts(kind: EntityDefinition): string[] {
  const translates = [...kind.fields.values()].find((field) => field.translates)?.translates
  return translates ? [...textColumns(kind, translates).values(), OPTION_TITLES, OPTION_VALUES] : []
}

function translationsRelation(
  schema: SchemaOverview,
  collection: string,
  kind: EntityDefinition | undefined,
): Relation | null {
  const mapped = [...(kind?.fields.values() ?? [])].find((field) => field.translates)?.directus
  const fields = schema.collections[collection]?.fields ?? {}
  return (
    schema.relations.find(({ related_collection: related, meta }) => {
      if (related !== collection || !meta?.one_field || !meta.junction_field) return false
      return meta.one_field === mapped || (fields[meta.one_field]?.special ?? []).includes("translations")
    }) ?? null
  )
}

/** Medusa's locale as the mapping calls it in Directus, as it is, and without its country. */
function languagesOf(entity: EntityDefinition, locale: string | null): string[] {
  if (locale === null) return []
  const translates = [...entity.fields.values()].find((field) => field.translates)?.translates
  const mapped = Object.entries(translates?.locales ?? {}).find(([name]) => name.toLowerCase() === locale.toLowerCase())
  const base = locale.split(/[-_]/)[0] ?? locale
  return [...new Set([...(mapped ? [mapped[1]] : []), locale, base])]
}
