import { resolveConfig } from "medusa-directus-core/host"
import { afterEach, describe, expect, it, vi } from "vitest"
import { makeAssets } from "../src/items/asset-address"
import { decode } from "../src/database/decode"
import { itemValues } from "../src/items/item-values"
import { storedKinds } from "../src/items/stored-kinds"
import { planCollections } from "../src/schema/plan-collections"
import { NOTHING_THERE, PUBLIC_URL, schemaOf } from "./fake-directus"

afterEach(() => vi.unstubAllEnvs())

const { entities } = resolveConfig({
  product: { metadata: { since: { type: "date" } } },
})
const schema = schemaOf(planCollections(entities, NOTHING_THERE))
const since = schema.collections["products"]?.fields["since"]
if (!since) throw new Error("no field")
since.type = "date"
const product = storedKinds(schema, entities).find("product")
if (!product) throw new Error("no product")
const codec = entities.get("product")?.fields.get("metadata_since")?.codec

describe.each(["America/Los_Angeles", "UTC", "Pacific/Kiritimati"])("where the zone is %s", (zone) => {
  it("a column of days gives and takes the day that people see", () => {
    vi.stubEnv("TZ", zone)
    // As pg and SQLite give it: midnight where the process is.
    const stored = new Date(2026, 0, 31)
    for (const raw of [stored, stored.getTime(), "2026-01-31"])
      expect(codec?.decode(decode("date", "pg", raw))).toBe("2026-01-31T00:00:00.000Z")
    const written = itemValues(product, makeAssets(PUBLIC_URL), () => false, {
      metadata_since: "2026-01-31T00:00:00.000Z",
    })
    expect(written.columns).toEqual({ since: "2026-01-31" })
  })

  it("a column of moments is left as it is", () => {
    vi.stubEnv("TZ", zone)
    const at = new Date("2026-01-31T12:00:00.000Z")
    expect(decode("timestamp", "pg", at)).toBe(at)
    expect(codec?.decode(decode("dateTime", "pg", at))).toBe("2026-01-31T12:00:00.000Z")
  })
})
