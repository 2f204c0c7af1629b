import { randomBytes } from "node:crypto"
import { afterAll, beforeAll, expect, test } from "vitest"
import { makeRecords } from "../clients/records.ts"
import { eventually } from "../eventually.ts"
import { Stack } from "../stack/stack.ts"

/** A kind of the shop's own that is known by a text which Medusa has no index of. */
const mapping = {
  kinds: {
    campaign: {
      medusa: { module: "promotion", model: "Campaign", table: "promotion_campaign" },
      collection: "campaigns",
      externalId: null,
      fields: { name: "name", campaign_identifier: "code", description: { directus: "terms" } },
      matchKeys: ["description"],
    },
  },
}
let stack: Stack
const { admin, cms, items, make } = makeRecords(() => stack)

beforeAll(async () => {
  stack = await Stack.make("long_values", { mapping })
  stack.writeCms({ MEDUSA_SYNC_ENABLED: "false" })
  await stack.directus.start()
  const column = (field: string, type: string) => ({ field, type, schema: { is_nullable: true }, meta: {} })
  await cms("/collections", "POST", {
    collection: "campaigns",
    schema: {},
    meta: {},
    fields: [
      { field: "id", type: "integer", schema: { is_primary_key: true, has_auto_increment: true }, meta: {} },
      column("name", "string"),
      column("code", "string"),
      column("terms", "text"),
    ],
  })
  await stack.directus.stop()
  stack.writeCms()
  await stack.start()
})
afterAll(() => stack?.stop())

/** Nothing of it can be compressed: PostgreSQL's index takes 2,704 bytes. */
const long = (): string => randomBytes(3_000).toString("base64url")

test("records whose key is longer than an index takes travel both ways, and are no second ones", async () => {
  const [first, second] = [long(), long()]
  await admin("/campaigns", { name: "Summer", campaign_identifier: "summer", description: first })
  await eventually("it is in Directus", async () =>
    expect(await items("campaigns", { code: { _eq: "summer" } })).toMatchObject([{ terms: first }]),
  )
  await make("campaigns", { name: "Winter", code: "winter", terms: second })
  const inMedusa = () =>
    stack.sqlMedusa("select name, description from promotion_campaign where deleted_at is null order by name")
  await eventually("the other one is in Medusa", async () =>
    expect(await inMedusa()).toEqual([
      { name: "Summer", description: first },
      { name: "Winter", description: second },
    ]),
  )
  await stack.settled()
  expect(await items("campaigns", {})).toHaveLength(2)
  expect(await stack.sqlMedusa("select local_id from directus_sync_link where state <> 'active'")).toEqual([])
})

test("a link of an earlier version gets room for the tombstone of the longest id", async () => {
  const longest = `tombstone:${"x".repeat(255)}`
  await stack.directus.stop()
  await stack.sqlDirectus("alter table medusa_sync_link alter column local_id type varchar(255)")
  await stack.directus.start()
  await eventually("Directus runs", async () => expect((await stack.cms.status()).running).toBe(true))
  const fields = "entity, local_id, fields, standing, state"
  await stack.sqlDirectus(`insert into medusa_sync_link (${fields}) values ('image', $1, '{}', 'gone', 'active')`, [
    longest,
  ])
  expect(
    await stack.sqlDirectus("delete from medusa_sync_link where local_id = $1 returning local_id", [longest]),
  ).toEqual([{ local_id: longest }])
})
