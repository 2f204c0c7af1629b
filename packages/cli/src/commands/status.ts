import type { Host } from "../hosts/host.ts"
import type { Health } from "../hosts/shapes.ts"
import type { Output } from "../output/output.ts"
import { formatTable } from "../output/table.ts"
import { EXIT, Problem } from "../problem.ts"
import { bySide, hostsOf, type Command } from "./context.ts"

interface StatusOptions {
  side?: string
}

type Told = { health: Health; error?: never } | { health?: never; error: Problem }

/** What each side says of itself. Exit code 1 when one stands still or does not answer. */
export const status: Command<StatusOptions> = async (context, { side }) => {
  const { output } = context
  const told = await Promise.all(hostsOf(context, side).map(async (host) => [host, await tellOf(host)] as const))
  output.document(
    bySide(
      told.map(([host, { health, error }]) => [
        host,
        health ?? { error: { code: error.code, message: error.message, fix: error.fix } },
      ]),
    ),
  )
  if (told.some(([, { health }]) => health)) for (const line of formatTable(tableOf(told))) output.print(line)
  for (const [host, one] of told) printProblems(output, host, one)
  return told.every(([, { health }]) => health && health.state !== "stopped") ? EXIT.fine : EXIT.problems
}

async function tellOf(host: Host): Promise<Told> {
  try {
    return { health: await host.health() }
  } catch (error) {
    if (error instanceof Problem) return { error }
    throw error
  }
}

const ago = (at: string | null): string => (at === null ? "never" : `${at.slice(0, 19).replace("T", " ")} UTC`)

function tableOf(told: readonly (readonly [Host, Told])[]): string[][] {
  const row = (title: string, of: (health: Health) => string | number | null | undefined): string[] => [
    title,
    ...told.map(([, { health }]) => (health ? String(of(health) ?? "–") : "–")),
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

function printProblems(output: Output, { name }: Host, { health, error }: Told): void {
  if (error) output.print(`\n${output.paint("red", name)}: ${error.message}\n→ ${error.fix}`)
  for (const { message } of health?.problems ?? []) output.print(`\n${output.paint("yellow", name)}: ${message}`)
}
