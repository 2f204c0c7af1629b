import type { Observed, Problem, RecordCounts } from "medusa-directus-core"
import type { CaptureSql } from "../modules/directus-sync/capture/capture-sql"
import { captureState } from "../modules/directus-sync/capture/install-capture"
import type { Sql } from "./sql"
import { readCounts } from "./status"

/**
 * What Medusa's half counts and sees of itself.
 *
 * @param known - problems that are there as long as the process.
 */
export async function observe(sql: Sql, capture: CaptureSql, known: readonly Problem[]): Promise<Observed> {
  const { active, quarantined, unlinked, due, later, stopped, oldest_pending, conflicts } = await readCounts(sql)
  const records: RecordCounts = {
    active,
    quarantined,
    unlinked,
    pending: due + later,
    stopped,
    oldestAt: oldest_pending?.toISOString() ?? null,
    openConflicts: conflicts,
  }
  const missing: Problem = {
    code: "capture_missing",
    since: null,
    message:
      "The triggers that record changes are not there as this version wants them: changes in Medusa are missed. Restart Medusa, which installs them; its log says what keeps it from that. The next sweep finds what was missed.",
  }
  return { records, problems: [...((await captureState(sql, capture)) === "missing" ? [missing] : []), ...known] }
}
