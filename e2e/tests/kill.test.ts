import { afterAll, beforeAll, expect, test } from "vitest"
import { eventually, runAgain } from "../eventually.ts"
import { Ledger, type Pair } from "../ledger.ts"
import { startLoad } from "../load.ts"
import { mulberry32 } from "../random.ts"
import { Stack } from "../stack/stack.ts"

const kills = Number(process.env["E2E_KILLS"] ?? 20)
/** Edits per second that each side is asked for. */
const rate = Number(process.env["E2E_RATE"] ?? 8)
const seed = Number(process.env["E2E_SEED"] ?? Date.now() % 1_000_000)
const convergeWithin = 30_000

let stack: Stack
let ledger: Ledger
beforeAll(async () => {
  stack = await Stack.start("kill")
  const pairs: Pair[] = []
  for (let i = 0; i < 8; i++) {
    const id = await stack.shop.create({ title: `Load ${i}`, handle: `load-${i}` })
    pairs.push({ id, item: await stack.itemOf(id) })
  }
  await stack.settled()
  ledger = await Ledger.open(stack, pairs)
})
afterAll(() => stack?.stop())

const random = mulberry32(seed)

test(
  `${kills} kills of each side under load lose nothing, double nothing and converge within 30 s`,
  async () => {
    console.log(`E2E_SEED=${seed} E2E_KILLS=${kills} E2E_RATE=${rate} ${runAgain()}`)
    for (let round = 1; round <= kills; round++) {
      const began = Date.now()
      const before = ledger.acknowledged.length
      const running = startLoad(ledger, rate, random)
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
      expect(await ledger.faults(), `round ${round} of seed ${seed}`).toEqual([])
      console.log(
        `round ${round}: ${ledger.acknowledged.length - before} edits, ${ledger.failed} refused so far, ` +
          `converged ${converged} ms after the restart, ${(await stack.conflicts()).length} conflicts so far, ` +
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

test("the ledger itself notices an edit that is lost, and one that was never stored", async () => {
  const [pair] = ledger.pairs
  await stack.sqlMedusa("insert into e2e_audit (record, field, was, value) values ($1, 'title', 'x', 'm-lost')", [
    pair?.id,
  ])
  ledger.acknowledged.push({ side: "directus", record: pair?.item ?? "", field: "title", value: "d-never-stored" })
  expect(await ledger.faults()).toEqual([
    "acknowledged and never stored: d-never-stored",
    `lost: m-lost (medusa ${pair?.id}.title)`,
  ])
})
