import { hostsOf, bySide, type Command } from "./context.ts"
import { waiting } from "../output/progress-bar.ts"
import { formatTable } from "../output/table.ts"
import { counted } from "../output/words.ts"
import { EXIT } from "../problem.ts"
import { readCount } from "./read-count.ts"

interface DiffOptions {
  side?: string
  limit?: string
  repair?: boolean
}

const MEANS: Record<string, string> = {
  new: "not told yet",
  changed: "changed",
  gone: "deleted",
  back: "is there again",
  untold: "its change was not told",
}

/** Changes that told nobody. Exit code 1 when there are some, 0 when there are none or they were told by `--repair`. */
export const diff: Command<DiffOptions> = async (context, { side, limit = "200", repair = false }) => {
  const { output } = context
  const most = readCount("--limit", limit, 1000)
  const hosts = hostsOf(context, side)
  const found = await waiting(output, "Comparing all records with what was told last", () =>
    Promise.all(hosts.map(async (host) => [host, await host.drift(most)] as const)),
  )
  const told = await Promise.all(
    found.map(async ([host, { total }]) => [host, repair && total > 0 ? await host.repairAll() : 0] as const),
  )
  output.document(
    bySide(
      found.map(([host, { total, rows }], i) => [
        host,
        { count: total, drifts: rows, ...(repair ? { told: told[i]?.[1] ?? 0 } : {}) },
      ]),
    ),
  )
  for (const [i, [{ name }, { total, rows }]] of found.entries()) {
    output.print(
      total === 0 ? `${name}: nothing differs.` : `${name}: ${counted(total, "record")} changed and told nobody.`,
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
  const all = found.reduce((sum, [, { total }]) => sum + total, 0)
  if (all > 0 && !repair) output.print("→ The next sweep tells them. Now: npx medusa-directus diff --repair")
  return all === 0 || repair ? EXIT.fine : EXIT.problems
}
