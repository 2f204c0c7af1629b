import { afterAll, beforeAll, expect, test } from "vitest"
import { makeRecords } from "../clients/records.ts"
import { eventually } from "../eventually.ts"
import { Stack } from "../stack/stack.ts"

let stack: Stack
/** A Directus, or a web server in front of it, that takes less in one request than a message may have. */
beforeAll(async () => {
  stack = await Stack.start("body_limit", { directusEnv: { MAX_PAYLOAD_SIZE: "50kb" } })
})
afterAll(() => stack?.stop())
const { admin, item, itemOf } = makeRecords(() => stack)

test("a product whose text is longer than Directus takes in one request delays no other one, and says why it waits", async () => {
  const [long, other] = [
    await stack.shop.create({ title: "Long", handle: "long" }),
    await stack.shop.create({ title: "Other", handle: "other" }),
  ]
  await stack.itemOf(long)
  const there = await itemOf("products", other)
  await stack.settled()
  await admin(`/products/${long}`, { description: "d".repeat(70_000) })
  await eventually("it says why", async () => {
    const [link] = await stack.sqlMedusa("select reason from directus_sync_link where local_id = $1", [long])
    expect(link?.["reason"]).toMatch(/^too_large: .*MAX_PAYLOAD_SIZE/)
  })
  await admin(`/products/${other}`, { title: "Other 2" })
  await eventually("the other one arrives", async () =>
    expect((await item("products", there))["title"]).toBe("Other 2"),
  )
  const [control] = await stack.sqlMedusa("select breaker, paused from directus_sync_control")
  expect(control).toMatchObject({ breaker: { failures: 0 }, paused: null })
})

test("many records that together are more than that arrive all the same", async () => {
  const ids = await Promise.all(
    [...Array(12)].map((_, n) =>
      stack.shop.create({ title: `Text ${String(n)}`, handle: `text-${String(n)}`, description: "t".repeat(8_000) }),
    ),
  )
  for (const id of ids) await stack.itemOf(id)
})
