import type { CanonicalValue, Document } from "../document/value.ts"
import { groupBy } from "../group-by.ts"
import type { EntityDefinition } from "../mapping/entity.ts"
import type { HostTransaction, HostDatabase, HostSelf } from "../ports.ts"

export interface FieldOfRecord {
  entity: string
  localId: string
  field?: string
}

/** What a person knows a record by. */
export interface Described {
  title: string | null
  /** The title of the record that it is a part of. */
  parentTitle: string | null
  /** What the field holds now; `null` also when no field is asked for, or the record is gone. */
  value: CanonicalValue
}

/** Reads what the host stores now about each of these records, in their order. */
export function describeRecords(ports: HostSelf & HostDatabase, asked: FieldOfRecord[]): Promise<Described[]> {
  return ports.transaction(async (tx) => {
    const documents = await documentsOf(ports, tx, asked)
    const documentOf = (kind: string, id: unknown): Document => documents.get(kind)?.get(String(id)) ?? {}
    const wholes = asked.flatMap(({ entity: kind, localId }): FieldOfRecord[] => {
      const parent = parentOf(ports, kind)
      const id = parent && documentOf(kind, localId)[parent.field]
      return parent && typeof id === "string" ? [{ entity: parent.kind, localId: id }] : []
    })
    const parents = await documentsOf(ports, tx, wholes)
    return asked.map(({ entity: kind, localId, field }) => {
      const document = documentOf(kind, localId)
      const parent = parentOf(ports, kind)
      const whole = parent && parents.get(parent.kind)?.get(String(document[parent.field]))
      return {
        title: titleIn(ports.config.entities.get(kind), document),
        parentTitle: parent && whole ? titleIn(ports.config.entities.get(parent.kind), whole) : null,
        value: (field === undefined ? null : document[field]) ?? null,
      }
    })
  })
}

async function documentsOf(
  ports: HostSelf,
  tx: HostTransaction,
  asked: FieldOfRecord[],
): Promise<Map<string, Map<string, Document>>> {
  const documents = new Map<string, Map<string, Document>>()
  for (const [kind, group] of groupBy(asked, ({ entity }) => entity)) {
    if (!ports.config.entities.has(kind)) continue
    const rows = await tx.documents.read(kind, [...new Set(group.map(({ localId }) => localId))])
    documents.set(kind, new Map([...rows].map(([id, { fields }]) => [id, fields ?? {}])))
  }
  return documents
}

function parentOf({ config }: HostSelf, kind: string): { field: string; kind: string } | null {
  const entity = config.entities.get(kind)
  const to = entity?.parent == null ? undefined : entity.fields.get(entity.parent)?.to
  return entity?.parent == null || to === undefined ? null : { field: entity.parent, kind: to }
}

/** Fields that name a record, best first; its match keys come after them. */
const NAMING = ["title", "name", "value"]

export function titleIn(entity: EntityDefinition | undefined, document: Document): string | null {
  const fields = [...NAMING, ...(entity?.matchKeys.map(({ field }) => field) ?? [])]
  for (const field of fields) {
    const value = document[field]
    if (typeof value === "string" && value !== "") return value
  }
  return null
}
