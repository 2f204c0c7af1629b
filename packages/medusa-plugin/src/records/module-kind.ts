import type { HostModules } from "./host-modules"
import { callModule } from "./module-methods"
import type { KindTools, RecordKind } from "./record-kind"
import { query } from "../database/sql"

export interface ModuleKind {
  table: string
  /** The model's name in the module's service: `ProductTag` for `createProductTags`. */
  model: string
  service(modules: HostModules): object
  idPrefix?: string
  unique?: readonly string[]
  whenNull?: RecordKind["whenNull"]
  /** The workflow events of the kind, where Medusa has such. */
  events?: { CREATED: string; UPDATED: string; DELETED: string }
}

/** A kind that is one table and the methods that Medusa generates for its model: a shop's own are nothing else. */
export function moduleKind({ table, model, service, events, ...rest }: ModuleKind): RecordKind {
  const call = (
    { calls, modules }: KindTools,
    verbs: Parameters<typeof callModule>[3],
    ...args: unknown[]
  ): Promise<unknown> => callModule(calls, service(modules), model, verbs, args)
  return {
    table,
    select: () => `select r.* from "${table}" r`,
    unique: rest.unique ?? [],
    idPrefix: rest.idPrefix ?? null,
    whenNull: rest.whenNull ?? {},
    async create(tools, records) {
      const created = (await call(tools, ["create"], records)) as { id: string }[]
      return records.map((record, i) => (typeof record.id === "string" ? record.id : (created[i]?.id ?? "")))
    },
    async update(tools, changes) {
      // Where Medusa overrides it, `update` takes one patch for all of a selection, and `upsert` one for each.
      await call(tools, ["upsert", "update"], changes)
    },
    async remove(tools, ids) {
      await call(tools, ["softDelete"], ids, {})
    },
    async restore(tools, ids) {
      const deleted = await query<{ id: string }>(
        tools.sql,
        `select id from "${table}" where id = any(?) and deleted_at is not null`,
        [ids],
      )
      if (deleted.length > 0)
        await call(
          tools,
          ["restore"],
          deleted.map(({ id }) => id),
          {},
        )
    },
    announce({ calls }, { created, updated, removed }) {
      if (!events) return
      calls.announce(events.DELETED, removed)
      calls.announce(events.CREATED, created)
      calls.announce(events.UPDATED, updated)
    },
  }
}
