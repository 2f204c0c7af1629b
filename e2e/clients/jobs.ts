import type { Job, JobKind, Side } from "medusa-directus-core/host"
import { expect, inject } from "vitest"
import { eventually } from "../eventually.ts"
import { directusToken } from "../stack/places.ts"
import type { Stack } from "../stack/stack.ts"

interface Told {
  status: number
  job: Job
  text: string
}

/** The shape of an answer that came before its job was done. */
export interface Unfinished {
  state: Job["state"]
  result: unknown
}

/** What a job has found, however long it takes: after ten seconds a host answers with the job, to be read later. */
export async function foundBy<Result extends object>(
  answer: Result | Unfinished,
  read: () => Promise<Unfinished>,
): Promise<Result> {
  if (!("state" in answer)) return answer
  const { result } = await eventually(
    "the job is done",
    async () => {
      const job = await read()
      expect(job.state).toBe("done")
      return job
    },
    { within: 120_000 },
  )
  return result as Result
}

/** Work on the whole catalogue, as a script asks either host for it. */
export function makeJobs(stackOf: () => Stack) {
  async function ask(side: Side, path: string, body?: object): Promise<{ status: number; text: string }> {
    const [base, authorization] =
      side === "medusa"
        ? [
            `${stackOf().medusa.url}/admin/directus`,
            `Basic ${Buffer.from(`${inject("e2e").apiKey}:`).toString("base64")}`,
          ]
        : [`${stackOf().directus.url}/medusa-sync`, `Bearer ${directusToken}`]
    const answer = await fetch(`${base}/${path}`, {
      method: body ? "POST" : "GET",
      headers: { authorization, "content-type": "application/json" },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    return { status: answer.status, text: await answer.text() }
  }

  async function told(side: Side, kind: JobKind, body?: object): Promise<Told> {
    const { status, text } = await ask(side, `jobs/${kind}`, body)
    const answer = status < 300 ? (JSON.parse(text) as { job?: Job; data?: Job }) : {}
    return { status, text, job: ("job" in answer ? answer.job : answer.data) as Job }
  }

  return {
    ask,
    start: (side: Side, kind: JobKind, parameters: object = {}) => told(side, kind, { action: "start", ...parameters }),
    cancel: (side: Side, kind: JobKind) => told(side, kind, { action: "cancel" }),
    read: async (side: Side, kind: JobKind): Promise<Job> => (await told(side, kind)).job,
  }
}
