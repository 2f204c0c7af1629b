import { expect, it } from "vitest"
import { pushOnce } from "../src/run/run-push.ts"
import { makeConfig } from "../src/mapping/config.ts"
import { defineEntity, type FieldInput } from "../src/mapping/entity.ts"
import { Pair } from "./pair.ts"

it("a record whose key is a field with a dot is announced under it again, as often as the peer does not answer", async () => {
  const text = (name: string): FieldInput => ({ type: "text", medusa: name, directus: name.replace(".", "_") })
  const page = defineEntity({
    name: "page",
    collection: "pages",
    externalId: null,
    fields: { title: text("title"), "seo.slug": text("seo.slug") },
    matchKeys: ["seo.slug"],
    archive: null,
    deletes: { medusa: "propagate", directus: "propagate" },
  })
  const pair = new Pair(makeConfig([page]))
  pair.network = () => {
    throw new Error("nobody there")
  }
  const id = pair.medusa.create("page", { title: "About", "seo.slug": "about" })
  const there = pair.directus.create("page", { title: "About us", "seo.slug": "about" }, false)
  for (let n = 0; n < 3; n++) {
    await pushOnce(pair.medusa.ports)
    pair.now += 60_000
  }
  const key = { field: "seo.slug", value: "about" }
  expect(pair.messages.map(({ records }) => records[0]?.key)).toEqual([key, key, key])
  pair.network = () => undefined
  await pair.settle()
  expect(pair.medusa.table("page").links.get(id)?.peerId).toBe(there)
})
