import { fingerprint } from "medusa-directus-core/host"
import { afterAll, beforeAll, expect, test } from "vitest"
import { eventually } from "../eventually.ts"
import { Ledger } from "../ledger.ts"
import { startLoad } from "../load.ts"
import { mulberry32 } from "../random.ts"
import { Report } from "../report.ts"
import { seed, sizes } from "../sizes.ts"
import { Stack } from "../stack/stack.ts"

const { kills, rate } = sizes
const convergeWithin = 30_000

const report = new Report("kill")
const random = mulberry32(seed())
let stack: Stack
let ledger: Ledger
beforeAll(async () => {
  stack = await Stack.start("kill")
  ledger = await Ledger.ofNew(stack, 8)
})
afterAll(async () => {
  report.write()
  await stack?.stop()
})

test(
  `${kills} kills of each side under load lose nothing, double nothing and converge within 30 s`,
  async () => {
    report.begin()
    let slowest = 0
    for (let round = 1; round <= kills; round++) {
      const began = Date.now()
      const before = ledger.acknowledged.length
      const running = startLoad(ledger, rate / 2, random)
      const enough = ledger.acknowledged.length + 3 + Math.floor(random() * 12)
      await eventually("the load runs", () => ledger.acknowledged.length >= enough)
      const [first, second] = random() < 0.5 ? [stack.medusa, stack.directus] : [stack.directus, stack.medusa]
      await first.kill("SIGKILL")
      // The second one dies under the traffic of the first one's return, or while it is away.
      const restarted = first.start()
      if (random() < 0.3) await restarted
      else await eventually("a few more edits", () => ledger.acknowledged.length >= enough + 3)
      await second.kill("SIGKILL")
      await Promise.all([restarted, second.start()])
      const back = Date.now()
      const more = ledger.acknowledged.length + 5
      await eventually("the load goes on after the restart", () => ledger.acknowledged.length >= more)
      await running.stop()
      await stack.settled(convergeWithin - (Date.now() - back))
      const converged = Date.now() - back
      slowest = Math.max(slowest, converged)
      const faults = await ledger.faults()
      report.set("kills of each host", round, String(kills), round === kills)
      report.set("edits that a host confirmed", ledger.acknowledged.length)
      report.set("edits that a host refused or did not answer", ledger.failed)
      report.set("lost, doubled or diverged", faults.length, "0", faults.length === 0)
      report.set("slowest to converge, after both were back", `${(slowest / 1000).toFixed(1)} s`, "30 s", true)
      report.set("true conflicts, each in the inbox once", await ledger.conflicts())
      expect(faults, `round ${round} of seed ${seed()}`).toEqual([])
      console.log(
        `round ${round}: ${ledger.acknowledged.length - before} edits, ${ledger.failed} refused so far, ` +
          `converged ${converged} ms after the restart, ${await ledger.conflicts()} conflicts so far, ` +
          `${((Date.now() - began) / 1000).toFixed(0)} s`,
      )
    }
    for (const { id } of ledger.pairs) {
      const { handle } = await stack.shop.read(id)
      expect(await stack.shop.find({ handle })).toHaveLength(1)
      expect(await stack.cms.find({ handle })).toHaveLength(1)
    }
    expect((await stack.shop.status()).links).toMatchObject({ active: ledger.pairs.length, quarantined: 0 })
  },
  kills * 90_000,
)

test("the ledger itself notices an edit that is lost or was never stored, and a conflict that is none or is kept twice", async () => {
  const { id = "", item = "" } = ledger.pairs[0] ?? {}
  const write = "insert into e2e_audit (record, field, was, value) values ($1, 'title', 'x', $2)"
  for (const value of ["d-seen", "m-lost"]) await stack.sqlMedusa(write, [id, value])
  await stack.sqlDirectus(write, [item, "d-twice"])
  const keep = `insert into directus_sync_conflict
    (id, entity, local_id, peer_id, field, kind, losing_side, losing_value, winning_fingerprint, at)
    values ($1, 'product', $2, $3, 'title', 'concurrent', 'directus', to_jsonb($4::text), $5, now())`
  for (const [name, loser, winner] of [
    ["none", "d-seen", "m-lost"],
    ["one", "d-twice", "m-lost"],
    ["another", "d-twice", "m-never"],
  ] as const)
    await stack.sqlMedusa(keep, [name, id, item, loser, fingerprint(winner)])
  ledger.acknowledged.push({ side: "directus", record: item, field: "title", value: "d-never-stored", at: 0, took: 0 })
  expect(await ledger.faults()).toEqual([
    "acknowledged and never stored: d-never-stored",
    `lost: m-lost (medusa ${id}.title)`,
    "kept 2 times: d-twice",
    "kept though m-lost was written by one who had seen it: d-seen",
    "kept against a value that nobody wrote: d-twice in medusa",
  ])
})
