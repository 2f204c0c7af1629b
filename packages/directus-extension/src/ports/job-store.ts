import type { Knex } from "knex"
import type { HeldJob, JobStore, WalkKind } from "medusa-directus-core/host"
import { TABLES } from "../database/tables"
import { cleanly } from "../database/database-error"

interface JobRow {
  kind: string
  version: number | string
  job: string
  result: string | null
}

export function makeJobStore(database: Knex): JobStore {
  const rows = () => database<JobRow>(TABLES.job)
  const next = (kind: WalkKind, version: number, change: Partial<JobRow>): Promise<boolean> =>
    cleanly(async () => {
      const changed = await rows()
        .where({ kind, version })
        .update({ ...change, version: version + 1 })
      return changed > 0
    })
  return {
    list: () =>
      cleanly(async () => {
        const found = await rows().select("version", "job").orderBy("kind")
        return found.map(({ version, job }) => ({ version: Number(version), job: JSON.parse(job) as HeldJob }))
      }),
    result: (kind) =>
      cleanly(async () => {
        const row = await rows().where({ kind }).first("result")
        return row?.result == null ? null : (JSON.parse(row.result) as unknown)
      }),
    save(job, result, version) {
      const { kind } = job
      const change = { job: JSON.stringify(job), ...(result === undefined ? {} : { result: JSON.stringify(result) }) }
      if (version !== null) return next(kind, version, change)
      return cleanly(async () => {
        await rows()
          .insert({ kind, version: 1, ...change })
          .onConflict("kind")
          .ignore()
        const row = await rows().where({ kind }).first("job")
        return row !== undefined && (JSON.parse(row.job) as HeldJob).id === job.id
      })
    },
    beat: (kind, version) => next(kind, version, {}),
  }
}
