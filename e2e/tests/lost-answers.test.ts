import { afterAll, beforeAll, expect, test } from "vitest"
import { eventually } from "../eventually.ts"
import { fields, Ledger } from "../ledger.ts"
import { recordsOf, type Proxy } from "../proxy.ts"
import { mulberry32, pick } from "../random.ts"
import { Report } from "../report.ts"
import { seed, sizes } from "../sizes.ts"
import { Stack } from "../stack/stack.ts"
import { takenTwice } from "../taken-twice.ts"

const { lostAnswers } = sizes
/** One answer in so many tells that a record was made. */
const creates = 4

const report = new Report("answers")
const random = mulberry32(seed())
let stack: Stack
let ledger: Ledger
beforeAll(async () => {
  stack = await Stack.start("lost_answers")
  ledger = await Ledger.ofNew(stack, 8)
})
afterAll(async () => {
  report.write()
  await stack?.stop()
})

const handles: string[] = []

async function hasToldAll(side: "medusa" | "directus"): Promise<boolean> {
  if (side === "directus") {
    const status = await stack.cms.status()
    return status.running && status.pending === 0
  }
  const { marks } = await stack.shop.status()
  return marks.due + marks.later === 0
}

/** Edits that may be tried until an answer that tells of one is lost. */
const tries = 10

/** Makes or edits, until the answer that tells of it was lost and its sender is at rest again. */
async function loseOne(side: "medusa" | "directus", proxy: Proxy, turn: number): Promise<void> {
  const before = proxy.lostAnswers.length
  proxy.dropAnswers(1, (exchange) => recordsOf(exchange).length > 0)
  if (turn % creates === 0) {
    const handle = `${side}-${String(turn)}`
    handles.push(handle)
    await (side === "medusa" ? stack.shop : stack.cms).create({ title: handle, handle })
  } else await ledger.edit(side, pick(ledger.pairs, random), pick(fields, random))
  for (let tried = 1; ; tried++) {
    await eventually("the sender knows", () => hasToldAll(side), { within: 60_000 })
    if (proxy.lostAnswers.length > before) return
    // The answer to a message of the other side took the edit along, so that nothing was sent.
    if (tried === tries) throw new Error(`${side}: ${String(tries)} edits, and no answer was lost.`)
    await ledger.edit(side, pick(ledger.pairs, random), pick(fields, random))
  }
}

test(
  `${lostAnswers} answers that are lost after the work was done double nothing`,
  async () => {
    report.begin()
    for (const proxy of [stack.toDirectus, stack.toMedusa]) proxy.forget()
    const half = Math.ceil(lostAnswers / 2)
    const lose = async (side: "medusa" | "directus", proxy: Proxy) => {
      for (let turn = 0; turn < half; turn++) await loseOne(side, proxy, turn)
    }
    await Promise.all([lose("medusa", stack.toDirectus), lose("directus", stack.toMedusa)])
    await stack.mendLinks()
    await stack.settled(75_000)
    const lost = stack.toDirectus.lostAnswers.length + stack.toMedusa.lostAnswers.length
    const [faults, twice] = [await ledger.faults(), takenTwice(stack)]
    const unpaired: string[] = []
    for (const handle of handles) {
      const [products, items] = [await stack.shop.find({ handle }), await stack.cms.find({ handle })]
      if (products.length !== 1 || items.length !== 1 || items[0]?.["medusa_id"] !== products[0]?.id)
        unpaired.push(`${handle}: ${String(products.length)} products, ${String(items.length)} items`)
    }
    report.set("answers lost", lost, String(lostAnswers), lost >= lostAnswers)
    report.set("of which told of a record that was made", handles.length)
    report.set("records doubled or not paired", unpaired.length, "0", unpaired.length === 0)
    report.set("changes taken twice", twice.length, "0", twice.length === 0)
    report.set("edits lost, doubled or diverged", faults.length, "0", faults.length === 0)
    expect([...faults, ...twice, ...unpaired]).toEqual([])
    expect(lost).toBeGreaterThanOrEqual(lostAnswers)
  },
  120_000 + lostAnswers * 5_000,
)
