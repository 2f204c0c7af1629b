import { expect, it } from "vitest"
import { SyncError } from "../src/errors.ts"
import { pushOnce } from "../src/flow/run-push.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { Pair } from "./pair.ts"

it("a part that cannot be made anew from what its author typed is made from what the author types next", async () => {
  const pair = new Pair(resolveConfig())
  const product = pair.medusa.create("product", { title: "Shirt", handle: "shirt" })
  const variant = pair.medusa.create("variant", { title: "S", product })
  await pair.settle()
  const item = pair.medusa.table("variant").links.get(variant)?.peerId ?? ""
  Object.assign(pair.medusa.options, {
    rewrite: (field: string, value: string) => {
      if (value === "refused") throw new SyncError("rejected_by_host", "no")
      return value
    },
  })

  // Nobody saw it go; then its product goes, so that it counts as gone with that one.
  pair.medusa.remove("variant", variant, false)
  pair.medusa.remove("product", product)
  pair.network = () => {
    throw new Error("lost")
  }
  await pushOnce(pair.medusa.ports)
  const { links, rows } = pair.medusa.table("variant")
  expect(links.get(variant)).toMatchObject({ standing: "along" })
  pair.network = () => undefined
  pair.medusa.restore("product", product)
  pair.directus.edit("variant", item, { title: "refused" })
  await pushOnce(pair.directus.ports)
  expect(links.get(variant)).toMatchObject({ standing: "along", snapshot: { title: "refused" } })
  pair.now += 60_000
  await pair.settle()
  expect(links.get(variant)).toMatchObject({ state: "quarantined", reason: "rejected_by_host: no" })

  pair.directus.edit("variant", item, { title: "taken" })
  await pair.settle()
  expect(rows.get(variant)).toMatchObject({ title: "taken", product })
  expect(links.get(variant)).toMatchObject({ state: "active", standing: "alive" })
  expect(pair.directus.table("variant").rows.get(item)).toMatchObject({ title: "taken" })
})
