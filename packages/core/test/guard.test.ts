import { describe, expect, it } from "vitest"
import { pushOnce } from "../src/run/run-push.ts"
import { afterFailure, CLOSED, isOpen } from "../src/guard/breaker.ts"
import { clockAlert } from "../src/guard/clock.ts"
import { meetHome, postgresHome } from "../src/guard/home.ts"
import { makeAllowance } from "../src/guard/rate-limit.ts"
import { retryDelay } from "../src/retry.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { Pair } from "./pair.ts"

const AT = new Date("2026-01-01T00:00:00Z")
const restOf = (openUntil: string | null): number => (openUntil ? Date.parse(openUntil) - AT.getTime() : 0)

describe("the breaker", () => {
  it("asks once a second, rests 5 s after five failures, doubling up to 5 minutes", () => {
    const rests: number[] = []
    let breaker = CLOSED
    for (let i = 0; i < 13; i++) {
      breaker = afterFailure(breaker, AT, null)
      rests.push(restOf(breaker.openUntil) / 1000)
    }
    expect(rests).toEqual([1, 1, 1, 1, 5, 10, 20, 40, 80, 160, 300, 300, 300])
  })
  it("waits as long as the peer asks for, but not for ever", () => {
    expect(restOf(afterFailure(CLOSED, AT, 30_000).openUntil)).toBe(30_000)
    expect(restOf(afterFailure(CLOSED, AT, 1e12).openUntil)).toBe(300_000)
  })
  it("does not wait for a time that a clock wrote which was set back since", () => {
    const ahead = new Date(AT.getTime() + 3_600_000)
    expect(isOpen(afterFailure({ failures: 20, openUntil: null }, ahead, null), AT)).toBe(false)
  })

  it("lets a probe through when the rest is over", () => {
    const breaker = afterFailure(CLOSED, AT, null)
    expect(isOpen(breaker, AT)).toBe(true)
    expect(isOpen(breaker, new Date(AT.getTime() + 1000))).toBe(false)
  })
  it("keeps the longest rest whole", () => {
    const breaker = afterFailure({ failures: 20, openUntil: null }, AT, null)
    expect(isOpen(breaker, AT)).toBe(true)
    expect(isOpen(breaker, new Date(AT.getTime() + 299_999))).toBe(true)
  })
  it("probes with one record until the peer has answered", async () => {
    const pair = new Pair(resolveConfig())
    for (const handle of ["a", "b", "c"]) pair.medusa.create("product", { title: handle, handle })
    pair.network = () => {
      throw new Error("nobody there")
    }
    await pushOnce(pair.medusa.ports)
    pair.network = () => undefined
    for (let i = 0; i < 2; i++) {
      pair.now += 60_000
      await pushOnce(pair.medusa.ports)
    }
    expect(pair.messages.map(({ records }) => records.length)).toEqual([3, 1, 2])
  })
})

describe("the clocks", () => {
  it.each([
    [null, null],
    [0, null],
    [60_000, null],
    [-60_000, null],
    [61_400, "The other side's clock is 61 s ahead of this host's. The sync goes on; set both clocks by NTP."],
    [-3_600_000, "The other side's clock is 3600 s behind this host's. The sync goes on; set both clocks by NTP."],
  ])("a difference of %s ms: %s", (offset, alert) => {
    expect(clockAlert(offset)).toBe(alert)
  })
})

describe("the allowance of strangers", () => {
  const bucket = () => makeAllowance({ burst: 3, perSecond: 2 })

  it("is a burst, then so many a second, and says how long to wait", () => {
    const take = bucket()
    expect([0, 0, 0].map((now) => take(1_000_000 + now))).toEqual([0, 0, 0])
    expect(take(1_000_000)).toBe(500)
    expect(take(1_000_250)).toBe(250)
    expect(take(1_000_500)).toBe(0)
    expect(take(1_000_500)).toBe(500)
  })
  it("does not grow beyond the burst, however long nobody came", () => {
    const take = bucket()
    for (let i = 0; i < 3; i++) expect(take(0)).toBe(0)
    const later = Array.from({ length: 4 }, () => take(3_600_000))
    expect(later).toEqual([0, 0, 0, 500])
  })
  it("a clock that is set back fills nothing and empties nothing", () => {
    const take = bucket()
    expect(take(10_000)).toBe(0)
    expect([take(5_000), take(5_000), take(5_000)]).toEqual([0, 0, 500])
  })
})

