import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { eventually } from "../eventually.ts"
import { Ledger, type Pair } from "../ledger.ts"
import { startLoad } from "../load.ts"
import { mulberry32 } from "../random.ts"
import { Stack } from "../stack/stack.ts"

type Side = "medusa" | "directus"

let stack: Stack
let ledger: Ledger
let pair: Pair
beforeAll(async () => {
  stack = await Stack.start("trust")
  const id = await stack.shop.create({ title: "Trust", handle: "trust" })
  pair = { id, item: await stack.itemOf(id) }
  await stack.settled()
  ledger = await Ledger.open(stack, [pair])
})
afterAll(() => stack?.stop())

const other = (side: Side): Side => (side === "medusa" ? "directus" : "medusa")
const edit = (side: Side, change: Record<string, string>) =>
  side === "medusa" ? stack.shop.edit(pair.id, change) : stack.cms.edit(pair.item, change)
const read = async (side: Side): Promise<Record<string, unknown>> =>
  side === "medusa" ? { ...(await stack.shop.read(pair.id)) } : stack.cms.read(pair.item)

const restartWith = (side: Side, secrets: string[]): Promise<void> => {
  if (side === "medusa") stack.writeShop({ secret: secrets })
  else stack.writeCms({ MEDUSA_SYNC_SECRET: `string:${secrets.join(",")}` })
  return stack[side].restart()
}

describe("the secret is changed while people work", () => {
  const fresh = "the-next-secret-of-this-shop-8Kq2"
  const exchanged = () => [...stack.toDirectus.exchanges, ...stack.toMedusa.exchanges]

  test("each side first takes both, then only the new one: nothing is refused and nothing is lost", async () => {
    for (const proxy of [stack.toDirectus, stack.toMedusa]) proxy.forget()
    const load = startLoad(ledger, 8, mulberry32(Date.now()))
    await restartWith("directus", [stack.secret, fresh])
    await restartWith("medusa", [fresh, stack.secret])
    await restartWith("directus", [fresh])
    await restartWith("medusa", [fresh])
    await load.stop()
    await stack.settled(75_000)
    expect(ledger.acknowledged.length).toBeGreaterThan(10)
    expect(await ledger.faults()).toEqual([])
    expect(exchanged().filter(({ status }) => status === 401)).toEqual([])
  })

  test("then the old one is refused, and what was written meanwhile arrives when it is mended", async () => {
    await restartWith("medusa", [stack.secret])
    await eventually("Medusa says why it is paused", async () =>
      expect((await stack.shop.status()).paused?.code).toBe("unauthorized"),
    )
    await edit("medusa", { title: "typed under the old secret" })
    await edit("directus", { subtitle: "typed meanwhile" })
    await eventually("Directus says why it is paused", async () =>
      expect(await stack.cms.status()).toMatchObject({ paused: { code: "unauthorized" } }),
    )
    expect((await read("directus"))["title"]).not.toBe("typed under the old secret")
    await restartWith("medusa", [fresh])
    await eventually("both edits arrive", async () => {
      expect((await read("directus"))["title"]).toBe("typed under the old secret")
      expect((await read("medusa"))["subtitle"]).toBe("typed meanwhile")
    })
    await stack.settled()
    expect(await stack.shop.status()).toMatchObject({ paused: null })
  })
})

describe("the clock of one host is an hour off", () => {
  const hour = 3_600_000
  const setClocks = async (shifts: Record<Side, number>): Promise<void> => {
    for (const side of ["medusa", "directus"] as const) stack.shiftClock(side, shifts[side])
    await Promise.all([stack.medusa.restart(), stack.directus.restart()])
  }
  const cases = (["medusa", "directus"] as const).flatMap((side) => [
    { side, shift: hour, how: "fast" },
    { side, shift: -hour, how: "slow" },
  ])

  test.each(cases)("$side is $how: edits arrive within 5 s, and both sides say so", async ({ side, shift, how }) => {
    await setClocks({ medusa: 0, directus: 0, [side]: shift })
    for (const from of [side, other(side)]) {
      const title = `${side} is ${how}, typed in ${from}`
      await edit(from, { title })
      await eventually("it arrives", async () => expect((await read(other(from)))["title"]).toBe(title), {
        within: 5_000,
      })
    }
    const seen = { medusa: side === "directus" ? shift : -shift, directus: side === "medusa" ? shift : -shift }
    const word = (offset: number) =>
      offset > 0 ? /3(59|60)\d s ahead of this host's/ : /3(59|60)\d s behind this host's/
    await eventually("the status of both sides shows it", async () => {
      for (const [host, status] of Object.entries({ medusa: stack.shop.status(), directus: stack.cms.status() })) {
        const { clockOffsetMs, clockAlert } = (await status) as Awaited<ReturnType<typeof stack.shop.status>>
        const offset = seen[host as Side]
        expect(Math.abs((clockOffsetMs ?? 0) - offset), `${host} says ${String(clockOffsetMs)}`).toBeLessThan(5_000)
        expect(clockAlert).toMatch(word(offset))
      }
    })
    for (const host of ["medusa", "directus"] as const) expect(await stack[host].log()).toMatch(word(seen[host]))
    await stack.settled()
  })

  test("the alerts end with the clock's error, and what was planned in the wrong time happens", async () => {
    await setClocks({ medusa: 0, directus: 0 })
    await edit("directus", { title: "the clocks agree" })
    await eventually("it arrives", async () => expect((await read("medusa"))["title"]).toBe("the clocks agree"), {
      within: 5_000,
    })
    await eventually("no alert is left", async () => {
      expect((await stack.shop.status()).clockAlert).toBeNull()
      expect(await stack.cms.status()).toMatchObject({ clockAlert: null })
    })
  })
})
