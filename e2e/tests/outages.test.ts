import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { eventually } from "../eventually.ts"
import { Stack } from "../stack/stack.ts"

let stack: Stack
let id: string
let item: string
beforeAll(async () => {
  stack = await Stack.start("outages")
  id = await stack.shop.create({ title: "Outage", handle: "outage" })
  item = await stack.itemOf(id)
  await stack.settled()
})
afterAll(() => stack?.stop())

/** A probe of a sender that rests comes within a minute; a hello of the peer ends its rest at once. */
const within = 75_000

const inDirectus = (fields: Record<string, unknown>) =>
  eventually("the edit arrives in Directus", async () => expect(await stack.cms.read(item)).toMatchObject(fields), {
    within,
  })
const inMedusa = (fields: Record<string, unknown>) =>
  eventually("the edit arrives in Medusa", async () => expect(await stack.shop.read(id)).toMatchObject(fields), {
    within,
  })

beforeEach(async () => {
  await stack.mendLinks()
})

describe("what happens while a server is down arrives when it is back, without a command", () => {
  test("Directus is killed while the shop edits", async () => {
    await stack.directus.kill("SIGKILL")
    for (let i = 0; i < 5; i++) await stack.shop.edit(id, { title: `without Directus ${i}` })
    const created = await stack.shop.create({ title: "Made without Directus", handle: "made-without-directus" })
    await stack.directus.start()
    await inDirectus({ title: "without Directus 4" })
    const made = await stack.itemOf(created)
    expect((await stack.cms.read(made))["title"]).toBe("Made without Directus")
    await stack.settled()
  })

  test("Medusa is killed while the editor edits", async () => {
    await stack.medusa.kill("SIGKILL")
    for (let i = 0; i < 5; i++) await stack.cms.edit(item, { title: `without Medusa ${i}` })
    const created = await stack.cms.create({ title: "Made without Medusa", handle: "made-without-medusa" })
    await stack.medusa.start()
    await inMedusa({ title: "without Medusa 4" })
    await eventually("the new item has a product", async () => {
      const [product] = await stack.shop.find({ handle: "made-without-medusa" })
      expect((await stack.cms.read(created))["medusa_id"]).toBe(product?.id)
    })
    await stack.settled()
  })
})

describe("what was written before a clock was set back by a day is done now", () => {
  const day = 24 * 3_600_000

  test("in Medusa, by the clock of its database: marks, leases and turns", async () => {
    await stack.directus.kill("SIGKILL")
    await stack.shop.edit(id, { title: "made tomorrow" })
    await eventually("it has been tried", async () => {
      const [mark] = await stack.sqlMedusa("select 1 from directus_sync_mark where lease_owner is null")
      expect(mark).toBeDefined()
    })
    await stack.medusa.kill("SIGKILL")
    const ahead = "now() + interval '1 day'"
    await stack.sqlMedusa(
      `update directus_sync_mark set run_at = ${ahead}, lease_until = ${ahead}, lease_owner = 'a process of tomorrow'`,
    )
    await stack.sqlMedusa(`update directus_sync_turn set taken_at = ${ahead}`)
    await stack.medusa.start()
    await stack.directus.start()
    await inDirectus({ title: "made tomorrow" })
    await stack.settled()
    await eventually("turns are taken again", async () =>
      expect(
        await stack.sqlMedusa("select task from directus_sync_turn where task = 'beat' and taken_at > now()"),
      ).toEqual([]),
    )
  })

  test("in Directus, by its own", async () => {
    await stack.medusa.kill("SIGKILL")
    await stack.cms.edit(item, { title: "made tomorrow in Directus" })
    await stack.directus.kill("SIGKILL")
    const ahead = Date.now() + day
    await stack.sqlDirectus(
      "update medusa_sync_dirty set run_at = $1, lease_until = $1, lease_owner = 'a process of tomorrow'",
      [ahead],
    )
    await stack.sqlDirectus("update medusa_sync_mark set due_at = $1", [ahead])
    await stack.sqlDirectus("update medusa_sync_turn set taken_at = $1", [ahead])
    await stack.directus.start()
    await stack.medusa.start()
    await inMedusa({ title: "made tomorrow in Directus" })
    await stack.settled()
    await eventually("turns are taken again", async () =>
      expect(
        await stack.sqlDirectus("select task from medusa_sync_turn where task = 'beat' and taken_at > $1", [
          Date.now(),
        ]),
      ).toEqual([]),
    )
  })
})

