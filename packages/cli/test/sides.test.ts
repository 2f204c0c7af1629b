import { createServer, type IncomingMessage } from "node:http"
import type { AddressInfo } from "node:net"
import { afterEach, beforeEach, expect, test } from "vitest"
import { backfill } from "../src/commands/backfill.ts"
import { conflicts } from "../src/commands/conflicts.ts"
import type { Command } from "../src/commands/context.ts"
import { diff } from "../src/commands/diff.ts"
import { pause, resume } from "../src/commands/pause.ts"
import { retry } from "../src/commands/retry.ts"
import { status } from "../src/commands/status.ts"
import type { Output } from "../src/output/output.ts"
import type { Settings } from "../src/settings/settings.ts"

/** By method and path, what Medusa answers. */
let answers: Record<string, unknown>
let asked: { what: string; body: unknown }[]
const read = async (request: IncomingMessage): Promise<string> => {
  let text = ""
  for await (const part of request) text += String(part)
  return text
}
const server = createServer((request, response) => {
  void read(request).then((text) => {
    const what = `${request.method ?? ""} ${(request.url ?? "").replace(/\?.*/, "")}`
    asked.push({ what, body: text === "" ? null : JSON.parse(text) })
    response.writeHead(what in answers ? 200 : 500, { "content-type": "application/json" })
    response.end(JSON.stringify(answers[what] ?? {}))
  })
})
/** Where nothing listens any more. */
let gone: string
beforeEach(async () => {
  const other = createServer()
  await new Promise<void>((ready) => other.listen(0, "127.0.0.1", ready))
  gone = `http://127.0.0.1:${String((other.address() as AddressInfo).port)}`
  await new Promise((closed) => other.close(closed))
  answers = {}
  asked = []
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready))
})
afterEach(() => new Promise((closed) => server.close(closed)))

/** Runs a command against a Medusa that answers and a Directus at whose address nothing listens. */
async function run<Options>(command: Command<Options>, options: Options) {
  const lines: string[] = []
  let document: unknown
  const output: Output = {
    isJson: false,
    isTerminal: false,
    print: (line = "") => lines.push(line),
    document: (value) => void (document = value),
    say: () => undefined,
    trace: () => undefined,
    paint: (_, text) => text,
  }
  const settings = {
    medusaUrl: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    medusaKey: "sk_1",
    directusUrl: gone,
    directusToken: "token",
  } as Settings
  const code = await command({ output, settings }, options)
  return { code, text: lines.join("\n"), document }
}

const DOWN =
  /^Directus: Directus does not answer at http:\/\/127\.0\.0\.1:\d+ \(ECONNREFUSED: nothing listens there\)\.\n→ Start/m
const ANSWERS: Record<string, unknown> = {
  "GET /admin/directus/health": {
    health: { state: "ok", problems: [], versions: { host: "2.21.2", sync: "0.1.0", protocol: 1 }, details: null },
  },
  "GET /admin/directus/conflicts": { count: 0, conflicts: [] },
  "GET /admin/directus/quarantine": {
    count: 1,
    records: [
      {
        entity: "product",
        local_id: "prod_1",
        title: "Shirt",
        parent_title: null,
        reason: "rejected_by_host: no",
        candidates: [],
      },
    ],
  },
  "POST /admin/directus/quarantine": {},
  "GET /admin/directus/backfill": { backfill: null },
  "POST /admin/directus/jobs/drift": {
    job: {
      kind: "drift",
      parameters: {},
      state: "done",
      by: null,
      startedAt: "2026-01-01T00:00:00Z",
      endedAt: "2026-01-01T00:00:00Z",
      done: 1,
      total: 1,
      error: null,
      result: { count: 0, drifts: [], waiting: 0 },
    },
  },
}

test.each<[string, () => ReturnType<typeof run>, string]>([
  ["status", () => run(status, {}), "2.21.2"],
  ["conflicts", () => run(conflicts, {}), "No conflict waits on the side that answers."],
  ["retry --list", () => run(retry, { list: true }), "Medusa: 1 record is stopped.\n  product prod_1  Shirt"],
  ["retry", () => run(retry, {}), "Medusa: 1 record is sent again."],
  ["backfill status", () => run(backfill, { action: "status" }), "Medusa: there has been no backfill."],
  ["diff", () => run(diff, {}), "Medusa: nothing differs."],
  ["diff --cancel", () => run(diff, { cancel: true }), "Medusa: nothing is under way."],
])("%s tells what the side knows that answers, and why the other one does not", async (_, ran, told) => {
  answers = {
    ...ANSWERS,
    "GET /admin/directus/jobs/drift": { job: null },
    "GET /admin/directus/jobs/repair": { job: null },
  }
  const { code, text, document } = await ran()
  expect(text).toContain(told)
  expect(text).toMatch(DOWN)
  expect(code).toBe(1)
  expect(JSON.stringify(document)).toContain('"error":{"code":"unreachable"')
})

test("a side that is asked alone and does not answer is an error", async () => {
  await expect(run(retry, { list: true, side: "directus" })).rejects.toMatchObject({ code: "unreachable" })
})

const state = (paused: object | null) => ({
  status: {
    state: paused ? "paused" : "running",
    reason: null,
    epoch: "e",
    peerEpoch: null,
    paused,
    clockOffsetMs: null,
    capture: "installed",
    translations: null,
    directus: null,
    config: null,
  },
})

test("pause and resume ask as the admins do, and say how each side is then", async () => {
  const paused = {
    code: "by_person",
    message: "Ada has paused the sync here.",
    since: "2026-01-01T00:00:00Z",
    both: true,
  }
  answers = { "POST /admin/directus/pause": state(paused), "POST /admin/directus/resume": state(null) }
  const held = await run(pause, { side: "medusa", both: true })
  expect(held).toMatchObject({ code: 0, document: { medusa: { paused } } })
  expect(held.text).toMatch(/^Medusa sends nothing, and takes nothing\./)
  const freed = await run(resume, { side: "medusa" })
  expect(freed).toMatchObject({ code: 0, text: "Medusa goes on.", document: { medusa: { paused: null } } })
  expect(asked).toEqual([
    { what: "POST /admin/directus/pause", body: { both: true } },
    { what: "POST /admin/directus/resume", body: {} },
  ])
})

test("a side that stands still after a resume says why", async () => {
  const paused = { code: "mass_delete", message: "Many records went at once.", since: "2026-01-01T00:00:00Z" }
  answers = { "POST /admin/directus/resume": state(paused) }
  const { code, text } = await run(resume, {})
  expect({ code, text: text.split("\n")[0] }).toEqual({
    code: 1,
    text: "Medusa stands still: Many records went at once.",
  })
  expect(text).toMatch(DOWN)
})
