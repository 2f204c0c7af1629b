import { setTimeout as rest } from "node:timers/promises"
import type { JobParameters, JobResults, WalkKind, Host } from "../hosts/host.ts"
import type { Job } from "../hosts/shapes.ts"
import type { Output } from "../output/output.ts"
import { startBar } from "../output/progress-bar.ts"
import { duration } from "../output/words.ts"
import { EXIT, Problem } from "../problem.ts"
import { answered, haveAllAnswered, printUnanswered, tellEach, toldBySide, type Each } from "./context.ts"

/** How work on a whole catalogue is shown, and how it is ended. */
interface Watched {
  /** What is going on, above the bar. */
  text: string
  /** What ends it. */
  cancel: string
}

/** Milliseconds between looks. */
const LOOK = 300
/** As a shell says that Ctrl-C has ended a program. */
const LEFT = 130

/**
 * Starts a job in each of these hosts, or joins the same one that is under way there, and waits for its end. Leaving ends
 * nothing: the jobs go on in the hosts. One that has no result says why, and keeps no other one from its own.
 */
export async function runJobs<Kind extends WalkKind>(
  output: Output,
  hosts: Host[],
  kind: Kind,
  parameters: JobParameters[Kind],
  watched: Watched,
): Promise<Each<JobResults[Kind]>> {
  const starting = new Map(hosts.map((host) => [host, startOrJoin(host, kind, parameters)]))
  const started = (await Promise.allSettled(starting.values())).map((start) =>
    start.status === "fulfilled" ? start.value : null,
  )
  const total = started.reduce((sum, job) => sum + (job?.total ?? 0), 0)
  const bar = startBar(output, total, watched.text)
  const done = new Map<Host, number>()
  const leave = whenLeft(
    output,
    hosts.filter((_, i) => started[i]),
    watched,
  )
  try {
    return await tellEach(hosts, async (host) => {
      let job = await (starting.get(host) as Promise<Job<JobResults[Kind]>>)
      while (job.state === "running") {
        await rest(LOOK)
        job = (await host.job(kind)) ?? job
        done.set(host, job.done)
        const sum = [...done.values()].reduce((a, b) => a + b, 0)
        bar.move(sum, `${watched.text}: ${String(sum)} of ${String(total)}`)
      }
      return resultOf(host, job)
    })
  } finally {
    leave()
    bar.stop(watched.text)
  }
}

async function startOrJoin<Kind extends WalkKind>(
  host: Host,
  kind: Kind,
  parameters: JobParameters[Kind],
): Promise<Job<JobResults[Kind]>> {
  try {
    return await host.startJob(kind, parameters)
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== "conflict") throw error
    const job = await host.job(kind)
    const isSame = JSON.stringify(job?.parameters) === JSON.stringify(parameters)
    if (job?.state === "running" && isSame) return job
    throw error
  }
}

/** Says on leaving that the jobs go on. @returns what calls that off */
function whenLeft(output: Output, hosts: Host[], { cancel }: Watched): () => void {
  const tell = (): void => {
    const where = hosts.map(({ name }) => name).join(" and ")
    output.say(
      `It goes on in ${where}. Run the same command with --last to see what it has found; to end it: ${cancel}`,
    )
    process.exitCode = LEFT
  }
  const end = (): void => process.exit(LEFT)
  process.once("exit", tell)
  process.once("SIGINT", end)
  return () => {
    process.removeListener("exit", tell)
    process.removeListener("SIGINT", end)
  }
}

function resultOf<Result>({ name }: Host, { state, error, result }: Job<Result>): Result {
  if (state === "done") return result
  if (error)
    throw new Problem({
      code: error.code === "peer_unreachable" ? "peer_unreachable" : "failed",
      message: `${name}: ${error.message}`,
      fix:
        error.code === "peer_unreachable"
          ? "Start the other side, or see why it does not answer: npx medusa-directus doctor"
          : "Run it again; the log of the host has the cause.",
    })
  throw new Problem({
    code: "cancelled",
    message: `${name}: somebody has cancelled it meanwhile.`,
    fix: "Run it again.",
  })
}

/** What the last ones have found, and how long ago. */
export function lastJobs<Kind extends WalkKind>(
  output: Output,
  hosts: Host[],
  kind: Kind,
): Promise<Each<JobResults[Kind]>> {
  return tellEach(hosts, async (host) => {
    const job = await host.job(kind)
    if (job?.state === "running")
      throw new Problem({
        code: "not_ready",
        message: `${host.name}: it is under way since ${job.startedAt} (${String(job.done)} of ${String(job.total)} records).`,
        fix: "Run it without --last to watch it, or later.",
      })
    if (!job?.endedAt)
      throw new Problem({
        code: "not_found",
        message: `${host.name}: there has been none.`,
        fix: "Run it without --last.",
      })
    const ago = duration((Date.now() - Date.parse(job.endedAt)) / 1000)
    output.say(`${host.name}: from ${ago} ago${job.by === null ? "" : `, started by ${job.by}`}.`)
    return resultOf(host, job)
  })
}

/** Ends what is under way. */
export async function cancelJobs(output: Output, hosts: Host[], kinds: WalkKind[]): Promise<number> {
  const told = await tellEach(hosts, async (host) => {
    const ended = await Promise.all(
      kinds.map(async (kind) => ((await host.job(kind))?.state === "running" ? host.cancelJob(kind) : null)),
    )
    return ended.filter((job) => job !== null)
  })
  const cancelled = answered(told)
  output.document(toldBySide(told, (jobs) => ({ cancelled: jobs.map(({ kind }) => kind) })))
  for (const [{ name }, jobs] of cancelled)
    output.print(
      jobs.length === 0
        ? `${name}: nothing is under way.`
        : `${name}: cancelled after ${jobs.map(({ done, total }) => `${String(done)} of ${String(total)}`).join(", ")} records.`,
    )
  printUnanswered(output, told)
  return haveAllAnswered(told) ? EXIT.fine : EXIT.problems
}
