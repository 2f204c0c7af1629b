import type { Knex } from "knex"
import { problemOf, type Problem } from "medusa-directus-core/operate"
import type { Dialect } from "../database/dialect"
import type { StoredCollection } from "./stored-collection"
import type { StoredKinds } from "./stored-kinds"
import type { StoredTranslations } from "./stored-translations"
import { isFilled, readTranslationRows, type TranslationRow } from "./translation-rows"

/** Records with several rows of one language that are looked at, of each kind. */
const LOOKED_AT = 100
/** Items that the problem names. */
const NAMED = 3

/** Do two rows say something else in one column? Rows that fill each other up are one translation. */
const isDoubled = ({ rows }: TranslationRow): boolean => {
  const columns = new Set(rows.flatMap(({ values }) => Object.keys(values)))
  return [...columns].some((column) => {
    const filled = rows.map(({ values }) => values[column]).filter(isFilled)
    return new Set(filled.map((value) => JSON.stringify(value))).size > 1
  })
}

async function doubledIn(
  knex: Knex,
  dialect: Dialect,
  stored: StoredCollection,
  field: StoredTranslations,
): Promise<string[]> {
  const { name, here, there } = field.junction
  const several = await knex(name)
    .whereIn(there, [...field.locales.keys()])
    .whereNotNull(here)
    .groupBy(here, there)
    .having(knex.raw("count(*) > 1"))
    .orderBy(here)
    .limit(LOOKED_AT)
    .select<Record<string, string | number>[]>(here)
  const keys = [...new Set(several.flatMap((row) => row[here] ?? []))]
  const rows = keys.length === 0 ? [] : await readTranslationRows(knex, dialect, stored, field, keys)
  return rows.filter(isDoubled).map((row) => `${stored.name} ${row.here} (${row.locale})`)
}

/** Texts of which an editor sees two, and the shop shows one. */
export async function doubledTexts(knex: Knex, dialect: Dialect, kinds: StoredKinds): Promise<Problem[]> {
  const found: string[] = []
  for (const { stored } of kinds.all())
    for (const field of stored.fields.values())
      if (field.kind === "translations") found.push(...(await doubledIn(knex, dialect, stored, field)))
  if (found.length === 0) return []
  const named = found.slice(0, NAMED).join(", ")
  return [problemOf("directus", "doubled_texts", { facts: { where: found.length > NAMED ? `${named}, …` : named } })]
}
