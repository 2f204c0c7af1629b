import { afterAll, beforeAll, expect, test } from "vitest"
import { beforeSync } from "../before-sync.ts"
import { eventually } from "../eventually.ts"
import { Stack } from "../stack/stack.ts"

let stack: Stack
let item: string
beforeAll(async () => {
  stack = await Stack.start("untold_references", { directusEnv: { MEDUSA_SYNC_SWEEP: "0" } })
  await beforeSync(stack, async () => {
    await stack.shop.create({ title: "Twin", handle: "twin", status: "published" })
    const { data } = await stack.cms.fetchJson<{ data: { id: string } }>("/items/product_categories", {
      method: "POST",
      body: JSON.stringify({ name: "Shirts", handle: "shirts", is_active: true }),
    })
    item = await stack.cms.create({
      title: "Twin",
      handle: "twin",
      status: "published",
      categories: [{ product_categories_id: data.id }],
    })
    const { collection } = await stack.shop.sdk.admin.productCollection.create({ title: "Season", handle: "season" })
    const coat = await stack.shop.create({ title: "Coat", handle: "coat", status: "published" })
    await stack.shop.sdk.admin.product.update(coat, { collection_id: collection.id })
  })
})
afterAll(() => stack?.stop())

test("a product of both sides is one pair, though an editor has corrected an item whose category nobody has told of", async () => {
  await stack.cms.edit(item, { subtitle: "corrected" })
  await eventually("the category has arrived, and the pair is one", async () => {
    const [link] = await stack.sqlMedusa(
      "select peer_id, reason from directus_sync_link where entity = 'product' and peer_id = $1",
      [item],
    )
    expect(link).toMatchObject({ peer_id: item, reason: null })
    const [product] = await stack.sqlMedusa("select subtitle from product where handle = 'twin'")
    expect(product).toMatchObject({ subtitle: "corrected" })
  })
})

test("a backfill of products alone brings the collection that one needs, and ends", async () => {
  await stack.shop.backfill({ action: "start", kinds: ["product"] })
  await eventually("it is done", async () => {
    expect(await stack.shop.backfill()).toMatchObject({ state: "done", waiting: 0, quarantined: 0 })
  })
  const [coat] = await stack.sqlDirectus(
    "select c.handle from products p join product_collections c on c.id = p.collection where p.handle = 'coat'",
  )
  expect(coat).toEqual({ handle: "season" })
})

test("one that waits for a collection that is left alone is counted, listed and retried", async () => {
  const { collection } = await stack.shop.sdk.admin.productCollection.create({ title: "Old", handle: "old" })
  await eventually("it has arrived", async () => {
    const rows = await stack.sqlMedusa("select 1 from directus_sync_link where local_id = $1 and peer_id is not null", [
      collection.id,
    ])
    expect(rows).toHaveLength(1)
  })
  await stack.sqlMedusa("update directus_sync_link set state = 'unlinked' where local_id = $1", [collection.id])
  const [twin] = await stack.sqlMedusa("select id from product where handle = 'twin'")
  const id = String(twin?.["id"])
  await stack.shop.sdk.admin.product.update(id, { collection_id: collection.id })
  type Listed = { count: number; records: { local_id: string; reason: string }[] }
  const list = () => stack.shop.sdk.client.fetch<Listed>("/admin/directus/quarantine")
  await eventually("it is listed", async () => {
    const { records } = await list()
    expect(records.map(({ local_id }) => local_id)).toEqual([id])
    expect(records[0]?.reason).toContain(`collection refers to ${collection.id}`)
  })
  const { health } = await stack.shop.sdk.client.fetch<{ health: { problems: { code: string }[] } }>(
    "/admin/directus/health",
  )
  expect(health.problems.map(({ code }) => code)).toContain("quarantined")
  type State = { verdict: string; needs: object | null; sides: { cause: string } }
  const { state } = await stack.shop.sdk.client.fetch<{ state: State }>(`/admin/directus/states/product/${id}`)
  expect(state).toMatchObject({
    ...{ verdict: "stopped", sides: { cause: "record" }, waiting: { for: "other_record" } },
    needs: { entity: "collection", local_id: collection.id, title: "Old", state: "left_alone" },
  })
  const there = await stack.cms.fetchJson<{ data: object }>(`/medusa-sync/state?collection=products&item=${item}`)
  expect(there.data).toMatchObject({ state: "stopped", cause: "peer", needs: null })
  await stack.sqlMedusa("update directus_sync_link set state = 'active' where local_id = $1", [collection.id])
  await stack.shop.sdk.client.fetch("/admin/directus/quarantine", { method: "POST", body: { action: "retry_all" } })
  await eventually("it is in its collection", async () => {
    const [found] = await stack.sqlDirectus(
      "select c.handle from products p join product_collections c on c.id = p.collection where p.handle = 'twin'",
    )
    expect(found).toEqual({ handle: "old" })
    expect((await list()).count).toBe(0)
  })
})
