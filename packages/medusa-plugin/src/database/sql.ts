import type { Knex } from "@medusajs/framework/mikro-orm/knex"

/** Medusa's shared Knex (`__pg_connection__`), or one transaction of it. */
export type Sql = Knex | Knex.Transaction
export type Connection = Knex
export type Transaction = Knex.Transaction

/**
 * Runs one statement; an array among `bindings` is one PostgreSQL array (`= any(?)`).
 *
 * @throws Error that names PostgreSQL's code alone: Knex's own text is the statement with its values.
 */
export async function query<Row>(sql: Sql, text: string, bindings: readonly unknown[] = []): Promise<Row[]> {
  try {
    const { rows } = await sql.raw<{ rows: Row[] }>(text, bindings as Knex.RawBinding[])
    return rows
  } catch (error) {
    throw withoutValues(error)
  }
}

/** The same error without the statement; what is not from PostgreSQL is returned as it is. */
export function withoutValues(error: unknown): unknown {
  const { code, table } = databaseError(error) ?? {}
  return code === undefined
    ? error
    : new Error(`PostgreSQL error ${code}${table === undefined ? "" : ` on ${table}`}`, { cause: error })
}

export interface DatabaseError {
  code: string
  table?: string
  column?: string
  constraint?: string
  /** "Key (a, b)=(1, 2) already exists." Holds values: take nothing but the names from it. */
  detail?: string
}

/** Finds PostgreSQL's own error below those that Knex, MikroORM and Medusa put around it. */
export function databaseError(error: unknown): DatabaseError | null {
  for (let at = error, depth = 0; typeof at === "object" && at !== null && depth < 5; depth++) {
    const { code, cause, previous } = at as { code?: unknown; cause?: unknown; previous?: unknown }
    if (typeof code === "string" && /^[0-9A-Z]{5}$/.test(code)) return at as DatabaseError
    at = cause ?? previous
  }
  return null
}
