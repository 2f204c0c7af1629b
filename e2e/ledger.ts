import { findInboxFaults, type Kept } from "./inbox-faults.ts"
import type { Stack } from "./stack/stack.ts"

export type Side = "medusa" | "directus"
export type Pair = { id: string; item: string }

/** Text fields that a ledger writes; every value is written once. */
export const fields = ["title", "subtitle", "description", "material"] as const

export type Change = { side: Side; record: string; field: string; was: string | null; value: string | null }
/** `at` and `took` in milliseconds. */
type Edit = { side: Side; record: string; field: string; value: string; at: number; took: number }

/** Which side's person wrote a value; undefined: it is none of the ledger's. */
export const writerOf = (value: string | null): Side | undefined =>
  value?.startsWith("m") ? "medusa" : value?.startsWith("d") ? "directus" : undefined

/**
 * Everything that people wrote, and a test-only trigger on each host's table that records every change of a value. An
 * edit must end as the final value of both sides, in a conflict table, or under an edit that was made on a host which
 * showed it: then its author had seen it. What is in a conflict table lost against an edit whose author had not seen it,
 * and is there once.
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

  /** New products in both hosts, at rest, and the ledger of them. */
  static async ofNew(stack: Stack, count: number): Promise<Ledger> {
    const ids: string[] = []
    for (let i = 0; i < count; i++)
      ids.push(await stack.shop.create({ title: `Load ${String(i)}`, handle: `load-${String(i)}` }))
    const pairs = await Promise.all(ids.map(async (id) => ({ id, item: await stack.itemOf(id) })))
    await stack.settled()
    return Ledger.open(stack, pairs)
  }

  /**
   * One edit through the host's own API. A host that is down, or that hangs, is no failure of the test.
   *
   * @param patience milliseconds that a person waits for an answer; what is stored later counts all the same.
   */
  async edit(side: Side, pair: Pair, field: string, patience = 15_000): Promise<void> {
    const value = `${side[0]}${++this.#serial} of ${field}`
    const { shop, cms } = this.#stack
    const at = Date.now()
    try {
      const edit = side === "medusa" ? shop.edit(pair.id, { [field]: value }) : cms.edit(pair.item, { [field]: value })
      await answeredIn(patience, edit)
      const record = side === "medusa" ? pair.id : pair.item
      this.acknowledged.push({ side, record, field, value, at, took: Date.now() - at })
    } catch {
      this.failed += 1
    }
  }

  /** @returns what is wrong, one line each; empty when every rule holds. Call it when both sides are settled. */
  async faults(): Promise<string[]> {
    const [changes, inbox] = await Promise.all([this.#changes(), this.#inbox()])
    const committed = new Set(changes.map(({ side, value }) => `${side} ${value}`))
    const byPeople = changes.filter(({ side, value }) => writerOf(value) === side)
    const overwrittenBySeeing = new Set(byPeople.map(({ was }) => was))
    const kept = new Set(inbox.map(({ loser }) => loser))
    const faults: string[] = []
    const final = new Set<string | null>()
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
    const takenBack = this.#takenBack(changes)
    for (const change of byPeople) {
      const { side, record, field, value } = change
      if (final.has(value) || kept.has(value ?? "") || overwrittenBySeeing.has(value) || takenBack.has(change)) continue
      faults.push(`lost: ${value} (${side} ${record}.${field})`)
    }
    const times = new Map<string, number>()
    for (const { side, record, field, value } of changes) {
      const name = `${value} (${side} ${record}.${field})`
      times.set(name, (times.get(name) ?? 0) + 1)
    }
    const again = this.#putBack(changes)
    for (const [name, count] of times)
      if (count > 1 && writerOf(name) && !again.has(name.split(" (")[0] ?? ""))
        faults.push(`written ${String(count)} times: ${name}`)
    return [...faults, ...findInboxFaults(changes, inbox, final, again)]
  }

  /** Edits that a host has refused, and whose next change is back to what was there: its workflow undid them. */
  #takenBack(changes: Change[]): Set<Change> {
    const confirmed = new Set<string | null>(this.acknowledged.map(({ value }) => value))
    const takenBack = new Set<Change>()
    const last = new Map<string, Change>()
    for (const change of changes) {
      const place = `${change.side} ${change.record} ${change.field}`
      const before = last.get(place)
      if (before && before.was === change.value && !confirmed.has(before.value)) takenBack.add(before)
      last.set(place, change)
    }
    return takenBack
  }

  /**
   * Values that a host wrote a second time by itself: an edit that failed half way was undone by its workflow (Medusa
   * 2.21). That is a new change of the old value, and may be in a conflict as one.
   */
  #putBack(changes: Change[]): Set<string> {
    const confirmed = new Set<string | null>(this.acknowledged.map(({ value }) => value))
    const undone = changes.filter(
      ({ side, was, value }) =>
        value !== null && writerOf(was) === side && writerOf(value) !== undefined && !confirmed.has(was),
    )
    const stood = new Set<string>()
    const twice = new Set<string>()
    for (const { side, value } of changes) {
      const name = `${side} ${String(value)}`
      if (stood.has(name)) twice.add(String(value))
      stood.add(name)
    }
    return new Set(undone.map(({ value }) => String(value)).filter((value) => twice.has(value)))
  }

  /** Conflicts, each counted once. */
  async conflicts(): Promise<number> {
    return new Set((await this.#inbox()).map(({ id }) => id)).size
  }

  async #changes(): Promise<Change[]> {
    const [medusa, directus] = await Promise.all([this.#stack.sqlMedusa(readSql), this.#stack.sqlDirectus(readSql)])
    const of = (side: Side, rows: Record<string, unknown>[]) => rows.map((row) => ({ side, ...row }) as Change)
    return [...of("medusa", medusa), ...of("directus", directus)]
  }

  /** By SQL, since a list of the API has an end. */
  async #inbox(): Promise<Kept[]> {
    const [medusa, directus] = await Promise.all([
      this.#stack.sqlMedusa(keptSql("directus_sync_conflict", "losing_value #>> '{}'")),
      this.#stack.sqlDirectus(keptSql("medusa_sync_conflict", "losing_value::jsonb #>> '{}'")),
    ])
    const known = new Set(this.pairs.flatMap(({ id, item }) => [id, item]))
    const of = (inbox: Side, rows: Record<string, unknown>[]) => rows.map((row) => ({ inbox, ...row }) as Kept)
    return [...of("medusa", medusa), ...of("directus", directus)].filter(({ record }) => known.has(record))
  }
}

async function answeredIn(milliseconds: number, edit: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("no answer in time")), milliseconds)
  })
  await Promise.race([edit, late]).finally(() => clearTimeout(timer))
}

const readSql = "select record, field, was, value from e2e_audit order by seq"

const keptSql = (table: string, loser: string) =>
  `select id, local_id as record, field, losing_side as side, ${loser} as loser, winning_fingerprint as winner
   from ${table} where kind = 'concurrent' and field in (${fields.map((field) => `'${field}'`).join(", ")})`

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
