import type { JobRow, JobStore, WalkKind } from "../operate/job.ts"

/** Rows that several processes may share. */
export function memoryJobs(): JobStore {
  const rows = new Map<WalkKind, JobRow & { result: unknown }>()
  const isStill = (kind: WalkKind, version: number | null) => (rows.get(kind)?.version ?? null) === version
  const list = () => [...rows.values()].map(({ version, job }) => ({ version, job }))
  return {
    list: () => Promise.resolve(structuredClone(list())),
    result: (kind) => Promise.resolve(structuredClone(rows.get(kind)?.result ?? null)),
    save: (job, result = rows.get(job.kind)?.result, version) => {
      if (!isStill(job.kind, version)) return Promise.resolve(false)
      rows.set(job.kind, structuredClone({ job, result, version: (version ?? 0) + 1 }))
      return Promise.resolve(true)
    },
    beat: (kind, version) => {
      const row = rows.get(kind)
      if (!row || !isStill(kind, version)) return Promise.resolve(false)
      rows.set(kind, { ...row, version: version + 1 })
      return Promise.resolve(true)
    },
  }
}
