import { describe, expect, it } from "vitest"
import { judgeHealth } from "../src/health/health.ts"
import { plainHttp } from "../src/health/plain-http.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { goesInClear } from "../src/wire/in-clear.ts"
import { Pair } from "./pair.ts"

describe("what is sent can be read on the way", () => {
  it.each([
    "http://shop.example.com",
    "http://shop.example.com:9000/shop",
    "HTTP://SHOP.EXAMPLE.COM",
    "http://localhost.example.com",
    "http://127.0.0.1.example.com",
    "http://internal.example.com",
    "http://203.0.113.7",
    "http://10.0.0.5:9000",
    "http://192.168.1.20",
    "http://172.17.0.2",
    "http://128.0.0.1",
    "http://[2001:db8::1]",
    "http://[fd00::1]:9000",
    "http://[::ffff:10.0.0.5]",
  ])("to another machine by plain http: %s", (address) => expect(goesInClear(address)).toBe(true))

  it.each([
    "https://shop.example.com",
    "https://10.0.0.5",
    "http://localhost",
    "http://localhost.:9000",
    "http://shop.localhost:9000",
    "http://127.0.0.1:9000",
    "http://127.1",
    "http://2130706433",
    "http://127.8.9.10",
    "http://0.0.0.0:9000",
    "http://[::1]:9000",
    "http://[::]:9000",
    "http://[::ffff:127.0.0.1]",
    "http://medusa:9000",
    "http://directus",
    "http://shop.railway.internal:9000",
    "http://medusa.shop.svc.cluster.local",
  ])("not where nobody is between, or the two have names of one network: %s", (address) =>
    expect(goesInClear(address)).toBe(false),
  )
})

describe("a way that others can read", () => {
  it("is told with what they can do, and whose option it is", () => {
    const [synced] = plainHttp("medusa", "http://cms.example.com:8055/cms", false)
    expect(synced).toMatchObject({ code: "plain_http", since: null, severity: "note" })
    expect(synced?.message).toMatch(
      /^Synced data can be read on its way to Directus\. directusUrl in medusa-config leads to cms\.example\.com:8055 by plain http\. Nobody can change/,
    )
    expect(synced?.fix).toBe("Use an https address, unless nobody else is on that network.")
    const [key] = plainHttp("directus", "http://shop.example.com", true)
    expect(key?.message).toMatch(
      /^A secret key can be read on its way to Medusa\. MEDUSA_URL in Directus leads to shop\.example\.com .*read it, and do all that it allows\.$/,
    )
    expect(key?.fix).toMatch(/https address and replace the key/)
    for (const address of ["https://cms.example.com", "http://directus:8055"])
      expect(plainHttp("medusa", address, false)).toEqual([])
  })

  it("is in the health, and nothing stands still or is degraded because of it", async () => {
    const { medusa } = new Pair(resolveConfig())
    const now = new Date()
    const control = { ...medusa.control, lastSuccessAt: now.toISOString(), lastReceivedAt: now.toISOString() }
    const observed = await medusa.ports.observe()
    const problems = plainHttp("medusa", "http://cms.example.com", false)
    const apart = { count: 0, fields: [] }
    const seen = {
      ...{ side: "medusa" as const, control, observed: { ...observed, problems }, peer: "untold" as const },
      ...{ apart, now },
    }
    expect(judgeHealth(seen, null)).toMatchObject({ state: "ok", problems: [{ code: "plain_http" }] })
  })
})
