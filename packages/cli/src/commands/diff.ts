import { answered, bySide, hostsOf, printUnanswered, toldBySide, type Command, type Each } from "./context.ts"
import { formatTable } from "../output/table.ts"
import { counted } from "../output/words.ts"
import { EXIT } from "../problem.ts"
import { readCount } from "./read-count.ts"
import { cancelJobs, lastJobs, runJobs } from "./watch-jobs.ts"

interface DiffOptions {
  side?: string
  limit?: string
  repair?: boolean
  last?: boolean
  cancel?: boolean
}

const MEANS: Record<string, string> = {
  new: "not told yet",
  changed: "changed",
  gone: "deleted",
  back: "is there again",
  untold: "its change was not told",
  apart: "has fields that are new here",
}

/** Changes that told nobody, and how many others wait to be sent. Exit code 1 when there are some, 0 when there are none or they were told by `--repair`. */
export const diff: Command<DiffOptions> = async (context, { side, limit = "200", repair = false, last, cancel }) => {
  const { output } = context
  const most = readCount("--limit", limit, 1000)
  const hosts = hostsOf(context, side)
  if (cancel) return cancelJobs(output, hosts, ["drift", "repair"])
  const watched = (text: string) => ({ text, cancel: "npx medusa-directus diff --cancel" })
  const reports = last
    ? await lastJobs(output, hosts, "drift")
    : await runJobs(output, hosts, "drift", {}, watched("Comparing all records with what was told last"))
  const found = answered(reports).map(
    ([host, { count, drifts, waiting }]) => [host, { total: count, rows: drifts.slice(0, most), waiting }] as const,
  )
  const differing = repair ? found.filter(([, { total }]) => total > 0).map(([host]) => host) : []
  const repairs =
    differing.length > 0
      ? await runJobs(output, differing, "repair", { leaveDeleted: true }, watched("Telling all of them"))
      : []
  const repaired = new Map(differing.length > 0 ? answered(repairs) : [])
  const told = found.map(([host]) => [host, repaired.get(host)?.marked ?? 0] as const)
  const failed: Each<unknown> = [...reports, ...repairs].filter(([, { error }]) => error)
  output.document({
    ...bySide(
      found.map(([host, { total, rows, waiting }], i) => [
        host,
        { count: total, drifts: rows, waiting, ...(repair ? { told: told[i]?.[1] ?? 0 } : {}) },
      ]),
    ),
    ...toldBySide(failed, () => null),
  })
  for (const [i, [{ name }, { total, rows, waiting }]] of found.entries()) {
    output.print(
      total > 0
        ? `${name}: ${counted(total, "record differs", "records differ")}, and nobody was told.`
        : `${name}: ${waiting > 0 ? "nothing was missed" : "nothing differs"}.`,
    )
    if (waiting > 0)
      output.print(
        `  ${counted(waiting, "record has", "records have")} changed and wait to be sent: npx medusa-directus status.`,
      )
    const lines = rows.map(({ entity, localId, kind, fields }) => [
      entity,
      localId,
      MEANS[kind] ?? kind,
      fields.join(", "),
    ])
    for (const line of rows.length > 0 ? formatTable([["kind", "id", "what", "fields"], ...lines]) : [])
      output.print(`  ${line}`)
    if (rows.length < total) output.print(`  … and ${String(total - rows.length)} more (--limit).`)
    const sent = told[i]?.[1] ?? 0
    if (sent > 0) output.print(`  ${counted(sent, "record is", "records are")} being told now.`)
  }
  printUnanswered(output, failed)
  const all = found.reduce((sum, [, { total }]) => sum + total, 0)
  if (all > 0 && !repair) output.print("→ The next sweep tells them. Now: npx medusa-directus diff --repair")
  return failed.length === 0 && (all === 0 || repair) ? EXIT.fine : EXIT.problems
}
