import type { Stack } from "./stack/stack.ts"

type Side = "medusa" | "directus"
export type Pair = { id: string; item: string }

/** Text fields that a ledger writes; every value is written once. */
export const fields = ["title", "subtitle", "description", "material"] as const

type Change = { side: Side; record: string; field: string; was: string | null; value: string | null }
type Edit = { side: Side; record: string; field: string; value: string }

/**
 * Everything that people wrote, and a test-only trigger on each host's table that records every change of a value. An
 * edit must end as the final value of both sides, in a conflict table, or under an edit that was made on a host which
 * showed it: then its author had seen it.
 */
export class Ledger {
  readonly #stack: Stack
  readonly pairs: Pair[]
  readonly acknowledged: Edit[] = []
  failed = 0
  #serial = 0

  private constructor(stack: Stack, pairs: Pair[]) {
    this.#stack = stack
    this.pairs = pairs
  }

  static async open(stack: Stack, pairs: Pair[]): Promise<Ledger> {
    await stack.sqlMedusa(auditSql("product"))
    await stack.sqlDirectus(auditSql("products"))
    return new Ledger(stack, pairs)
  }

  /** One edit through the host's own API. A host that is down, or that hangs, is no failure of the test. */
  async edit(side: Side, pair: Pair, field: string): Promise<void> {
    const value = `${side[0]}${++this.#serial} of ${field}`
    const { shop, cms } = this.#stack
    try {
      const edit = side === "medusa" ? shop.edit(pair.id, { [field]: value }) : cms.edit(pair.item, { [field]: value })
      await answeredIn(patience, edit)
      this.acknowledged.push({ side, record: side === "medusa" ? pair.id : pair.item, field, value })
    } catch {
      this.failed += 1
    }
  }

  /** @returns what is wrong, one line each; empty when every rule holds. Call it when both sides are settled. */
  async faults(): Promise<string[]> {
    const [medusa, directus] = await Promise.all([this.#changes("medusa"), this.#changes("directus")])
    const changes = [...medusa, ...directus]
    const committed = new Set(changes.map(({ side, value }) => `${side} ${value}`))
    const overwrittenBySeeing = new Set(
      changes.filter(({ side, value }) => value?.startsWith(side[0] ?? "")).map(({ was }) => was),
    )
    const inbox = new Set((await this.#stack.conflicts()).map(({ losingValue }) => losingValue))
    const faults: string[] = []
    const final = new Set<unknown>()
    for (const { id, item } of this.pairs) {
      const [product, stored] = [await this.#stack.shop.read(id), await this.#stack.cms.read(item)]
      for (const field of fields) {
        if (product[field] !== stored[field])
          faults.push(`diverged: ${id}.${field} is ${product[field]}, ${item} holds ${String(stored[field])}`)
        else final.add(product[field])
      }
    }
    for (const { side, value } of this.acknowledged)
      if (!committed.has(`${side} ${value}`)) faults.push(`acknowledged and never stored: ${value}`)
    for (const { side, record, field, value } of changes) {
      if (!value?.startsWith(side[0] ?? "")) continue
      if (final.has(value) || inbox.has(value) || overwrittenBySeeing.has(value)) continue
      faults.push(`lost: ${value} (${side} ${record}.${field})`)
    }
    return faults
  }

  async #changes(side: Side): Promise<Change[]> {
    const rows = await (side === "medusa" ? this.#stack.sqlMedusa(readSql) : this.#stack.sqlDirectus(readSql))
    return rows.map((row) => ({ side, ...row }) as Change)
  }
}

/** Milliseconds that a person waits for an answer. What is stored later counts all the same. */
const patience = 15_000

async function answeredIn(milliseconds: number, edit: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("no answer in time")), milliseconds)
  })
  await Promise.race([edit, late]).finally(() => clearTimeout(timer))
}

const readSql = "select record, field, was, value from e2e_audit order by seq"

const auditSql = (table: string) => `
  create table if not exists e2e_audit (seq bigserial primary key, record text, field text, was text, value text);
  create or replace function e2e_audit() returns trigger language plpgsql as $$
  begin
    insert into e2e_audit (record, field, was, value)
    select new.id::text, f.name, f.was, f.value
    from (values ${fields.map((field) => `('${field}', old.${field}::text, new.${field}::text)`).join(", ")}) f(name, was, value)
    where f.was is distinct from f.value;
    return null;
  end $$;
  create or replace trigger e2e_audit after update on ${table} for each row execute function e2e_audit();`