describe("where a database is", () => {
  const control = (home: string | null, code?: "database_moved" | "unauthorized") => ({
    ...new Pair(resolveConfig()).directus.control,
    home,
    paused: code ? { code, message: "as it was told", since: "2025-12-31T00:00:00.000Z" } : null,
  })

  it("is remembered at the first start, and is no news while it stays", () => {
    expect(meetHome("directus", control(null), "here", AT)).toEqual({ home: "here" })
    expect(meetHome("directus", control("here"), "here", AT)).toEqual({})
  })
  it("ends the pause of a move when it is back, and no other pause", () => {
    expect(meetHome("directus", control("here", "database_moved"), "here", AT)).toEqual({ paused: null })
    expect(meetHome("directus", control("here", "unauthorized"), "here", AT)).toEqual({})
  })
  it("when it moved, names both places and both answers, since the first look", () => {
    const { paused } = meetHome("directus", control("old", "unauthorized"), "new", AT)
    expect(paused).toMatchObject({ code: "database_moved", since: AT.toISOString() })
    expect(paused?.message).toMatch(
      /^The database of Directus was at old and is at new now\..*{"database": "moved"}.*Medusa/,
    )
    expect(meetHome("medusa", control("old", "database_moved"), "new", AT).paused).toMatchObject({
      code: "database_moved",
      since: "2025-12-31T00:00:00.000Z",
    })
  })

  const home = (address: Parameters<typeof postgresHome>[0], may: boolean | undefined, id = "77") => {
    const asked: string[] = []
    const answers = [may === undefined ? undefined : { name: "shop", may }, { id }]
    return postgresHome(address, (text) => {
      asked.push(text)
      return Promise.resolve(answers[asked.length - 1])
    }).then((place) => [place, asked.length] as const)
  }

  it.each([
    [{ host: "db", port: 6543 }, "db:6543/shop"],
    [{ host: "db" }, "db:5432/shop"],
    [{ connectionString: undefined, port: "" }, "localhost:5432/shop"],
    [{ connectionString: "postgres://me:secret@db.test:6000/shop", host: "not-this-one" }, "db.test:6000/shop"],
    [{ connectionString: "postgres://db.test/shop", port: 1 }, "db.test:5432/shop"],
    [{ connectionString: "postgres:///shop?host=/run/postgres" }, "/run/postgres:5432/shop"],
    [{ connectionString: "host=db port=1", host: "as-given" }, "as-given:5432/shop"],
  ])("%j is %s, and no secret is in it", async (address, place) => {
    expect(await home(address, false)).toEqual([place, 1])
  })
  it("names the cluster where its user may know it", async () => {
    expect(await home({ host: "db" }, true)).toEqual(["db:5432/shop (cluster 77)", 2])
  })
  it("asks a database by statements that PostgreSQL knows, and takes an answer without a row", async () => {
    const texts: string[] = []
    await postgresHome({}, (text) => {
      texts.push(text)
      return Promise.resolve({ name: "shop", may: true, id: "1" })
    })
    expect(texts[0]).toContain("current_database() as name")
    expect(texts[0]).toContain("has_function_privilege('pg_control_system()', 'execute') as may")
    expect(texts[1]).toBe("select system_identifier::text as id from pg_control_system()")
    expect(await home({}, undefined)).toEqual(["localhost:5432/undefined", 1])
  })
})

describe("the retry schedule", () => {
  it("is full jitter over 0, 5 s, 30 s, 2 m, 10 m, 30 m, 2 h, 5 h, 10 h, 10 h, then daily", () => {
    const seconds = Array.from({ length: 13 }, (_, attempts) => retryDelay(attempts, 1) / 1000)
    expect(seconds).toEqual([0, 5, 30, 120, 600, 1800, 7200, 18_000, 36_000, 36_000, 86_400, 86_400, 86_400])
    expect(retryDelay(4, 0)).toBe(0)
    expect(retryDelay(4, 0.5)).toBe(300_000)
  })
})
