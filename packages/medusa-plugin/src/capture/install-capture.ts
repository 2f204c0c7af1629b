import type { Logger } from "medusa-directus-core/host"
import { query, type Connection, type Sql } from "../database/sql"
import type { CaptureSql } from "./capture-sql"

/** What changed while the triggers were missing was not seen. Before the migration there is no such table. */
const SWEEP_SOON = `do $do$ begin
  if to_regclass('directus_sync_turn') is not null then delete from directus_sync_turn where task = 'sweep'; end if;
end $do$;`

export type CaptureState = "installed" | "missing" | "not_migrated"

/** Whether the triggers are there as this version of the plugin and its mapping want them. */
export async function captureState(sql: Sql, { state: statement, version }: CaptureSql): Promise<CaptureState> {
  const [state] = await query<{
    migrated: boolean
    shut: boolean
    version: string | null
    have: number
    want: number
  }>(sql, statement)
  if (!state?.migrated) return "not_migrated"
  return state.version === version && state.shut && state.have === state.want ? "installed" : "missing"
}

/**
 * Installs the capture triggers when they are missing or of another version. Several processes may do so at once.
 * Never throws.
 *
 * @returns `missing` when it has to be tried again.
 */
export async function installCapture(connection: Connection, capture: CaptureSql, log: Logger): Promise<CaptureState> {
  try {
    const before = await captureState(connection, capture)
    if (before !== "missing") return before
    await connection.transaction(async (sql) => {
      // create trigger waits for open writes on the table, and then lets no other pass.
      await query(sql, `select set_config('lock_timeout', '3s', true)`)
      await query(sql, `select pg_advisory_xact_lock(hashtext('directus_sync_capture'))`)
      if ((await captureState(sql, capture)) !== "missing") return
      await query(sql, capture.install)
      await query(sql, SWEEP_SOON)
    })
    const after = await captureState(connection, capture)
    if (after === "installed") log.info("Directus sync: the triggers that record changes are installed.")
    else log.error("Directus sync: the triggers that record changes were installed, and are not as they should be.")
    return after
  } catch (error) {
    const reason = error instanceof Error ? error.message : "unknown error"
    log.error(
      `Directus sync: the triggers that record changes could not be installed (${reason}). Changes are missed until they are; the next try is in 30 s.`,
    )
    return "missing"
  }
}
