import type { Knex } from "knex"
import type { StoredKinds } from "./stored-kinds"

/** The languages of translations that the mapping does not name: they stay here, untouched. */
export async function unmappedLanguages(knex: Knex, kinds: StoredKinds): Promise<string[]> {
  const found = new Set<string>()
  for (const { stored } of kinds.all()) {
    for (const field of stored.fields.values()) {
      if (field.kind !== "translations") continue
      const { name, there } = field.junction
      const rows = await knex(name)
        .whereNotNull(there)
        .whereNotIn(there, [...field.locales.keys()])
        .distinct<Record<string, unknown>[]>(there)
      for (const row of rows) found.add(String(row[there]))
    }
  }
  return [...found].sort()
}
