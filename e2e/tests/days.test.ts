import { afterAll, describe, expect, test, beforeAll } from "vitest"
import { makeRecords, type Row } from "../clients/records.ts"
import { eventually } from "../eventually.ts"
import { useSqlite } from "../stack/sqlite.ts"
import { Stack } from "../stack/stack.ts"

/** A collection with a column of each of Directus's types of a date, and a kind whose columns in Medusa are moments. */
const mapping = {
  product: {
    collection: "goods",
    externalId: null,
    metadata: {
      day: { directus: "day", type: "date" },
      moment: { directus: "moment", type: "date" },
      wall: { directus: "wall", type: "date" },
      size: { directus: "size", type: "date" },
    },
  },
  variant: false,
  image: false,
  category: false,
  collection: false,
  kinds: {
    campaign: {
      medusa: { module: "promotion", model: "Campaign", table: "promotion_campaign" },
      collection: "campaigns",
      externalId: null,
      fields: {
        name: "name",
        campaign_identifier: "code",
        starts_at: { directus: "starts", type: "date" },
        ends_at: { directus: "ends", type: "date" },
      },
      matchKeys: ["campaign_identifier"],
    },
  },
}
const id = { field: "id", type: "integer", schema: { is_primary_key: true, has_auto_increment: true }, meta: {} }
const column = (field: string, type = "string") => ({ field, type, schema: { is_nullable: true }, meta: {} })

const LOS_ANGELES = "America/Los_Angeles"
const AUCKLAND = "Pacific/Auckland"

describe.each([
  { database: "postgres", medusa: AUCKLAND, directus: LOS_ANGELES, noon: "2026-01-31T20:00:00.000Z" },
  { database: "sqlite", medusa: LOS_ANGELES, directus: AUCKLAND, noon: "2026-01-30T23:00:00.000Z" },
])("Medusa in $medusa and Directus on $database in $directus", (zones) => {
  let stack: Stack
  const { admin, cms, item, items, change } = makeRecords(() => stack)

  beforeAll(async () => {
    stack = await Stack.make(`days_${zones.database}`, {
      mapping,
      collection: "goods",
      medusaEnv: { TZ: zones.medusa },
      plugin: { sweepInterval: 1000 },
    })
    stack.directus.spec.env["TZ"] = zones.directus
    const sweep = { MEDUSA_SYNC_SWEEP: "1000" }
    if (zones.database === "sqlite") await useSqlite(stack, { ...sweep, MEDUSA_SYNC_ENABLED: "false" })
    else stack.writeCms({ ...sweep, MEDUSA_SYNC_ENABLED: "false" })
    await stack.directus.start()
    const dates = [column("day", "date"), column("moment", "timestamp"), column("wall", "dateTime"), column("size")]
    for (const [collection, fields] of [
      ["goods", [id, column("title"), column("handle"), ...dates]],
      ["campaigns", [id, column("name"), column("code"), column("starts", "date"), column("ends", "timestamp")]],
    ] as const)
      await cms("/collections", "POST", { collection, schema: {}, meta: {}, fields })
    await stack.directus.stop()
    if (zones.database === "sqlite") await useSqlite(stack, sweep)
    else stack.writeCms(sweep)
    await stack.start()
  })
  afterAll(() => stack?.stop())

  const metadata = async (productId: string) =>
    (await admin<{ product: { metadata: Record<string, unknown> } }>(`/products/${productId}`)).product.metadata

  const told = (what: string, collection: string, filter: Row | Record<string, string>) =>
    eventually(`${what} is in Directus`, async () => {
      const [found] = await items(collection, filter)
      if (!found) throw new Error("there is no such item yet")
      return found
    })

  test("a day is the day that people see, a moment is a moment, and what only looks like a date is text", async () => {
    const { product } = await admin<{ product: Row }>("/products", {
      title: "Dated",
      handle: "dated",
      options: [{ title: "Size", values: ["One"] }],
      metadata: { day: "2026-01-31", moment: "2026-01-31T22:30:00+13:00", wall: zones.noon, size: "Size 12" },
    })
    const shown = await told("it", "goods", { handle: "dated" })
    expect(shown).toMatchObject({ day: "2026-01-31", wall: "2026-01-31T12:00:00", size: "Size 12" })
    expect(new Date(String(shown["moment"])).toISOString()).toBe("2026-01-31T09:30:00.000Z")

    await stack.settled()
    await change("goods", shown.id, { day: "2026-07-04", moment: "2026-07-04T09:30:00.000Z", size: "May 5" })
    await eventually("all are in Medusa", async () =>
      expect(await metadata(product.id)).toMatchObject({
        day: "2026-07-04T00:00:00.000Z",
        moment: "2026-07-04T09:30:00.000Z",
        // Nobody has touched it.
        wall: zones.noon,
        size: "May 5",
      }),
    )
    await admin(`/products/${product.id}`, { title: "Dated again" })
    await eventually("an edit beside it arrives", async () =>
      expect(await item("goods", shown.id)).toMatchObject({ title: "Dated again", day: "2026-07-04" }),
    )
  })

  test("a column of moments in Medusa and one of days in Directus agree on the day, both ways", async () => {
    const { campaign } = await admin<{ campaign: Row }>("/campaigns", {
      name: "Winter sale",
      campaign_identifier: "winter",
      starts_at: "2026-01-31T00:00:00.000Z",
      ends_at: "2026-02-28T23:30:00.000Z",
    })
    const shown = await told("it", "campaigns", { code: "winter" })
    expect(shown).toMatchObject({ starts: "2026-01-31" })
    expect(new Date(String(shown["ends"])).toISOString()).toBe("2026-02-28T23:30:00.000Z")
    await stack.settled()
    await change("campaigns", shown.id, { starts: "2026-12-01", ends: "2026-12-24T22:00:00.000Z" })
    const read = async () => (await admin<{ campaign: Row }>(`/campaigns/${campaign.id}`)).campaign
    await eventually("it is in Medusa", async () =>
      expect(await read()).toMatchObject({
        starts_at: "2026-12-01T00:00:00.000Z",
        ends_at: "2026-12-24T22:00:00.000Z",
      }),
    )
  })

  test("after sweeps of both sides nothing was told back, and nothing is in an inbox", async () => {
    await stack.settled()
    const links = () => stack.sqlMedusa("select entity, rev, seen from directus_sync_link order by entity, local_id")
    const before = await links()
    const turn = async () => (await stack.sqlMedusa("select taken_at from directus_sync_turn where task = 'sweep'"))[0]
    const first = await turn()
    await eventually("Medusa has swept", async () => expect(await turn()).not.toEqual(first))
    await stack.settled()
    expect(await links()).toEqual(before)
    expect(await stack.conflicts()).toEqual([])
  })
})
