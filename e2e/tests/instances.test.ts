import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startRedis, type DirectusServer, type MedusaServer, type Redis } from "../../scripts/stack/index.ts"
import { makeCms } from "../clients/cms.ts"
import { eventually, runAgain } from "../eventually.ts"
import { Ledger, type Pair } from "../ledger.ts"
import { startLoad } from "../load.ts"
import { mulberry32 } from "../random.ts"
import { Report } from "../report.ts"
import { seed, sizes } from "../sizes.ts"
import { dataDir, directusToken } from "../stack/places.ts"
import { Stack } from "../stack/stack.ts"
import { takenTwice } from "../taken-twice.ts"

const { redisSeconds } = sizes
const report = new Report("redis")
const random = mulberry32(seed())
/** A lease of 20 s has to run out first. */
const takenOverWithin = 45_000
/** A greeting or a comparison that hangs in the same black hole takes its 30 s first. */
const aloneWithin = 75_000

let redis: Redis
let stack: Stack
/** `stack.medusa` answers requests and sends nothing; this one works. */
let worker: MedusaServer
let second: DirectusServer
let ledger: Ledger
let pair: Pair

beforeAll(async () => {
  redis = await startRedis(join(dataDir, "redis"))
  stack = await Stack.make("instances", {
    medusaEnv: { REDIS_URL: redis.url },
    // A poll is no answer to whether the event of another instance wakes this one.
    plugin: { pollInterval: 15_000 },
    medusaConfig: { modules: medusaModules(redis.url) },
    directusEnv: { REDIS: redis.url, SYNCHRONIZATION_STORE: "redis", CACHE_STORE: "redis" },
  })
  stack.medusa.spec.env["MEDUSA_WORKER_MODE"] = "server"
  worker = await stack.addMedusa("worker")
  second = await stack.addDirectus()
  // All at once: both Directus find a database without a schema.
  await Promise.all([worker.start(), second.start(), stack.start()])
})
afterAll(async () => {
  report.write()
  await stack?.stop()
  await redis?.stop()
})

/** As docs/operating.md says. */
const medusaModules = (redisUrl: string) => [
  { resolve: "@medusajs/medusa/event-bus-redis", options: { redisUrl } },
  { resolve: "@medusajs/medusa/workflow-engine-redis", options: { redis: { redisUrl } } },
  {
    resolve: "@medusajs/medusa/locking",
    options: {
      providers: [
        { resolve: "@medusajs/medusa/locking-redis", id: "locking-redis", is_default: true, options: { redisUrl } },
      ],
    },
  },
]

const cmsOf = (server: DirectusServer) => makeCms(server.url, directusToken)

test("two Directus that start at once make the schema once", async () => {
  expect(await cmsOf(second).status()).toMatchObject({ running: true, leftOut: [] })
  expect(await stack.cms.status()).toMatchObject({ running: true, leftOut: [] })
  const twice = async (table: string, columns: string) =>
    stack.sqlDirectus(`select ${columns} from ${table} group by ${columns} having count(*) > 1`)
  expect(await twice("directus_fields", "collection, field")).toEqual([])
  expect(await twice("directus_relations", "many_collection, many_field")).toEqual([])
  expect(await twice("directus_presets", 'collection, bookmark, role, "user"')).toEqual([])
  expect(await stack.sqlDirectus("select count(*)::int as n from medusa_sync_control")).toEqual([{ n: 1 }])
  for (const server of [stack.directus, second])
    expect(await server.log()).not.toMatch(/\[medusa-sync\] .*(failed|off)/)
})

describe("edits through every instance", () => {
  test("arrive, and each change is taken once", async () => {
    console.log(runAgain())
    ledger = await Ledger.ofNew(stack, 4)
    pair = ledger.pairs[0] as Pair
    for (const proxy of [stack.toDirectus, stack.toMedusa]) proxy.forget()
    const load = startLoad(ledger, 6, random)
    await eventually("the load runs", () => ledger.acknowledged.length >= 60)
    await cmsOf(second).edit(pair.item, { title: "directus 2 has seen what was there" })
    await load.stop()
    await stack.settled()
    expect(await ledger.faults()).toEqual([])
    expect(takenTwice(stack)).toEqual([])
  })

  test("an edit in the instance that sends nothing travels at once: its event wakes the worker", async () => {
    await stack.settled()
    for (let i = 0; i < 4; i++) {
      const code = `woken ${i}`
      await stack.shop.edit(pair.id, { mid_code: code })
      await eventually("it arrives", async () => expect((await stack.cms.read(pair.item))["mid_code"]).toBe(code), {
        within: 4_000,
      })
    }
  })

  test("a task of one in all is done by one in all", async () => {
    stack.toMedusa.forget()
    await eventually("Directus greets twice more", () => stack.toMedusa.greetings.length >= 2, { within: 90_000 })
    const times = stack.toMedusa.greetings.map(({ at }) => at)
    for (let i = 1; i < times.length; i++) expect((times[i] ?? 0) - (times[i - 1] ?? 0)).toBeGreaterThan(20_000)
  })
})

