import { afterAll, beforeAll, expect, test } from "vitest"
import { eventually } from "../eventually.ts"
import { Stack } from "../stack/stack.ts"

const edits = Number(process.env["E2E_EDITS"] ?? 100)
const burst = Number(process.env["E2E_BURST"] ?? 200)

let stack: Stack
let id: string
let item: string
beforeAll(async () => {
  stack = await Stack.start("minimality")
  id = await stack.shop.create({ title: "Counted", handle: "counted" })
  item = await stack.itemOf(id)
  await stack.settled()
})
afterAll(() => stack?.stop())

function forget() {
  stack.toDirectus.forget()
  stack.toMedusa.forget()
}

/** Requests for records, both ways; no others than those may follow an edit. */
function pushes(): number {
  expect([stack.toDirectus.chatter, stack.toMedusa.chatter]).toEqual([0, 0])
  return stack.toDirectus.pushes.length + stack.toMedusa.pushes.length
}

test("one edit is one request with one record and one field, and nothing comes back", async () => {
  forget()
  await stack.shop.edit(id, { subtitle: "counted" })
  await eventually("it arrives", async () => expect((await stack.cms.read(item))["subtitle"]).toBe("counted"))
  await stack.settled()
  expect(pushes()).toBe(1)
  expect(stack.toDirectus.sent().map(({ id, fields }) => [id, Object.keys(fields)])).toEqual([[id, ["subtitle"]]])
})

test(`${edits} alternating edits are ${edits} pushes and no echo`, async () => {
  forget()
  for (let i = 0; i < edits; i++) {
    const title = `edit ${i}`
    if (i % 2 === 0) {
      await stack.shop.edit(id, { title })
      await eventually("it arrives in Directus", async () => expect((await stack.cms.read(item))["title"]).toBe(title))
    } else {
      await stack.cms.edit(item, { title })
      await eventually("it arrives in Medusa", async () => expect((await stack.shop.read(id)).title).toBe(title))
    }
  }
  await stack.settled()
  expect(stack.toDirectus.sent()).toHaveLength(Math.ceil(edits / 2))
  expect(stack.toMedusa.sent()).toHaveLength(Math.floor(edits / 2))
  expect(pushes()).toBe(edits)
  expect(await stack.conflicts()).toEqual([])
})

test("a save that changes nothing sends nothing", async () => {
  forget()
  const { title, handle } = await stack.shop.read(id)
  await stack.shop.edit(id, { title, handle })
  await stack.cms.edit(item, { title, handle })
  await stack.settled()
  expect(pushes()).toBe(0)
})

test.each(["medusa", "directus"] as const)(
  `${burst} edits of one product in a burst in %s are far fewer pushes`,
  async (side) => {
    forget()
    const way = side === "medusa" ? stack.toDirectus : stack.toMedusa
    way.delayMs = 500
    const write = (title: string) =>
      side === "medusa" ? stack.shop.edit(id, { title }) : stack.cms.edit(item, { title })
    let next = 0
    const writer = async () => {
      while (next < burst - 1) await write(`burst ${side} ${next++}`)
    }
    await Promise.all(Array.from({ length: 8 }, writer))
    const last = `burst ${side} ${burst - 1}`
    await write(last)
    await way.mend()
    await eventually("the last one is on both sides", async () => {
      expect((await stack.shop.read(id)).title).toBe(last)
      expect((await stack.cms.read(item))["title"]).toBe(last)
    })
    await stack.settled()
    console.log(
      `${burst} edits in ${side}: ${way.sent().length} pushes, ${way.bytes.up} bytes up, ${way.bytes.down} down`,
    )
    expect(way.sent().length).toBeLessThanOrEqual(burst / 2)
    expect((side === "medusa" ? stack.toMedusa : stack.toDirectus).sent()).toHaveLength(0)
    expect(await stack.conflicts()).toEqual([])
  },
)
