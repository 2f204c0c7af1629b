import type { Host } from "../hosts/host.ts"
import { waiting } from "../output/progress-bar.ts"
import { cut, formatTable } from "../output/table.ts"
import { EXIT } from "../problem.ts"
import { bySide, type Context } from "./context.ts"

/** What a backfill would do; writes nothing. Exit code 1 when it would stop at some records. */
export async function preview({ output }: Context, hosts: Host[], kinds: string[] | undefined): Promise<number> {
  const previews = await waiting(output, "Asking what a backfill would do", () =>
    Promise.all(hosts.map(async (host) => [host, await host.preview(kinds)] as const)),
  )
  output.document(bySide(previews))
  const rows = previews.map(([{ name }, { create, match, change, same, stopped }]) => [
    name,
    ...[create, match, change, same, stopped].map(String),
  ])
  const head = ["records of", "made", "linked", "changed", "the same", "stopped"]
  for (const line of formatTable([head, ...rows])) output.print(line)
  for (const [{ name }, { problems }] of previews)
    for (const { entity, localId, reason } of problems)
      output.print(`${name}: ${entity} ${localId}: ${cut(reason, 300)}`)
  return previews.every(([, { stopped }]) => stopped === 0) ? EXIT.fine : EXIT.problems
}
