import { fromDocument, type EntityDefinition, type MatchKey } from "medusa-directus-core/host"

/** Something that a record has, as SQL, and the text that it is to be. */
interface Wanted {
  expression: string
  /** Of the expression: names of ours or of the mapping, which takes letters, digits, hyphens and underscores. */
  bindings: unknown[]
  value: string
}

const wanted = ([column, ...path]: string[], value: unknown): Wanted =>
  path.length === 0
    ? { expression: "??::text", bindings: [column], value: String(value) }
    : { expression: "?? #>> ?", bindings: [column, path], value: String(value) }

/** What a record has to have to be found by a key; `null` when the key names what Medusa does not store. */
export function conditionOf(entity: EntityDefinition, { field, value, within }: MatchKey): Wanted[] | null {
  const path = entity.fields.get(field)?.medusa?.split(".")
  // No text of PostgreSQL holds a zero character, and a statement with one is refused as a whole.
  if (!path || path[0] === "computed" || value.includes("\0")) return null
  const stored = path.reduce<unknown>(
    (at, part) => (at as Record<string, unknown> | undefined)?.[part],
    fromDocument(entity, "medusa", { [field]: value }),
  )
  const own = wanted(path, stored)
  if (within === undefined) return [own]
  const key = entity.matchKeys.find((known) => known.field === field && known.within !== null)
  const parent = entity.fields.get(key?.within ?? "")?.medusa?.split(".")
  return parent ? [own, wanted(parent, within)] : null
}

/** Keys whose records one statement finds, and the places that these keys have among all. */
export interface Question {
  text: string
  bindings: unknown[]
  /** By the values, as `held` of a row that is found. */
  places: Map<string, number[]>
}

/**
 * One statement for each form of key, and not one for each key: as many would take longer than all the writing. It finds
 * rows of `{ id, held }`, also such as have the values of two keys, one of each.
 *
 * @param records - the select of the kind.
 */
export function questionsOf(entity: EntityDefinition, keys: MatchKey[], records: string): Question[] {
  const forms = new Map<string, { conditions: Wanted[][]; places: Map<string, number[]> }>()
  for (const [place, key] of keys.entries()) {
    const condition = conditionOf(entity, key)
    if (!condition) continue
    const name = JSON.stringify(condition.map(({ expression, bindings }) => [expression, bindings]))
    const form = forms.get(name) ?? { conditions: [], places: new Map<string, number[]>() }
    forms.set(name, form)
    form.conditions.push(condition)
    const held = heldBy(condition.map(({ value }) => value))
    form.places.set(held, [...(form.places.get(held) ?? []), place])
  }
  return [...forms.values()].map(({ conditions, places }) => {
    const columns = conditions[0] ?? []
    const names = columns.flatMap(({ bindings }) => bindings)
    const where = columns.map(({ expression }) => `${expression} = any(?)`).join(" and ")
    const values = columns.flatMap(({ bindings }, i) => [...bindings, conditions.map((of) => of[i]?.value ?? "")])
    return {
      text: `select id, array[${columns.map(({ expression }) => expression).join(", ")}] as held from (${records}) records where deleted_at is null and ${where} order by id`,
      bindings: [...names, ...values],
      places,
    }
  })
}

export const heldBy = (values: string[]): string => JSON.stringify(values)
