import { MedusaError } from "@medusajs/framework/utils"
import { notUnique, outage, outageOf, refusedValue, SyncError } from "medusa-directus-core/host"
import { databaseError, withoutValues, type DatabaseError } from "./sql"

const LINK_TABLE = "directus_sync_link"
const SOMEBODY = "another record in Medusa"
const BUSY = new Set(["40001", "40P01", "55P03", "57014", "25P03"])
const REFUSED_BY_MEDUSA: readonly string[] = [
  MedusaError.Types.INVALID_DATA,
  MedusaError.Types.INVALID_ARGUMENT,
  MedusaError.Types.NOT_ALLOWED,
  MedusaError.Types.NOT_FOUND,
  MedusaError.Types.DUPLICATE_ERROR,
]

/** `Key (handle)=(…)` → `handle` */
const columnsOf = ({ detail, constraint }: DatabaseError): string => {
  const expression = /^Key \((.*?)\)=/.exec(detail ?? "")?.[1]
  return expression ?? constraint ?? "a unique field"
}

/**
 * What PostgreSQL or Medusa said, as an error that the engine understands. The text names columns and never holds a
 * value; what is not recognised is returned as it is.
 */
export function asSyncError(error: unknown): unknown {
  if (error instanceof SyncError) return error
  const database = databaseError(error)
  const scope = outageOf(error)
  if (scope !== "record") {
    const what = database ? ` (${[database.code, database.table].filter(Boolean).join(" on ")})` : ""
    return outage(`Medusa's database cannot be used for this now${what}.`, scope, error)
  }
  if (database) return fromDatabase(database, error)
  if (!(error instanceof MedusaError)) return error instanceof Error ? fromOrm(error) : error
  // Medusa's mapper replaces PostgreSQL's error by a sentence that holds the value.
  const taken = / with ([\w, ]+): .*already exists/.exec(error.message)?.[1]
  if (taken) return notUnique(taken, SOMEBODY, error)
  const empty = /^Cannot set field '(\w+)' of .* to null$/.exec(error.message)?.[1]
  if (empty) return required(empty, error)
  if (!REFUSED_BY_MEDUSA.includes(error.type)) return error
  return new SyncError("rejected_by_host", `Medusa refuses the record (${error.type}). Check its values, then retry.`, {
    cause: error,
  })
}

function fromDatabase(database: DatabaseError, cause: unknown): unknown {
  const { code } = database
  if (BUSY.has(code)) return new SyncError("concurrent_write", "The record was busy.", { retryable: true, cause })
  if (code === "23505") {
    if (database.table === LINK_TABLE) {
      return new SyncError("concurrent_write", "The record was linked by another process just now.", {
        retryable: true,
        cause,
      })
    }
    return notUnique(columnsOf(database), SOMEBODY, cause)
  }
  // Our own tables: no value of a user's can be the reason.
  if (database.table?.startsWith("directus_sync_")) return withoutValues(cause)
  if (code === "23502") return required(database.column ?? "a field", cause)
  // Class 54: it is larger than something takes, as an index.
  if (/^(?:22|23|54)/.test(code)) {
    const { column, constraint = "a field" } = database
    if (column !== undefined)
      return refusedValue(column, `Medusa's database refuses the value (${code}). Change it.`, cause)
    return new SyncError(
      "rejected_by_host",
      `Medusa's database refuses the value of ${constraint} (${code}). Change it.`,
      { cause },
    )
  }
  return withoutValues(cause)
}

/** MikroORM's own checks before a statement is made (EntityAssigner, ValidationError of 6.6); their text holds the value. */
function fromOrm(error: Error): Error {
  const empty = /^You must pass a non-\w+ value to the property (\w+) of entity/.exec(error.message)?.[1]
  if (empty) return required(empty, error)
  const mistyped = /^Trying to set \w+\.(\w+) of type/.exec(error.message)?.[1]
  if (!mistyped) return error
  return refusedValue(mistyped, "Medusa takes another kind of value here. Change it.", error)
}

const required = (column: string, cause: unknown): SyncError =>
  refusedValue(column, "It must not be empty in Medusa. Give it a value.", cause)