/** More of it: network.test, lost-answers.test. */
describe("what happens while the network fails arrives when it is mended, without a command", () => {
  const edits = async (word: string) => {
    await stack.shop.edit(id, { title: `${word} shop` })
    await stack.cms.edit(item, { material: `${word} editor` })
  }
  const arrive = async (word: string) => {
    await inDirectus({ title: `${word} shop`, material: `${word} editor` })
    await inMedusa({ title: `${word} shop`, material: `${word} editor` })
    await stack.settled(within)
  }
  const both = () => [stack.toDirectus, stack.toMedusa]

  test("connections are refused", async () => {
    await stack.cutLinks()
    await edits("refused")
    await stack.mendLinks()
    await arrive("refused")
  })

  test("answers get lost after the work was done: nothing is done twice", async () => {
    for (const proxy of both()) {
      proxy.forget()
      proxy.dropAnswers(1)
    }
    const created = await stack.shop.create({ title: "Lost answer", handle: "lost-answer" })
    await edits("lost answer")
    await arrive("lost answer")
    expect(both().some((proxy) => proxy.exchanges.some(({ status, delivered }) => status === 200 && !delivered))).toBe(
      true,
    )
    await stack.itemOf(created)
    await stack.settled(within)
    expect(await stack.cms.find({ handle: "lost-answer" })).toHaveLength(1)
    expect((await stack.conflicts()).filter(({ localId }) => [id, item].includes(localId))).toEqual([])
  })
})

describe("a server boots while the other one is down", () => {
  test("Medusa sells, and tells Directus when it comes", async () => {
    await stack.stop()
    await stack.mendLinks()
    await stack.medusa.start()
    await stack.shop.edit(id, { title: "Medusa came first" })
    await stack.directus.start()
    await inDirectus({ title: "Medusa came first" })
    await stack.settled(within)
  })

  test("Directus serves, and tells Medusa when it comes", async () => {
    await stack.stop()
    await stack.mendLinks()
    await stack.directus.start()
    await stack.cms.edit(item, { title: "Directus came first" })
    await stack.medusa.start()
    await inMedusa({ title: "Directus came first" })
    await stack.settled(within)
  })
})

describe("a wrong secret", () => {
  test("pauses the sync with a message, sells on, and is forgotten when it is right again", async () => {
    stack.writeShop({ secret: "another-secret-than-that-of-Directus" })
    await stack.medusa.restart()
    await stack.shop.edit(id, { title: "sold with a wrong secret" })
    await stack.cms.edit(item, { material: "edited with a wrong secret" })
    await eventually("Medusa says that it is paused", async () => {
      const status = await stack.shop.status()
      expect(status).toMatchObject({ state: "paused", paused: { code: "unauthorized" } })
      expect(status.reason).toMatch(/secret/)
    })
    await eventually("Directus says that it is paused", async () => {
      const status = await stack.cms.status()
      expect(status).toMatchObject({ running: true, paused: { code: "unauthorized" } })
    })
    await stack.shop.create({ title: "Sold meanwhile", handle: "sold-meanwhile" })

    stack.writeShop()
    await stack.medusa.restart()
    await inDirectus({ title: "sold with a wrong secret" })
    await inMedusa({ material: "edited with a wrong secret" })
    await stack.settled(within)
    expect((await stack.shop.status()).state).toBe("running")
    expect(await stack.cms.status()).toMatchObject({ running: true, paused: null })
    expect(await stack.cms.find({ handle: "sold-meanwhile" })).toHaveLength(1)
  })

  test("a different mapping pauses in the same way", async () => {
    stack.writeShop({ mapping: { product: { fields: { title: { wins: "directus" } } } } })
    await stack.medusa.restart()
    await stack.shop.edit(id, { title: "edited under another mapping" })
    await eventually("Medusa says that it is paused", async () =>
      expect(await stack.shop.status()).toMatchObject({ state: "paused", paused: { code: "config_mismatch" } }),
    )
    stack.writeShop()
    await stack.medusa.restart()
    await inDirectus({ title: "edited under another mapping" })
    await stack.settled(within)
  })

  test("an option that is missing keeps the sync off with one clear line, and the shop open", async () => {
    stack.writeShop({ secret: "short" })
    await stack.medusa.restart()
    expect(await stack.shop.status()).toMatchObject({ state: "off" })
    expect((await stack.shop.status()).reason).toMatch(/secret.*at least 16 characters/)
    await stack.shop.edit(id, { title: "edited while it was off" })
    stack.writeShop()
    await stack.medusa.restart()
    await inDirectus({ title: "edited while it was off" })
    await stack.settled(within)
  })
})