describe("an instance that is killed while it holds a lease", { timeout: 300_000 }, () => {
  test("of Directus: the other one tells what it held", async () => {
    stack.toMedusa.forget()
    stack.toMedusa.blackhole()
    // The only one that can take the mark is the one that will die.
    stack.directus.signal("SIGSTOP")
    await cmsOf(second).edit(pair.item, { mid_code: "held by a Directus that dies" })
    await eventually("it is on its way", () => stack.toMedusa.pushes.length > 0, { within: aloneWithin })
    await second.kill("SIGKILL")
    stack.directus.signal("SIGCONT")
    await stack.toMedusa.mend()
    await eventually(
      "it arrives",
      async () => expect((await stack.shop.read(pair.id)).mid_code).toBe("held by a Directus that dies"),
      { within: takenOverWithin },
    )
    await second.start()
    await stack.settled(takenOverWithin)
  })

  test("of Medusa, where both answer and work: the other one tells what it held", async () => {
    await worker.stop()
    const both = await stack.addMedusa("shared")
    stack.medusa.spec.env["MEDUSA_WORKER_MODE"] = "shared"
    await Promise.all([both.start(), stack.medusa.restart()])
    await stack.settled(75_000)
    stack.toDirectus.forget()
    stack.toDirectus.blackhole()
    both.signal("SIGSTOP")
    await stack.shop.edit(pair.id, { mid_code: "held by a Medusa that dies" })
    await eventually("it is on its way", () => stack.toDirectus.pushes.length > 0, { within: aloneWithin })
    await stack.medusa.kill("SIGKILL")
    both.signal("SIGCONT")
    await stack.toDirectus.mend()
    await eventually(
      "it arrives",
      async () => expect((await stack.cms.read(pair.item))["mid_code"]).toBe("held by a Medusa that dies"),
      { within: takenOverWithin },
    )
    await stack.medusa.start()
    await stack.settled(takenOverWithin)
  })
})

test(
  `Redis is away for ${redisSeconds} s while people work: nothing is lost, and nothing is taken twice`,
  { timeout: redisSeconds * 1000 + 240_000 },
  async () => {
    report.begin({ alone: false })
    const [before, refused] = [ledger.acknowledged.length, ledger.failed]
    for (const proxy of [stack.toDirectus, stack.toMedusa]) proxy.forget()
    const load = startLoad(ledger, 4, random)
    const enough = ledger.acknowledged.length + 10
    await eventually("the load runs", () => ledger.acknowledged.length >= enough)
    await redis.kill("SIGKILL")
    const back = Date.now() + redisSeconds * 1000
    await stack.sqlMedusa("update product set hs_code = 'without Redis' where id = $1", [pair.id])
    await eventually("the sender goes on without Redis", () =>
      stack.toDirectus.sent(pair.id).some(({ fields }) => "hs_code" in fields),
    )
    await eventually("Redis was away", () => Date.now() > back, { within: redisSeconds * 1000 + 30_000 })
    await redis.start()
    // Directus ends itself when Redis stays away (12.4, ioredis): whatever runs it starts it again.
    for (const server of [stack.directus, second]) if (!server.running) await server.start()
    const more = ledger.acknowledged.length + 10
    await eventually("the load goes on", () => ledger.acknowledged.length >= more, { within: 90_000 })
    await load.stop()
    await stack.settled(75_000)
    const [faults, twice] = [await ledger.faults(), takenTwice(stack)]
    report.set("Redis was away", `${redisSeconds} s`)
    report.set("edits that a host confirmed", ledger.acknowledged.length - before)
    report.set("edits that a host refused or did not answer", ledger.failed - refused)
    report.set("lost or diverged", faults.length, "0", faults.length === 0)
    report.set("taken twice", twice.length, "0", twice.length === 0)
    expect([...faults, ...twice]).toEqual([])
  },
)
