import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { eventually } from "../eventually.ts"
import { Stack } from "../stack/stack.ts"

/** The subscriber in e2e/witness writes the titles of products of this material in small letters. */
const MATERIAL = "e2e-small-letters"

let stack: Stack
beforeAll(async () => {
  stack = await Stack.start("automations", { directusEnv: { MEDUSA_SYNC_SWEEP: "0" } })
  await capitals()
})
afterAll(() => stack?.stop())

type Made = { data: { id: string } }
const cms = <T = Made>(path: string, method: string, body: unknown): Promise<T> =>
  stack.cms.fetchJson<T>(path, { method, body: JSON.stringify(body) })

/** A Flow that writes the titles of these products in capitals, after each change of one. */
async function capitals(): Promise<void> {
  const code = `module.exports = async ({ $trigger }) => {
    const { title } = $trigger.payload
    if (typeof title !== "string" || title === title.toUpperCase() || !title.toLowerCase().startsWith("fight")) throw new Error("nothing to do")
    return { key: $trigger.keys[0], title: title.toUpperCase() }
  }`
  const { data: flow } = await cms("/flows", "POST", {
    name: "Capitals",
    status: "active",
    trigger: "event",
    accountability: null,
    options: { type: "action", scope: ["items.update"], collections: ["products"] },
  })
  const { data: write } = await cms("/operations", "POST", {
    flow: flow.id,
    key: "write",
    type: "item-update",
    position_x: 40,
    position_y: 1,
    options: {
      collection: "products",
      key: ["{{look.key}}"],
      payload: { title: "{{look.title}}" },
      permissions: "$full",
      emitEvents: true,
    },
  })
  const { data: look } = await cms("/operations", "POST", {
    flow: flow.id,
    key: "look",
    type: "exec",
    position_x: 20,
    position_y: 1,
    options: { code },
    resolve: write.id,
  })
  await cms(`/flows/${flow.id}`, "PATCH", { operation: look.id })
}

async function product(material: string | null) {
  const id = await stack.shop.create({
    title: `fight ${Math.random().toString(36).slice(2)}`,
    ...(material ? { material } : {}),
  })
  const item = await stack.itemOf(id)
  await stack.settled()
  stack.toDirectus.forget()
  stack.toMedusa.forget()
  return { id, item }
}

const pushesOfTitle = (id: string, item: string): number =>
  [...stack.toDirectus.sent(id), ...stack.toMedusa.sent(item)].filter(({ fields }) => "title" in fields).length

const loopsOf = async (id: string, item: string) =>
  (await stack.conflicts()).filter(({ kind, localId }) => kind === "loop" && [id, item].includes(localId))

describe("a Flow and a subscriber that both rewrite a title", () => {
  test.each(["Medusa", "Directus"])(
    "one edit in %s is at most 4 pushes, then a person is asked; other fields flow on",
    async (side) => {
      const { id, item } = await product(MATERIAL)
      if (side === "Medusa") await stack.shop.edit(id, { title: "Fight From Medusa" })
      else await stack.cms.edit(item, { title: "Fight From Directus" })
      await eventually("the loop is in the inbox", async () =>
        expect(await loopsOf(id, item)).toMatchObject([{ field: "title", kind: "loop" }]),
      )
      await stack.settled()
      expect(pushesOfTitle(id, item)).toBeLessThanOrEqual(4)

      await stack.shop.edit(id, { subtitle: "flows on" })
      await eventually("it arrives", async () => expect((await stack.cms.read(item))["subtitle"]).toBe("flows on"))
      await stack.cms.edit(item, { hs_code: "610910" })
      await eventually("it arrives", async () => expect((await stack.shop.read(id)).hs_code).toBe("610910"))
    },
  )

  test("the Flow alone answers once, and that is no loop", async () => {
    const { id, item } = await product(null)
    await stack.shop.edit(id, { title: "Fight Alone" })
    await eventually("Medusa has the Flow's title", async () =>
      expect((await stack.shop.read(id)).title).toBe("FIGHT ALONE"),
    )
    await stack.settled()
    expect(pushesOfTitle(id, item)).toBe(2)
    expect(await loopsOf(id, item)).toEqual([])
  })
})
