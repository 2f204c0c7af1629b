import type { Host } from "../hosts/host.ts"
import type { Quarantined } from "../hosts/shapes.ts"
import type { Output } from "../output/output.ts"
import { counted } from "../output/words.ts"
import { EXIT, Problem, wrongUse } from "../problem.ts"
import {
  answered,
  haveAllAnswered,
  hostsOf,
  printUnanswered,
  tellEach,
  toldBySide,
  type Command,
  type Context,
} from "./context.ts"
import { readCount } from "./read-count.ts"

interface RetryOptions {
  kind?: string
  id?: string
  side?: string
  list?: boolean
  discard?: boolean
  limit?: string
}

/** Sends stopped records again, lists them, or leaves one alone. Exit code 1 when stopped records were listed. */
export const retry: Command<RetryOptions> = async (context, options) => {
  const { kind, id, side, list = false, discard = false, limit = "50" } = options
  const hosts = hostsOf(context, side)
  if (list) return listStopped(context, hosts, readCount("--limit", limit, 200))
  if (kind === undefined) {
    if (discard)
      throw wrongUse("Which record? --discard needs a kind and an id.", "For example: retry product prod_1 --discard")
    return retryAll(context, hosts)
  }
  if (id === undefined)
    throw wrongUse(`Which ${kind}? Its id is missing.`, "npx medusa-directus retry --list shows them.")
  const done = await releaseOne(hosts, { action: discard ? "discard" : "retry", entity: kind, id })
  const { output } = context
  output.document({ side: done.side, entity: kind, id, action: discard ? "discarded" : "retried" })
  output.print(
    discard ? `${done.name} leaves ${kind} ${id} alone from now on.` : `${done.name} sends ${kind} ${id} again.`,
  )
  return EXIT.fine
}

async function listStopped({ output }: Context, hosts: Host[], limit: number): Promise<number> {
  const told = await tellEach(hosts, (host) => host.quarantine({ limit, offset: 0 }))
  const pages = answered(told)
  output.document(toldBySide(told, ({ total, rows }) => ({ total, records: rows })))
  for (const [{ name }, { total, rows }] of pages) {
    output.print(
      total === 0
        ? `${name}: no record is stopped.`
        : `${name}: ${counted(total, "record is", "records are")} stopped.`,
    )
    for (const record of rows) printStopped(output, record)
  }
  printUnanswered(output, told)
  return haveAllAnswered(told) && pages.every(([, { total }]) => total === 0) ? EXIT.fine : EXIT.problems
}

function printStopped(output: Output, { entity, localId, title, parentTitle, reason, candidates }: Quarantined): void {
  const name = [parentTitle, title].filter(Boolean).join(" / ")
  output.print(`  ${entity} ${localId}${name ? `  ${output.paint("bold", name)}` : ""}`)
  output.print(`    ${reason}`)
  if (candidates.length > 0) output.print(`    could be: ${candidates.join(", ")}`)
}

async function retryAll({ output }: Context, hosts: Host[]): Promise<number> {
  const told = await tellEach(hosts, async (host) => {
    const { total } = await host.quarantine({ limit: 1, offset: 0 })
    if (total > 0) await host.release({ action: "retry_all" })
    return total
  })
  const results = answered(told)
  output.document(toldBySide(told, (retried) => ({ retried })))
  for (const [{ name }, retried] of results)
    output.print(
      retried === 0
        ? `${name}: no record is stopped.`
        : `${name}: ${counted(retried, "record is", "records are")} sent again.`,
    )
  printUnanswered(output, told)
  return haveAllAnswered(told) ? EXIT.fine : EXIT.problems
}

/** On the side that knows it: its ids are that side's own. */
async function releaseOne(hosts: Host[], release: Parameters<Host["release"]>[0]): Promise<Host> {
  let last: unknown
  for (const host of hosts) {
    try {
      await host.release(release)
      return host
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== "not_found") throw error
      last = error
    }
  }
  throw last
}
