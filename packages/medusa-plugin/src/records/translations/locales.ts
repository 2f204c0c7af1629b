import { normalizeLocale } from "@medusajs/framework/utils"
import { SyncError, type SyncConfig } from "medusa-directus-core/host"
import { makeKinds } from "../record-kinds"
import { query, type Sql } from "../../database/sql"
import { OPTION, translatesOf, VALUE } from "./translated-texts"

/** Medusa's locales that need a person's attention. */
export interface Locales {
  /** Medusa has texts in these, which stay where they are. */
  unmapped: string[]
  /** The mapping names these, and the store does not list them. */
  unsupported: string[]
}

type Config = Pick<SyncConfig, "entities">

/** Medusa's locales of the mapping, and of which tables the translations travel; `null` when none do. */
function translated(config: Config): { locales: string[]; references: string[] } | null {
  const known = makeKinds(config)
  const locales = new Set<string>()
  const references: string[] = []
  for (const [name, entity] of config.entities) {
    const translates = translatesOf(entity)
    if (!translates) continue
    references.push(known(name).kind.table, ...(translates.options ? [OPTION, VALUE] : []))
    for (const locale of Object.keys(translates.locales)) locales.add(locale)
  }
  return locales.size > 0 ? { locales: [...locales], references } : null
}

/** @throws SyncError `invalid_mapping` when Medusa would write a locale in another way, and then not find it. */
export function checkLocales(config: Config): void {
  for (const locale of translated(config)?.locales ?? []) {
    const stored = normalizeLocale(locale.replaceAll("_", "-"))
    if (stored !== locale)
      throw new SyncError(
        "invalid_mapping",
        `mapping.translations.locales: Medusa writes "${locale}" as "${stored}". Write it so on both sides.`,
      )
  }
}

export async function hasTranslationTable(sql: Sql): Promise<boolean> {
  const [found] = await query<{ there: boolean }>(sql, "select to_regclass('translation') is not null as there")
  return found?.there === true
}

/** From one locale to the next by its index: there are few of them in many rows. */
const USED = `
  with recursive used as (
    (select locale_code from translation where deleted_at is null and reference = any(?) order by 1 limit 1)
    union all
    select (select t.locale_code from translation t
            where t.deleted_at is null and t.reference = any(?) and t.locale_code > used.locale_code order by 1 limit 1)
    from used where used.locale_code is not null
  )
  select locale_code as locale from used where locale_code is not null`

/** @returns `null` when translations do not travel. */
export async function readLocales(sql: Sql, config: Config): Promise<Locales | null> {
  const { locales, references } = translated(config) ?? {}
  if (!locales || !references) return null
  const used = await query<{ locale: string }>(sql, USED, [references, references])
  const supported = await query<{ locale: string }>(
    sql,
    "select distinct locale_code as locale from store_locale where deleted_at is null",
  )
  const without = (from: string[], others: string[]): string[] => from.filter((locale) => !others.includes(locale))
  const codes = (rows: { locale: string }[]): string[] => rows.map(({ locale }) => locale)
  return { unmapped: without(codes(used), locales), unsupported: without(locales, codes(supported)) }
}

/** What to do about them, in words. */
export function sentencesOf(locales: Locales | null): string[] {
  const { unmapped = [], unsupported = [] } = locales ?? {}
  return [
    ...(unmapped.length > 0
      ? [
          `Medusa has translations in ${unmapped.join(", ")}, which stay there. To let them travel, name them under mapping.translations.locales on both sides.`,
        ]
      : []),
    ...(unsupported.length > 0
      ? [
          `mapping.translations.locales names ${unsupported.join(", ")}, which the store does not list. Add them in Medusa under Settings, Store, Locales.`,
        ]
      : []),
  ]
}
