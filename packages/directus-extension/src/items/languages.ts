import type { MutationOptions, SchemaOverview } from "@directus/types"
import type { Knex } from "knex"
import { SyncError } from "medusa-directus-core/host"
import { SYSTEM, type HostContext } from "../host-context"
import { WORDS } from "../database/mismatch"

const RIGHT_TO_LEFT: ReadonlySet<string> = new Set(["ar", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"])

/** What a row of the languages says of one: its name in English, and the direction of its script. */
export function languageOf(code: string): { name: string; direction: "ltr" | "rtl" } {
  const locale = code.replaceAll("_", "-")
  const [language = ""] = locale.toLowerCase().split("-")
  return { name: nameOf(locale), direction: RIGHT_TO_LEFT.has(language) ? "rtl" : "ltr" }
}

function nameOf(locale: string): string {
  try {
    return new Intl.DisplayNames(["en"], { type: "language" }).of(locale) ?? locale
  } catch {
    return locale
  }
}

/**
 * Makes the rows of languages that the mapping names and that are missing.
 *
 * @throws SyncError `rejected_by_host` when a language needs values that only its owner knows.
 */
export async function makeLanguages(
  { knex, schema, services }: { knex: Knex; schema: SchemaOverview; services: HostContext["services"] },
  languages: string,
  codes: Iterable<string>,
  options: MutationOptions = {},
): Promise<void> {
  const info = schema.collections[languages]
  if (!info) return
  const wanted = [...codes]
  const rows = await knex(languages).whereIn(info.primary, wanted).select<Record<string, unknown>[]>(info.primary)
  const there = new Set(rows.map((row) => String(row[info.primary])))
  const missing = wanted.filter((code) => !there.has(code))
  if (missing.length === 0) return
  const known = Object.values(info.fields).filter(
    ({ field, type, alias }) => !alias && (field === "name" || field === "direction") && WORDS.includes(type),
  )
  const given = new Set([info.primary, ...known.map(({ field }) => field)])
  const unknown = Object.values(info.fields).filter(
    ({ field, alias, nullable, defaultValue, generated }) =>
      !alias && !nullable && !generated && (defaultValue ?? null) === null && !given.has(field),
  )
  if (unknown.length > 0)
    throw new SyncError(
      "rejected_by_host",
      `The collection ${languages} has no ${missing.join(", ")}, and a language needs a value for ${unknown.map(({ field }) => field).join(", ")}. Add ${missing.length === 1 ? "it" : "them"} in Directus.`,
    )
  const items = missing.map((code) => {
    const values: Record<string, unknown> = languageOf(code)
    return { [info.primary]: code, ...Object.fromEntries(known.map(({ field }) => [field, values[field]])) }
  })
  await new services.ItemsService(languages, { knex, schema, accountability: SYSTEM }).createMany(items, options)
}
