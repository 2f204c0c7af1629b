import { describe, expect, it } from "vitest"
import { describeRecords } from "../src/inbox/describe-records.ts"
import { discardRecord, listQuarantined, retryQuarantined, retryRecord } from "../src/inbox/quarantine.ts"
import { typedValue } from "../src/inbox/typed-value.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { Pair } from "./pair.ts"

const SHIRT = { title: "Shirt", handle: "shirt" }
const PAGE = { limit: 10, offset: 0 }

/** Two of Directus's could be the shirt of Medusa. */
async function stopped(): Promise<{ pair: Pair; shirt: string; twins: string[] }> {
  const pair = new Pair(resolveConfig())
  const twins = [pair.directus.create("product", SHIRT, false), pair.directus.create("product", SHIRT, false)]
  const shirt = pair.medusa.create("product", SHIRT)
  await pair.settle()
  return { pair, shirt, twins }
}

describe("a record that waits for a person", () => {
  it("is listed by its title, with the reason and what it could be", async () => {
    const { pair, shirt, twins } = await stopped()
    const { total, records } = await listQuarantined(pair.medusa.ports, PAGE)
    expect(total).toBe(1)
    expect(records).toMatchObject([{ entity: "product", localId: shirt, title: "Shirt", parentTitle: null }])
    expect(records[0]?.candidates).toEqual(twins.sort())
    expect(records[0]?.reason).toMatch(/^ambiguous_match: .*Change the key of all but one/)
  })

  it.each(["one", "all"])("is sent again when a person asks (%s), once the cause is gone", async (which) => {
    const { pair, shirt, twins } = await stopped()
    pair.directus.edit("product", twins[0] ?? "", { handle: "another" }, false)
    if (which === "all") expect(await retryQuarantined(pair.medusa.ports)).toBe(1)
    else await retryRecord(pair.medusa.ports, { entity: "product", localId: shirt }, "user_1")
    expect(pair.medusa.journal).toMatchObject([{ localId: shirt, event: "retried" }])
    await pair.settle()
    expect(pair.peer("medusa", shirt)).toBe(twins[1])
    expect((await listQuarantined(pair.medusa.ports, PAGE)).total).toBe(0)
  })

  it("more than fit into one transaction are all sent again", async () => {
    const pair = new Pair(resolveConfig())
    for (let n = 0; n < 1001; n++) {
      const shirt = { title: "Shirt", handle: `shirt-${String(n)}` }
      pair.directus.create("product", shirt, false)
      pair.directus.create("product", shirt, false)
      pair.medusa.create("product", shirt)
    }
    await pair.settle()
    expect(await retryQuarantined(pair.medusa.ports)).toBe(1001)
    expect((await listQuarantined(pair.medusa.ports, PAGE)).total).toBe(0)
  })

  it("can be left alone: neither side's edits of it travel, and it is no longer listed", async () => {
    const { pair, shirt, twins } = await stopped()
    const id = { entity: "product", localId: shirt }
    await discardRecord(pair.medusa.ports, id, "user_1")
    expect((await listQuarantined(pair.medusa.ports, PAGE)).total).toBe(0)
    pair.directus.edit("product", twins[0] ?? "", { handle: "another" }, false)
    pair.medusa.edit("product", shirt, { title: "of Medusa" })
    pair.directus.edit("product", twins[1] ?? "", { title: "of Directus" })
    await pair.settle()
    expect(pair.row("medusa", shirt)?.["title"]).toBe("of Medusa")
    expect(pair.row("directus", twins[1] ?? "")?.["title"]).toBe("of Directus")
    expect(pair.medusa.table("product").marks.size).toBe(0)
  })

  it("taken up again, it has the same values on both sides, and what lost is in an inbox", async () => {
    const { pair, shirt, twins } = await stopped()
    const id = { entity: "product", localId: shirt }
    await discardRecord(pair.medusa.ports, id)
    pair.directus.edit("product", twins[0] ?? "", { handle: "another" }, false)
    pair.medusa.edit("product", shirt, { title: "of Medusa" })
    pair.directus.edit("product", twins[1] ?? "", { title: "of Directus" })
    await pair.settle()
    await retryRecord(pair.medusa.ports, id)
    await pair.settle()
    expect(pair.row("directus", twins[1] ?? "")?.["title"]).toBe(pair.row("medusa", shirt)?.["title"])
    const lost = [...pair.medusa.conflicts.values(), ...pair.directus.conflicts.values()]
    expect(new Set(lost.map(({ losingValue }) => losingValue))).toEqual(new Set(["of Directus"]))
  })

  it("says what cannot be done", async () => {
    const { pair, shirt } = await stopped()
    const { ports } = pair.medusa
    for (const act of [retryRecord, discardRecord]) {
      await expect(act(ports, { entity: "product", localId: "nothing" })).rejects.toThrow(/knows no product nothing/)
      await expect(act(ports, { entity: "shoe", localId: shirt })).rejects.toThrow(/knows no shoe/)
    }
    const hat = pair.medusa.create("product", { title: "Hat", handle: "hat" })
    await pair.settle()
    await expect(discardRecord(ports, { entity: "product", localId: hat })).rejects.toThrow(
      /is not stopped: it is active/,
    )
  })
})

it("records are described by what is stored now, parts by their parent too", async () => {
  const pair = new Pair(resolveConfig())
  const shirt = pair.medusa.create("product", SHIRT)
  const size = pair.medusa.create("variant", { title: "S", product: shirt, sku: "s-1" })
  expect(
    await describeRecords(pair.medusa.ports, [
      { entity: "variant", localId: size, field: "sku" },
      { entity: "product", localId: "gone" },
      { entity: "shoe", localId: shirt },
    ]),
  ).toEqual([
    { title: "S", parentTitle: "Shirt", value: "s-1" },
    { title: null, parentTitle: null, value: null },
    { title: null, parentTitle: null, value: null },
  ])
})

describe("a value that a person gives", () => {
  const { entities } = resolveConfig()
  const field = (kind: string, name: string) => {
    const found = entities.get(kind)?.fields.get(name)
    if (!found) throw new Error(`${kind}.${name}`)
    return found
  }

  it.each([
    ["product", "weight", "weight", 1.5, "1.5"],
    ["product", "weight", "weight", "1.50", "1.5"],
    ["product", "discountable", "discountable", false, false],
    ["variant", "rank", "rank", 2, "2"],
    ["product", "tags", "tags#summer", true, true],
    ["product", "tags", "tags#summer", null, null],
    ["variant", "options", "options#Size", "S", "S"],
  ] as const)("%s.%s (%s): %j is %j", (kind, name, document, given, canonical) => {
    expect(typedValue(field(kind, name), document, given)).toBe(canonical)
  })

  it.each([
    ["product", "weight", "weight", "heavy", /a number or null/],
    ["variant", "rank", "rank", 1.5, /a whole number or null/],
    ["product", "discountable", "discountable", "no", /true, false or null/],
    ["product", "tags", "tags#summer", "summer", /tags#summer takes true or null/],
    ["product", "title", "title", { a: 1 }, /a text or null/],
  ] as const)("%s.%s (%s): %j is refused", (kind, name, document, given, message) => {
    expect(() => typedValue(field(kind, name), document, given)).toThrow(message)
  })
})
