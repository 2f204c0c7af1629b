import { FILE_FIELDS, type Level, type Shown } from "./content-plan"

type Row = Record<string, unknown>

const isRow = (value: unknown): value is Row => typeof value === "object" && value !== null && !Array.isArray(value)

/**
 * An item as the store shows it: only what was planned, with the texts of the asked language.
 *
 * @param addressOf - a file's public address.
 * @returns `null` when it is not published.
 */
export function shapeContent(level: Level, row: Row, addressOf: (file: string) => string): Row | null {
  if (!level.rules.every(({ field, holds }) => holds(row[field]))) return null
  const item: Row = {}
  for (const [name, shown] of level.shown) item[name] = valueOf(shown, row, name, addressOf)
  const { translations } = level
  if (!translations) return item
  for (const name of translations.level.shown.keys()) item[name] ??= null
  const rows = row[translations.alias]
  const texts = Array.isArray(rows) ? rows.filter(isRow) : []
  // The best language goes last and stays.
  for (const language of [...translations.languages].reverse()) {
    const found = texts.find((text) => codeOf(text[translations.languageField]) === language.toLowerCase())
    const shaped = found && shapeContent(translations.level, found, addressOf)
    for (const [name, text] of Object.entries(shaped ?? {}))
      if (text !== null && text !== "" && !(Array.isArray(text) && text.length === 0)) item[name] = text
  }
  return item
}

/** A many-to-one comes as its key, or as the item that it names. */
function codeOf(language: unknown): string {
  const code = isRow(language) ? language["code"] : language
  return typeof code === "string" ? code.toLowerCase() : ""
}

function valueOf(shown: Shown, row: Row, name: string, addressOf: (file: string) => string): unknown {
  const value = row[name] ?? null
  switch (shown.kind) {
    case "value":
      return value
    case "file":
      return isRow(value) && typeof value["id"] === "string"
        ? {
            ...Object.fromEntries(FILE_FIELDS.map((field) => [field, value[field] ?? null])),
            url: addressOf(value["id"]),
          }
        : null
    case "one":
      return isRow(value) ? shapeContent(shown.of, value, addressOf) : null
    case "many":
      return (Array.isArray(value) ? value.filter(isRow) : []).flatMap(
        (one) => shapeContent(shown.of, one, addressOf) ?? [],
      )
    case "any": {
      const of = shown.of.get(String(row[shown.collectionField]))
      return of && isRow(value) ? shapeContent(of, value, addressOf) : null
    }
    default:
      return shown satisfies never
  }
}
