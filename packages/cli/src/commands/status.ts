import type { Host } from "../hosts/host.ts"
import type { Health } from "../hosts/shapes.ts"
import { formatTable } from "../output/table.ts"
import { EXIT } from "../problem.ts"
import { hostsOf, printUnanswered, tellEach, toldBySide, type Command, type Told } from "./context.ts"

interface StatusOptions {
  side?: string
}

/** What each side says of itself. Exit code 1 when one stands still or does not answer. */
export const status: Command<StatusOptions> = async (context, { side }) => {
  const { output } = context
  const told = await tellEach(hostsOf(context, side), (host) => host.health())
  output.document(toldBySide(told, (health) => health))
  if (told.some(([, { value }]) => value)) for (const line of formatTable(tableOf(told))) output.print(line)
  printUnanswered(output, told)
  for (const [{ name }, { value: health }] of told)
    for (const { message, fix } of health?.problems ?? [])
      output.print(`\n${output.paint("yellow", name)}: ${message}${fix ? `\n→ ${fix}` : ""}`)
  return told.every(([, { value }]) => value && value.state !== "stopped") ? EXIT.fine : EXIT.problems
}

const ago = (at: string | null): string => (at === null ? "never" : `${at.slice(0, 19).replace("T", " ")} UTC`)

function tableOf(told: readonly (readonly [Host, Told<Health>])[]): string[][] {
  const row = (title: string, of: (health: Health) => string | number | null | undefined): string[] => [
    title,
    ...told.map(([, { value }]) => (value ? String(of(value) ?? "–") : "–")),
  ]
  return [
    ["", ...told.map(([{ name }]) => name)],
    row("state", ({ state }) => state),
    row("version", ({ versions }) => versions.host),
    row("linked records", ({ details }) => details?.records.active),
    row("to be sent", ({ details }) => details?.records.pending),
    row("stopped", ({ details }) => details?.records.quarantined),
    row("left alone", ({ details }) => details?.records.unlinked),
    row("open conflicts", ({ details }) => details?.records.openConflicts),
    row("last sent", ({ details }) => details && ago(details.lastSuccessAt.sent)),
    row("last received", ({ details }) => details && ago(details.lastSuccessAt.received)),
  ]
}
