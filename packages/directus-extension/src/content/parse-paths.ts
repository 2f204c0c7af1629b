/** Names of fields, and what is wanted below each; nothing below means what the field's relation says. */
export type Wanted = Map<string, Wanted>

/** Directus itself goes ten deep; nobody writes that by hand. */
const DEEPEST = 6

/** `["story", "blocks.item:quote.text"]` → a tree. What no field can be called is left out. */
export function parsePaths(paths: readonly string[]): Wanted {
  const root: Wanted = new Map()
  for (const path of paths) {
    const parts = path.split(".")
    if (parts.length > DEEPEST || !parts.every((part) => /^(\*|\w+(:\w+)?)$/.test(part))) continue
    let at = root
    for (const part of parts) {
      const below: Wanted = at.get(part) ?? new Map<string, Wanted>()
      at.set(part, below)
      at = below
    }
  }
  return root
}
