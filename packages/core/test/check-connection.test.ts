import { describe, expect, it } from "vitest"
import { checkConnection, judgeConnection } from "../src/health/check-connection.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { Pair, SECRET } from "./pair.ts"

const failing = (checks: Awaited<ReturnType<typeof checkConnection>>) =>
  checks.filter(({ ok }) => ok !== true).map(({ step, ok, code }) => [step, ok, code])

describe("the check of the connection", () => {
  it("finds nothing wrong where nothing is, whatever the breaker says", async () => {
    const pair = new Pair(resolveConfig())
    const openUntil = new Date(pair.now + 60_000).toISOString()
    await pair.medusa.ports.updateControl({ breaker: { failures: 9, openUntil } })
    expect(failing(await checkConnection(pair.medusa.ports))).toEqual([])
  })

  it("names the step that failed with its message, and claims nothing of those behind it", async () => {
    const pair = new Pair(resolveConfig())
    pair.network = () => {
      throw new Error("connect ECONNREFUSED")
    }
    const away = await checkConnection(pair.medusa.ports)
    expect(failing(away)).toEqual([
      ["answers", false, "peer_unreachable"],
      ...["secret", "mapping", "database", "clocks", "hears_back"].map((step) => [step, null, null]),
    ])
    const wrong = new Pair(resolveConfig(), { medusa: ["another-secret-of-some-length"], directus: [SECRET] })
    expect(failing(await checkConnection(wrong.medusa.ports))[0]).toEqual(["secret", false, "unauthorized"])
  })

  it("shows what the health knows in its step", () => {
    const results = { kind: "results" as const, results: [], epoch: "e" }
    const checks = judgeConnection(results, [
      { code: "peer_not_heard", message: "It has never come here." },
      { code: "fields_left_out", message: "No place for the title." },
      { code: "quarantined", message: "One is stopped." },
    ])
    expect(failing(checks)).toEqual([
      ["hears_back", false, "peer_not_heard"],
      ["fields", false, "fields_left_out"],
    ])
    expect(checks.find(({ step }) => step === "fields")?.message).toBe("No place for the title.")
  })

  it("of a database that may not greet says only that", () => {
    const checks = judgeConnection(null, [{ code: "database_moved", message: "It moved." }])
    expect(checks.map(({ step, ok }) => [step, ok])).toEqual([
      ["answers", null],
      ["secret", null],
      ["mapping", null],
      ["database", false],
      ["clocks", null],
      ["hears_back", null],
      ["fields", true],
    ])
  })
})
