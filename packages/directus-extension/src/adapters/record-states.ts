import type { Knex } from "knex"
import { judgeRecord, type HostPorts, type Link, type RecordState } from "medusa-directus-core"
import { TABLES } from "../schema/internal-tables"
import { inBatches } from "./batches"

/** A record's state, with the link that it was read from. */
export interface StateWithLink extends RecordState {
  link: Link | null
}

interface Named {
  local_id: string
}

/** How these records are, by their ids; three queries however many they are. */
export async function readStates(
  database: Knex,
  ports: HostPorts,
  entity: string,
  localIds: readonly string[],
): Promise<Map<string, StateWithLink>> {
  const ids = [...new Set(localIds)]
  const control = await ports.readControl()
  const found = await ports.transaction({ own: true }, (tx) => tx.links.find(entity, ids))
  const links = new Map(found.map((link) => [link.localId, link]))
  const [marked, conflicts] = [new Set<string>(), new Map<string, number>()]
  for (const batch of inBatches(ids)) {
    for (const table of [TABLES.dirty, TABLES.mark]) {
      const rows = await database(table).where({ entity }).whereIn("local_id", batch).select<Named[]>("local_id")
      for (const { local_id: id } of rows) marked.add(id)
    }
    const open = (await database(TABLES.conflict)
      .where({ entity })
      .whereIn("local_id", batch)
      .whereNull("resolved_at")
      .groupBy("local_id")
      .select("local_id")
      .count({ n: "*" })) as (Named & { n: string | number })[]
    for (const { local_id: id, n } of open) conflicts.set(id, Number(n))
  }
  return new Map(
    ids.map((id) => {
      const link = links.get(id) ?? null
      const seen = { link, isMarked: marked.has(id), openConflicts: conflicts.get(id) ?? 0 }
      return [id, { ...judgeRecord(seen, control, ports.now()), link }]
    }),
  )
}
