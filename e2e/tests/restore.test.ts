import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest"
import { directusServer, findFreePort, medusaServer } from "../../scripts/stack/index.ts"
import { makeCms } from "../clients/cms.ts"
import { makeShop } from "../clients/shop.ts"
import { eventually } from "../eventually.ts"
import { Proxy } from "../proxy.ts"
import { cloneDatabase, directusDatabase } from "../stack/databases.ts"
import { directusToken } from "../stack/places.ts"
import { writeCms } from "../stack/projects.ts"
import { Stack } from "../stack/stack.ts"

type Side = "medusa" | "directus"

let stack: Stack
beforeAll(async () => {
  stack = await Stack.start("set_back", {
    mapping: { product: { deletes: { medusa: "propagate", directus: "propagate" } } },
  })
})
afterAll(() => stack?.stop())

const CONTROL = { medusa: "directus_sync_control", directus: "medusa_sync_control" }
const JOURNAL = { medusa: "directus_sync_journal_entry", directus: "medusa_sync_journal" }

const sql = (side: Side, text: string) => (side === "medusa" ? stack.sqlMedusa(text) : stack.sqlDirectus(text))

async function numberOf(side: Side, expression: string): Promise<number> {
  const [row] = await sql(side, `select (${expression})::int as n from ${CONTROL[side]}`)
  return Number(row?.["n"])
}

const pastOf = (side: Side) =>
  numberOf(side, side === "medusa" ? "jsonb_array_length(past)" : "jsonb_array_length(past::jsonb)")

const repairsOf = async (side: Side): Promise<number> =>
  Number((await sql(side, `select count(*)::int as n from ${JOURNAL[side]} where event = 'repair'`))[0]?.["n"])

/** Copies a host's database while the host is down. */
async function copyOf(side: Side, name: string): Promise<string> {
  await stack[side].stop()
  const url = await cloneDatabase(inject("e2e").postgresUrl, `set_back_${side}`, name)
  await stack[side].start()
  return url
}

async function running(): Promise<void> {
  await eventually("Directus's sync runs", async () => (await stack.cms.status()).running)
}

test.each(["medusa", "directus"] as const)(
  "the database of %s is set back to a backup: it is noticed within a minute, what the other side holds comes back, and nothing is there twice",
  async (side) => {
    const other = side === "medusa" ? "directus" : "medusa"
    const make = (word: string) => stack.shop.create({ title: word, handle: `${side}-${word}` })
    const [a, b, c, d] = [await make("a"), await make("b"), await make("c"), await make("d")]
    const item = {
      a: await stack.itemOf(a),
      b: await stack.itemOf(b),
      c: await stack.itemOf(c),
      d: await stack.itemOf(d),
    }
    await stack.settled()
    const backup = `set_back_${side}_backup`
    await copyOf(side, backup)
    await running()
    const before = await numberOf(other, "peer_beat")
    await eventually(
      "the other side has heard two more greetings",
      async () => expect(await numberOf(other, "peer_beat")).toBeGreaterThanOrEqual(before + 2),
      { within: 120_000 },
    )

    const edit = (where: Side, id: string, itemId: string, change: Record<string, string>) =>
      where === "medusa" ? stack.shop.edit(id, change) : stack.cms.edit(itemId, change)
    await stack.shop.edit(a, { title: "edited in Medusa" })
    await stack.cms.edit(item.b, { subtitle: "edited in Directus" })
    await edit(other, d, item.d, { title: "edited on the other side" })
    await (side === "medusa" ? stack.shop.remove(c) : stack.cms.remove(item.c))
    await make("made-in-medusa")
    await stack.cms.create({ title: "made in Directus", handle: `${side}-made-in-directus` })
    await eventually("both new ones are on both sides", async () => {
      expect(await stack.cms.find({ handle: `${side}-made-in-medusa` })).toHaveLength(1)
      expect(await stack.shop.find({ handle: `${side}-made-in-directus` })).toHaveLength(1)
    })
    await stack.settled()
    const inbox = (await stack.conflicts()).length
    const past = await pastOf(side)
    const repairs = (await repairsOf("medusa")) + (await repairsOf("directus"))

    await stack[side].stop()
    await cloneDatabase(inject("e2e").postgresUrl, backup, `set_back_${side}`)
    await stack.cutLinks()
    await stack[side].start()
    await running()
    await edit(side, a, item.a, { material: "typed after the restore" })
    await edit(side, d, item.d, { title: "typed after the restore" })
    await stack.mendLinks()
    const mended = Date.now()
    await eventually("it is noticed", async () => expect(await pastOf(side)).toBe(past + 1), { within: 60_000 })
    console.log(`${side}: the restore is noticed after ${String(Math.round((Date.now() - mended) / 1000))} s`)

    const [winner, loser] =
      side === "medusa"
        ? ["typed after the restore", "edited on the other side"]
        : ["edited on the other side", "typed after the restore"]
    await eventually(
      "both sides hold everything",
      async () => {
        for (const each of [await stack.shop.read(a), await stack.cms.read(item.a)])
          expect(each).toMatchObject({ title: "edited in Medusa", material: "typed after the restore" })
        for (const each of [await stack.shop.read(b), await stack.cms.read(item.b)])
          expect(each).toMatchObject({ subtitle: "edited in Directus" })
        for (const each of [await stack.shop.read(d), await stack.cms.read(item.d)])
          expect(each).toMatchObject({ title: winner })
        const handles: [string, number][] = [
          ["made-in-medusa", 1],
          ["made-in-directus", 1],
          ["c", 0],
        ]
        for (const [word, count] of handles) {
          expect(await stack.shop.find({ handle: `${side}-${word}` }), `${word} in Medusa`).toHaveLength(count)
          expect(await stack.cms.find({ handle: `${side}-${word}` }), `${word} in Directus`).toHaveLength(count)
        }
      },
      { within: 60_000 },
    )
    await stack.settled()
    const lost = (await stack.conflicts()).filter(({ localId }) => localId === d || localId === item.d)
    expect(lost).toMatchObject([{ field: "title", losingValue: loser }])
    expect(await stack.conflicts()).toHaveLength(inbox + 1)
    expect((await repairsOf("medusa")) + (await repairsOf("directus"))).toBeGreaterThan(repairs)
    expect(await stack[side].log()).toContain("was restored from a backup")
    expect((await stack.shop.status()).repair).toBeNull()
    expect(await stack.cms.status()).toMatchObject({ repair: null })
    for (const each of [stack.shop, stack.cms])
      expect(await each.compare()).toMatchObject({ differing: 0, repaired: 0 })
  },
  300_000,
)

