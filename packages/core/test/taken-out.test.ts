import { expect, it } from "vitest"
import { sendNow } from "../src/inbox/send-now.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { repairRecords } from "../src/repair/repair-records.ts"
import { Pair } from "./pair.ts"
import { previewBackfill } from "./walked.ts"

it("a part that is taken out of its whole before the peer has heard of it waits for nobody, and comes when it is put back", async () => {
  const pair = new Pair(resolveConfig())
  const product = pair.directus.create("product", { title: "a", handle: "a" })
  await pair.settle()
  const variant = pair.directus.create("variant", { title: "S", product })
  pair.directus.edit("variant", variant, { product: null })
  await pair.settle()
  expect([...pair.directus.table("variant").marks.keys()]).toEqual([])
  expect(pair.directus.table("variant").links.get(variant)?.reason).toBe("need_parent: it has no product")
  expect([...pair.medusa.table("variant").rows.keys()]).toEqual([])

  pair.directus.edit("variant", variant, { product })
  await pair.settle()
  expect([...pair.medusa.table("variant").rows.values()]).toMatchObject([{ title: "S" }])
  expect(pair.directus.table("variant").links.get(variant)).toMatchObject({ reason: null, state: "active" })
})

it("a part that the peer has deleted and that was taken out of its whole since stays away, whoever asks for it", async () => {
  const pair = new Pair(resolveConfig())
  const product = pair.medusa.create("product", { title: "a", handle: "a" })
  const variant = pair.medusa.create("variant", { title: "S", product })
  await pair.settle()
  const { links } = pair.directus.table("variant")
  const [peer = ""] = links.keys()
  pair.medusa.remove("variant", variant)
  await pair.settle()
  pair.directus.edit("variant", peer, { product: null })
  await pair.settle()

  const { ports } = pair.directus
  expect(await previewBackfill(ports)).toMatchObject({ back: 0, stopped: 0 })
  await sendNow(ports, [{ entity: "variant", localId: peer }])
  await repairRecords(ports, { records: [{ entity: "variant", id: peer }] })
  await pair.settle()
  expect(links.get(peer)).toMatchObject({ standing: "archived" })
  expect(pair.medusa.table("variant").rows.size).toBe(0)
  expect(pair.medusa.conflicts.size + pair.directus.conflicts.size).toBe(0)
})
