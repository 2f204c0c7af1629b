import type { EventContext, SchemaOverview } from "@directus/types"
import { resolveConfig, type EntityDefinition } from "medusa-directus-core/host"
import { afterEach, expect, it } from "vitest"
import { storedKinds } from "../src/items/stored-kinds"
import type { HostContext } from "../src/host-context"
import { claim, newOwnWrite, runOwnWrite, writesFor } from "../src/own-write"
import { TABLES } from "../src/database/tables"
import type { CapturedIn } from "../src/capture/captured"
import { keepTakenOut } from "../src/capture/keep-taken-out"
import { makeDependents } from "../src/capture/dependents"
import { fakeDirectus, uuid, type FakeDirectus } from "./fake-directus"

const [THERE, GONE, NEW] = [uuid(1), uuid(2), uuid(3)]
let directus: FakeDirectus
/** What got an update of its own. */
let apart: { collection: string; keys: unknown[]; payload: unknown }[] = []
afterEach(() => {
  apart = []
  return directus.close()
})

/** Variants that both sides have, that Medusa has deleted, and that it has not got yet. */
async function open(entities: ReadonlyMap<string, EntityDefinition>, kind = "variant") {
  directus = await fakeDirectus(entities)
  const link = { entity: kind, fields: "{}", state: "active" }
  await directus.database(TABLES.link).insert([
    { ...link, local_id: THERE, peer_id: "variant_1", standing: "alive" },
    { ...link, local_id: GONE, peer_id: "variant_2", standing: "archived" },
    { ...link, local_id: NEW, peer_id: null, standing: "alive" },
  ])
  const captured: CapturedIn = (schema: SchemaOverview | null) => {
    if (!schema) return null
    const kinds = storedKinds(schema, entities)
    const dependentsOf = makeDependents(schema, kinds, "sqlite3")
    return { dialect: "sqlite3", assets: directus.reader.assets, kinds, dependentsOf }
  }
  const ItemsService = class {
    collection: string
    constructor(collection: string) {
      this.collection = collection
    }
    updateMany(keys: unknown[], payload: unknown) {
      apart.push({ collection: this.collection, keys, payload })
      return Promise.resolve(keys)
    }
  }
  const services = { ItemsService } as unknown as HostContext["services"]
  const filter = keepTakenOut(captured, { isReady: () => Promise.resolve(true) }, services)
  const { database, schema } = directus
  const context: EventContext = { database, schema, accountability: null }
  return (payload: unknown, keys: unknown[], collection = "product_variants") =>
    filter(payload, { collection, keys }, context)
}

const OUT = { product: null }

it("a part that Medusa has is archived in the place of what takes it out, and stays a part of its whole", async () => {
  const update = await open(resolveConfig().entities)
  expect(await update(OUT, [THERE])).toEqual({ archived: true })
  expect(await update({ ...OUT, title: "S" }, [THERE])).toEqual({ title: "S", archived: true })
  expect(apart).toEqual([])
})

it("those that Medusa has not got leave their whole when they are taken out together with one that it has", async () => {
  const update = await open(resolveConfig().entities)
  const keys = [NEW, THERE, GONE]
  expect(await update({ ...OUT, title: "S" }, keys)).toEqual({ title: "S", archived: true })
  expect(keys).toEqual([THERE])
  expect(apart).toEqual([{ collection: "product_variants", keys: [NEW, GONE], payload: { ...OUT, title: "S" } }])
})

it("one that Medusa has not got, or has no more, leaves its whole", async () => {
  const update = await open(resolveConfig().entities)
  expect(await update(OUT, [NEW])).toEqual(OUT)
  expect(await update(OUT, [GONE])).toEqual(OUT)
})

it("any other change is left as it is", async () => {
  const update = await open(resolveConfig().entities)
  for (const payload of [{ title: null }, { product: uuid(9) }, [], null, "x"])
    expect(await update(payload, [THERE])).toEqual(payload)
  expect(await update(OUT, [THERE], "product_images")).toEqual(OUT)
  expect(await update(OUT, [THERE], "pages")).toEqual(OUT)
})

it("what has no archive here leaves its whole", async () => {
  const update = await open(resolveConfig({ variant: { fields: { archived: false } } }).entities)
  expect(await update(OUT, [THERE])).toEqual(OUT)
})

it("a part of the shop's own kind is archived, whatever its whole is called", async () => {
  const kinds = {
    review: {
      medusa: { module: "review", model: "Review" },
      collection: "reviews",
      fields: { text: "text", item_id: { type: "reference", to: "product", directus: "item" } },
      parent: "item_id",
    },
  } as const
  const update = await open(resolveConfig({ kinds }).entities, "review")
  expect(await update({ item: null }, [THERE], "reviews")).toEqual({ archived: true })
})

it("what the sync itself writes is left as it is", async () => {
  const update = await open(resolveConfig().entities)
  const own = newOwnWrite()
  writesFor(own, directus.database)
  claim(own, "product_variants", [THERE])
  await runOwnWrite(own, async () => expect(await update(OUT, [THERE])).toEqual(OUT))
})
