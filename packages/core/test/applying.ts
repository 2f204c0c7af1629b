import { fingerprint } from "../src/document/fingerprint.ts"
import type { Document } from "../src/document/value.ts"
import type { ApplyContext } from "../src/apply/apply-context.ts"
import { planApply, type ApplyPlan } from "../src/apply/plan-apply.ts"
import { settleApply } from "../src/apply/settle-apply.ts"
import { emptyLink, type FieldState, type Link } from "../src/link/link.ts"
import { resolveConfig, type Mapping } from "../src/mapping/config.ts"
import type { EntityDefinition } from "../src/mapping/entity.ts"
import type { HostRow } from "../src/ports.ts"
import type { WireRecord } from "../src/wire/messages.ts"

export const NOW = new Date("2026-01-01T00:00:00Z")
export const EARLIER = "2025-01-01T00:00:00.000Z"
export const contextOf = (more: Partial<ApplyContext> = {}): ApplyContext => ({
  side: "directus",
  now: NOW,
  syncId: "sync-1",
  epochs: { medusa: "em", directus: "ed" },
  base: 0,
  ...more,
})

export const kind = (name = "product", mapping: Mapping = {}): EntityDefinition => {
  const found = resolveConfig(mapping).entities.get(name)
  if (!found) throw new Error(name)
  return found
}

export const SHIRT = { title: "Shirt", handle: "shirt", status: "published" }
export const told = (fields: Document, r = 0): Record<string, FieldState> =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, { fp: fingerprint(value), r }]))

/** Directus's link to Medusa's m1: it has taken in all up to rev 4, and told all up to 3. */
export const link = (more: Partial<Link> = {}): Link => ({
  ...emptyLink("product", "d1"),
  peerId: "m1",
  rev: 3,
  acked: 3,
  seen: 4,
  fields: told(SHIRT),
  lastSyncedAt: EARLIER,
  syncSource: "directus",
  ...more,
})

export const record = (fields: WireRecord["fields"] = {}, more: Partial<WireRecord> = {}): WireRecord => ({
  entity: "product",
  id: "m1",
  peer: "d1",
  key: null,
  rev: 6,
  seen: 3,
  full: false,
  hops: 0,
  alive: true,
  alive_rev: 1,
  fields,
  ...more,
})

export const there = (fields: Document = SHIRT): HostRow => ({ present: true, fields })
export const GONE: HostRow = { present: false, fields: null }

export interface Given {
  before?: Link | null
  localId?: string | null
  row?: HostRow
  entity?: EntityDefinition
  context?: Partial<ApplyContext>
}

export const planned = (
  message: WireRecord,
  { before = link(), localId = "d1", row = there(), entity = kind(), context }: Given = {},
): ApplyPlan => planApply(entity, contextOf(context), message, before, localId, row)

/** The whole apply; the host stores what it is given, unless it is told what it stores. */
export function applied(message: WireRecord, given: Given & { stores?: Document } = {}) {
  const plan = planned(message, given)
  if (plan.kind !== "write") throw new Error(`answered ${plan.result.st}`)
  const { write, draft } = plan
  const { row = there(), entity = kind(), context, stores } = given
  const after = ((): HostRow => {
    if (write?.kind === "remove") return GONE
    if (!write) return row
    const merged = { ...(write.kind === "update" ? row.fields : {}), ...write.fields }
    return there(stores ?? merged)
  })()
  const settled = settleApply(entity, contextOf(context), draft, draft.link.localId || "d9", after)
  return { ...settled, write, fieldsOf: (name: string) => settled.link.fields[name] }
}