describe("a copy of Directus's database with the same secret, for staging", () => {
  let toMedusa: Proxy
  let copy: ReturnType<typeof directusServer>
  let cms: ReturnType<typeof makeCms>
  beforeAll(async () => {
    const database = await copyOf("directus", "set_back_copy")
    await running()
    toMedusa = await Proxy.before(stack.medusa.port)
    const port = await findFreePort()
    copy = directusServer({
      projectDir: writeCms(join(stack.dir, "copy"), inject("e2e").packed),
      env: { ...stack.directusEnv(), ...directusDatabase(database), MEDUSA_URL: toMedusa.url },
      logFile: join(stack.dir, "copy.log"),
      port,
    })
    cms = makeCms(copy.url, directusToken)
    await copy.start()
  })
  afterAll(async () => {
    await copy?.stop()
    await toMedusa?.cut()
  })

  test("starts paused and sends nothing, while the original goes on; a person says that it moved", async () => {
    const id = await stack.shop.create({ title: "Original", handle: "original" })
    const item = await stack.itemOf(id)
    await stack.settled()
    await eventually("the copy is paused", async () =>
      expect(await cms.status()).toMatchObject({ running: true, paused: { code: "database_moved" } }),
    )
    expect(await copy.log()).toContain("Sync is paused (database_moved): The database of Directus was at")
    const handle = "made-in-the-copy"
    const made = await cms.create({ title: "Made in the copy", handle })
    await eventually("it is noted", async () => expect(await cms.status()).toMatchObject({ pending: 1 }))
    await expect(cms.compare()).rejects.toThrow("503")
    await expect(cms.resume()).rejects.toThrow("400")

    // Long enough for the copy to greet, if it did.
    const beats = await numberOf("medusa", "peer_beat")
    await eventually(
      "the original has greeted again",
      async () => expect(await numberOf("medusa", "peer_beat")).toBeGreaterThan(beats),
      { within: 60_000 },
    )
    await stack.cms.edit(item, { title: "Edited in the original" })
    await eventually("it arrives", async () => expect((await stack.shop.read(id)).title).toBe("Edited in the original"))
    await stack.settled()
    expect(toMedusa.exchanges).toEqual([])
    expect(await cms.status()).toMatchObject({ paused: { code: "database_moved" }, pending: 1 })
    expect(await stack.shop.find({ handle })).toEqual([])

    // The shop really moves: its address leads to the new server.
    await stack.directus.stop()
    stack.toDirectus.leadTo(copy.port)
    await cms.resume({ database: "moved" })
    await eventually(
      "what was made there is in Medusa",
      async () => expect(await stack.shop.find({ handle })).toHaveLength(1),
      { within: 60_000 },
    )
    expect(await cms.status()).toMatchObject({ paused: null })
    expect((await stack.shop.links({ peer_id: made })).length).toBe(1)
    await copy.stop()
    await copy.start()
    await eventually("it runs after a restart", async () =>
      expect(await cms.status()).toMatchObject({ running: true, paused: null }),
    )
  }, 240_000)
})

test("a copy of Medusa's database with the same secret starts paused and sends nothing", async () => {
  await stack.medusa.stop()
  const { postgresUrl, apiKey } = inject("e2e")
  const database = await cloneDatabase(postgresUrl, "set_back_medusa", "set_back_medusa_copy")
  const copy = medusaServer({
    appDir: join(stack.dir, "medusa"),
    env: { DATABASE_URL: database },
    logFile: join(stack.dir, "medusa-copy.log"),
    port: await findFreePort(),
  })
  stack.toDirectus.forget()
  try {
    await copy.start()
    const shop = makeShop(copy.url, apiKey)
    expect(await shop.status()).toMatchObject({ state: "paused", paused: { code: "database_moved" } })
    await shop.create({ title: "Made in the copy", handle: "made-in-the-copy-of-medusa" })
    await expect(shop.resume()).rejects.toMatchObject({ status: 400 })
    await expect(shop.compare()).rejects.toMatchObject({ status: 400 })
    expect(stack.toDirectus.exchanges).toEqual([])
  } finally {
    await copy.stop()
  }
})
