import { describe, expect, it } from "vitest"
import { resolveConfig } from "../src/mapping/config.ts"
import { pauseByPerson } from "../src/guard/pause.ts"
import { checkConnection, judgeConnection } from "../src/health/check-connection.ts"
import type { ConnectionStep } from "../src/operate/check-steps.ts"
import { explainCheck } from "../src/operate/explain-check.ts"
import { sayHello } from "../src/send/ask-peer.ts"
import { Pair, SECRET } from "./pair.ts"

const states = async (pair: Pair) =>
  Object.fromEntries((await checkConnection(pair.medusa.ports)).map(({ step, state }) => [step, state]))

const all = (state: string) => ({
  reach: state,
  trust: state,
  understood: state,
  running: state,
  database: state,
  mapping: state,
  heard: state,
  clocks: state,
})

it("a connection that works passes every step", async () => {
  const pair = new Pair(resolveConfig())
  await sayHello(pair.directus.ports)
  expect(await states(pair)).toEqual(all("ok"))
})

it("no step is called right that lies behind one that failed", async () => {
  const pair = new Pair(resolveConfig())
  pair.network = () => {
    throw Object.assign(new Error("refused"), { code: "ECONNREFUSED" })
  }
  expect(await states(pair)).toEqual({ ...all("unknown"), reach: "failed" })
  expect(await checkConnection(pair.medusa.ports)).toContainEqual({
    step: "reach",
    state: "failed",
    code: "peer_unreachable",
    message: "ECONNREFUSED",
  })
})

it("another secret is told from an address that does not answer", async () => {
  const pair = new Pair(resolveConfig(), { medusa: [SECRET], directus: [`${SECRET}-of-another`] })
  expect(await states(pair)).toMatchObject({ reach: "ok", trust: "failed", mapping: "unknown" })
})

it("a pause is named, on the other side and on this one", async () => {
  const pair = new Pair(resolveConfig())
  await sayHello(pair.directus.ports)
  await pauseByPerson(pair.directus.ports, { both: true })
  expect(await states(pair)).toMatchObject({ reach: "ok", trust: "ok", running: "failed", mapping: "unknown" })
  await pauseByPerson(pair.medusa.ports, { both: true })
  expect(await checkConnection(pair.medusa.ports)).toContainEqual(
    expect.objectContaining({ step: "running", state: "failed", code: "by_person" }),
  )
})

it("a peer that answers and is never heard, and a clock that is off, fail alone", async () => {
  const pair = new Pair(resolveConfig())
  await sayHello(pair.directus.ports)
  pair.now += 600_000
  pair.skew.directus = 120_000
  expect(await states(pair)).toEqual({ ...all("ok"), heard: "failed", clocks: "failed" })
})

it("a refusal is told in the words of the pause that it caused, and of no other one", () => {
  const { control } = new Pair(resolveConfig()).medusa
  const refused = { kind: "refused", code: "config_mismatch", message: "The mapping differs." } as const
  const told = (code: "config_mismatch" | "mass_delete") =>
    judgeConnection(
      refused,
      { ...control, paused: { code, message: "as the pause says", since: "2026-01-01T00:00:00.000Z" } },
      new Date(),
    ).find(({ state }) => state === "failed")?.message
  expect(told("config_mismatch")).toBe("as the pause says")
  expect(told("mass_delete")).toBe("The mapping differs.")
})

it("a peer that refuses the message as such is not told of as one with another secret", () => {
  const { control } = new Pair(resolveConfig()).medusa
  const refused = { kind: "refused", code: "invalid_message", message: "unrecognized_keys" } as const
  const checks = judgeConnection(refused, control, new Date())
  expect(checks.map(({ step, state }) => `${step} ${state}`).slice(0, 4)).toEqual([
    "reach ok",
    "trust ok",
    "understood failed",
    "running unknown",
  ])
})

describe.each(["medusa", "directus"] as const)("on the page of %s", (side) => {
  it.each(["en", "de"] as const)("each step has its words and its fix in %s", (language) => {
    for (const step of Object.keys(all("ok")) as ConnectionStep[])
      for (const code of [null, "unauthorized", "invalid_message"] as const) {
        const { title, fix } = explainCheck({ step, code }, side, language)
        expect(title).toMatch(/^\S.*[^.]$/)
        expect(fix).toMatch(/\.$/)
        expect(`${title} ${fix}`).not.toMatch(/\{\{|undefined/)
      }
  })
})
