import type { HeldJob, JobStore } from "medusa-directus-core/host"
import { query, type Sql } from "../database/sql"

export function makeJobStore(sql: Sql): JobStore {
  const isWritten = async (text: string, bindings: unknown[]): Promise<boolean> =>
    (await query<{ kind: string }>(sql, text, bindings)).length > 0
  return {
    async list() {
      const rows = await query<{ version: string; job: HeldJob }>(
        sql,
        "select version, job from directus_sync_job order by kind",
      )
      return rows.map(({ version, job }) => ({ version: Number(version), job }))
    },
    async result(kind) {
      const [row] = await query<{ result: unknown }>(sql, "select result from directus_sync_job where kind = ?", [kind])
      return row?.result ?? null
    },
    save(job, result, version) {
      const [head, found] = [JSON.stringify(job), result === undefined ? null : JSON.stringify(result)]
      if (version === null)
        return isWritten(
          "insert into directus_sync_job (kind, version, job, result) values (?, 1, ?::jsonb, ?::jsonb) on conflict do nothing returning kind",
          [job.kind, head, found],
        )
      return isWritten(
        "update directus_sync_job set version = version + 1, job = ?::jsonb, result = coalesce(?::jsonb, result) where kind = ? and version = ? returning kind",
        [head, found, job.kind, version],
      )
    },
    beat: (kind, version) =>
      isWritten("update directus_sync_job set version = version + 1 where kind = ? and version = ? returning kind", [
        kind,
        version,
      ]),
  }
}
