import type { Host } from "../hosts/host.ts"
import type { Pause } from "../hosts/shapes.ts"
import { EXIT } from "../problem.ts"
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

interface PauseOptions {
  side?: string
  both?: boolean
}

/** Stops sending on each side, and with `both` taking, until somebody resumes it. */
export const pause: Command<PauseOptions> = async (context, { side, both = false }) => {
  const say = (paused: Pause | null): string =>
    paused === null
      ? "is not paused."
      : `sends nothing${paused.both ? ", and takes nothing" : ""}. Changes are kept, and follow after: npx medusa-directus resume`
  const { isDone } = await steer(context, side, (host) => host.pause(both), say)
  return isDone ? EXIT.fine : EXIT.problems
}

/** Ends a pause, and the rest after failures. Exit code 1 when a side stands still all the same. */
export const resume: Command<PauseOptions> = async (context, { side }) => {
  const say = (paused: Pause | null): string => (paused === null ? "goes on." : `stands still: ${paused.message}`)
  const { isDone, isPaused } = await steer(context, side, (host) => host.resume(), say)
  return isDone && !isPaused ? EXIT.fine : EXIT.problems
}

/** @param say - what is told of a side, behind its name. */
async function steer(
  context: Context,
  side: string | undefined,
  act: (host: Host) => Promise<Pause | null>,
  say: (paused: Pause | null) => string,
): Promise<{ isDone: boolean; isPaused: boolean }> {
  const { output } = context
  const told = await tellEach(hostsOf(context, side), act)
  const results = answered(told)
  output.document(toldBySide(told, (paused) => ({ paused })))
  for (const [{ name }, paused] of results) output.print(`${name} ${say(paused)}`)
  printUnanswered(output, told)
  return { isDone: haveAllAnswered(told), isPaused: results.some(([, paused]) => paused !== null) }
}
