import { whereFrom, type EntityDefinition, type Logger } from "medusa-directus-core/host"
import type { RecordRow } from "./record-kind"

/** A shop's own functions over a record, by kind; `compute` by kind and name. */
export interface RecordFunctions {
  compute: Readonly<Record<string, Readonly<Record<string, (record: never) => unknown>>>>
  filter: Readonly<Record<string, (record: never) => boolean>>
}

export interface RecordRules {
  /** Adds what functions compute of the record, under `computed`. */
  complete(entity: EntityDefinition, row: RecordRow): RecordRow
  /** `false`: for the sync this record is not there. */
  admits(entity: EntityDefinition, row: RecordRow): boolean
  /** Can anything of this kind be refused? */
  mayRefuse(entity: EntityDefinition): boolean
}

const COMPUTED = /^computed\.(.+)$/

/** A function that throws is reported once for each kind and name, and never stops the sync. */
export function makeRules({ compute, filter }: RecordFunctions, log: Logger): RecordRules {
  const reported = new Set<string>()

  function attempt<Result>(option: string, of: (record: never) => Result, row: RecordRow, otherwise: Result): Result {
    try {
      return of(row as never)
    } catch (error) {
      if (!reported.has(option)) log.error(`The option "${option}" failed: ${whereFrom(error)}`)
      reported.add(option)
      return otherwise
    }
  }

  return {
    complete(entity, row) {
      const names = [...entity.fields.values()].flatMap(({ medusa }) => COMPUTED.exec(medusa ?? "")?.[1] ?? [])
      if (names.length === 0) return row
      const values = names.map((name): [string, unknown] => {
        const of = compute[entity.name]?.[name]
        return [name, of ? attempt(`compute.${entity.name}.${name}`, of, row, null) : null]
      })
      return { ...row, computed: Object.fromEntries(values) }
    },
    admits(entity, row) {
      const of = filter[entity.name]
      // A record is kept when nobody can say: taking it away would delete or archive its peer.
      return !of || attempt(`filter.${entity.name}`, of, row, true)
    },
    mayRefuse: ({ name }) => filter[name] !== undefined,
  }
}
