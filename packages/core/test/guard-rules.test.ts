import { describe, expect, it } from "vitest"
import { afterSilence, CLOSED } from "../src/guard/breaker.ts"
import { clockAlert } from "../src/guard/clock.ts"
import { checkHome } from "../src/guard/home.ts"
import { pauseByPerson, resumeByPerson } from "../src/guard/pause.ts"
import { judgeConnection } from "../src/health/check-connection.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { Pair } from "./pair.ts"

const NOW = new Date("2026-01-01T00:00:00Z")
const after = (milliseconds: number): string => new Date(NOW.getTime() + milliseconds).toISOString()

describe("the breaker of a request that hangs", () => {
  const OPENED = { failures: 5, openUntil: after(5_000) }

  it("is as open as after five failures", () => {
    expect(afterSilence(CLOSED, NOW)).toEqual(OPENED)
    expect(afterSilence({ failures: 3, openUntil: after(60_000) }, NOW)).toEqual(OPENED)
    expect(afterSilence({ failures: 8, openUntil: after(-1) }, NOW)).toEqual({ ...OPENED, failures: 8 })
  })

  it("is not open for longer with each look", () => {
    for (const open of [
      { failures: 5, openUntil: after(1_000) },
      { failures: 9, openUntil: after(60_000) },
    ])
      expect(afterSilence(open, NOW)).toBe(open)
  })
})

it("a clock is off by more than a minute, or a person need not know", () => {
  expect([null, 0, 60_000, -60_000].map(clockAlert)).toEqual([null, null, null, null])
  expect(clockAlert(60_001)).toMatch(/is 60 s ahead of this host's\./)
  expect(clockAlert(-90_000)).toMatch(/is 90 s behind this host's\./)
})

describe("a pause", () => {
  const medusa = () => {
    const lines: string[] = []
    const pair = new Pair(resolveConfig(), undefined, { medusa: { log: (line) => void lines.push(line) } })
    return { pair, lines, ports: pair.medusa.ports, paused: () => pair.medusa.control.paused }
  }

  it("says whether anything is taken meanwhile", async () => {
    const { ports, paused } = medusa()
    await pauseByPerson(ports)
    expect(paused()?.message).toBe(
      "A person has paused the sync here: nothing is sent. Changes are kept and follow when somebody resumes it.",
    )
    await pauseByPerson(ports, { both: true })
    expect(paused()?.message).toMatch(/: nothing is sent, and nothing is taken\. Changes/)
  })

  it("of a database that was found elsewhere is logged at each start, and ends with its own answer alone", async () => {
    const { ports, lines, paused } = medusa()
    await checkHome(ports, "here")
    await checkHome(ports, "here")
    expect(lines).toEqual([])
    await checkHome(ports, "elsewhere")
    await checkHome(ports, "elsewhere")
    const line = `Sync is paused (database_moved): ${String(paused()?.message)}`
    expect(lines).toEqual([line, line])
    await expect(resumeByPerson(ports)).rejects.toMatchObject({
      code: "invalid_options",
      message: paused()?.message,
    })
    await resumeByPerson(ports, { home: "elsewhere" })
    expect(paused()).toBeNull()
    expect((await ports.readControl()).home).toBe("elsewhere")
    await resumeByPerson(ports)
    expect((await ports.readControl()).home).toBe("elsewhere")
  })
})

describe("a connection that was not asked for", () => {
  const { control } = new Pair(resolveConfig()).medusa

  it("is known as far as the pause that keeps it silent says", () => {
    const paused = { code: "by_person", message: "m", since: "" } as const
    const unknown = { state: "unknown", code: null, message: null }
    const off = { ...control, paused, clockOffset: 600_000 }
    expect(judgeConnection(null, off, NOW)).toEqual([
      { step: "reach", ...unknown },
      { step: "trust", ...unknown },
      { step: "understood", ...unknown },
      { step: "running", state: "failed", code: "by_person", message: "m" },
      ...["database", "mapping", "heard", "clocks"].map((step) => ({ step, ...unknown })),
    ])
    for (const check of judgeConnection(null, control, NOW)) expect(check).toMatchObject(unknown)
  })

  it("and one that works names the code of a clock that is off", () => {
    const reply = { kind: "results", results: [], epoch: "e" } as const
    const checks = judgeConnection({ ...reply, results: [] }, { ...control, clockOffset: 600_000 }, NOW)
    expect(checks.at(-1)).toMatchObject({ step: "clocks", state: "failed", code: "clock_skew" })
  })
})
