import { describe, expect, it } from "vitest"
import type { CanonicalValue } from "../src/document/value.ts"
import { candidatesIn, couldBe } from "../src/apply/candidates.ts"
import { describeRecords } from "../src/inbox/describe-records.ts"
import { discardRecord, listQuarantined, retryQuarantined, retryRecord } from "../src/inbox/quarantine.ts"
import { resolveConflict, tellResolved } from "../src/inbox/resolve-conflict.ts"
import { typedValue } from "../src/inbox/typed-value.ts"
import { emptyLink } from "../src/link/link.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import type { StoredConflict } from "../src/ports.ts"
import { Pair } from "./pair.ts"

const SHIRT = { title: "Shirt", handle: "shirt" }

/** A product on both sides, and a conflict of its title in Medusa's inbox. */
async function open(more: Partial<StoredConflict> = {}) {
  const pair = new Pair(resolveConfig({ product: { fields: { material: { owner: "directus" } } } }))
  const id = pair.medusa.create("product", SHIRT)
  await pair.settle()
  const conflict = {
    id: "conflict-1",
    entity: "product",
    localId: id,
    peerId: pair.peer("medusa", id),
    field: "title",
    kind: "concurrent",
    losingSide: "directus",
    losingValue: "of Directus",
    winningFingerprint: "w",
    at: new Date(pair.now).toISOString(),
    resolvedAt: null,
    told: false,
    ...more,
  } as const
  pair.medusa.conflicts.set(conflict.id, conflict)
  return { pair, id }
}

describe("a decision about a conflict", () => {
  it("that takes the value writes it, tells it, and keeps when it was made and why", async () => {
    const { pair, id } = await open()
    await resolveConflict(pair.medusa.ports, "conflict-1", { kind: "take" }, "user_1")
    expect(pair.row("medusa", id)).toEqual({ ...SHIRT, title: "of Directus" })
    expect(pair.medusa.table("product").marks.has(id)).toBe(true)
    expect(pair.medusa.conflicts.get("conflict-1")?.resolvedAt).toBe(new Date(pair.now).toISOString())
    expect(pair.medusa.journal).toMatchObject([
      {
        at: new Date(pair.now).toISOString(),
        entity: "product",
        localId: id,
        direction: "out",
        event: "resolved",
        fields: ["title"],
        reason: "the value that had lost was taken by user_1",
      },
    ])
  })

  it.each([
    [{ kind: "keep" }, "the value was kept"],
    [{ kind: "edit", value: "third" }, "another value was given"],
  ] as const)("%j is told in words", async (decision, reason) => {
    const { pair, id } = await open()
    const writes = pair.medusa.writes
    await resolveConflict(pair.medusa.ports, "conflict-1", decision)
    expect(pair.medusa.journal).toMatchObject([{ reason }])
    expect(pair.medusa.writes - writes).toBe(decision.kind === "keep" ? 0 : 1)
    expect(pair.medusa.table("product").marks.has(id)).toBe(decision.kind !== "keep")
  })

  it.each([
    [{ field: "colour" }, /^product\.colour is not mapped any more\. Keep the value/],
    [{ entity: "shoe" }, /^shoe\.title is not mapped any more/],
    [{ localId: "m99" }, /^The product m99 is gone\. Bring it back first/],
    [{ field: "material" }, /^product\.material can only be changed in directus\. Decide about it there/],
  ])("about %j is refused in words, and the conflict stays open", async (more, message) => {
    const { pair } = await open(more)
    await expect(resolveConflict(pair.medusa.ports, "conflict-1", { kind: "take" })).rejects.toMatchObject({
      code: "invalid_options",
      message: expect.stringMatching(message) as string,
    })
    expect(pair.medusa.conflicts.get("conflict-1")?.resolvedAt).toBeNull()
  })

  it.each([
    ["medusa", { kind: "take" }],
    ["medusa", { kind: "edit", value: "" }],
    ["medusa", { kind: "edit", value: null }],
    ["directus", { kind: "edit", value: null }],
  ] as const)(
    "in %s that empties what Medusa needs is refused (%j), and the conflict stays open",
    async (side, decision) => {
      const { pair, id } = await open({ losingValue: null, field: "status" })
      const { ports, conflicts } = pair.host(side)
      const conflict = pair.medusa.conflicts.get("conflict-1")
      if (side === "directus" && conflict)
        conflicts.set("conflict-1", { ...conflict, localId: pair.peer("medusa", id), peerId: id, losingSide: "medusa" })
      await expect(resolveConflict(ports, "conflict-1", decision)).rejects.toMatchObject({
        code: "invalid_options",
        message: expect.stringMatching(/^status must not be empty: .*Give it a value, or keep/) as string,
      })
      expect(conflicts.get("conflict-1")?.resolvedAt).toBeNull()
    },
  )

  it("may empty what Medusa does not need", async () => {
    const { pair, id } = await open({ losingValue: null, field: "subtitle" })
    await resolveConflict(pair.medusa.ports, "conflict-1", { kind: "take" })
    expect(pair.row("medusa", id)?.["subtitle"] ?? null).toBeNull()
    expect(pair.medusa.conflicts.get("conflict-1")?.resolvedAt).not.toBeNull()
  })

  it("about a record that is gone may still be to keep what there is", async () => {
    const { pair } = await open({ localId: "m99" })
    await resolveConflict(pair.medusa.ports, "conflict-1", { kind: "keep" })
    expect(pair.medusa.conflicts.get("conflict-1")?.resolvedAt).not.toBeNull()
  })

  it("that is made twice, or about none, is an error of its own kind", async () => {
    const { pair } = await open()
    const { ports } = pair.medusa
    await resolveConflict(ports, "conflict-1", { kind: "keep" })
    await expect(resolveConflict(ports, "conflict-1", { kind: "keep" })).rejects.toMatchObject({
      code: "already_decided",
    })
    await expect(resolveConflict(ports, "other", { kind: "keep" })).rejects.toMatchObject({ code: "not_found" })
  })

  it("is told to the peer once, and what the peer has decided itself keeps its time", async () => {
    const { pair } = await open()
    const first = pair.medusa.conflicts.get("conflict-1")
    if (first) {
      pair.directus.conflicts.set("conflict-1", { ...first, resolvedAt: "2025-01-01T00:00:00.000Z" })
      pair.directus.conflicts.set("conflict-2", { ...first, id: "conflict-2" })
      pair.medusa.conflicts.set("conflict-2", { ...first, id: "conflict-2" })
    }
    for (const id of ["conflict-1", "conflict-2"]) await resolveConflict(pair.medusa.ports, id, { kind: "keep" })
    const before = pair.requests.length
    await tellResolved(pair.medusa.ports)
    await tellResolved(pair.medusa.ports)
    expect(pair.requests.length - before).toBe(1)
    expect(pair.directus.conflicts.get("conflict-1")).toMatchObject({
      resolvedAt: "2025-01-01T00:00:00.000Z",
      told: false,
    })
    expect(pair.directus.conflicts.get("conflict-2")).toMatchObject({
      resolvedAt: new Date(pair.now).toISOString(),
      told: true,
    })
  })

  it("waits for a peer that is away, without asking", async () => {
    const { pair } = await open()
    await resolveConflict(pair.medusa.ports, "conflict-1", { kind: "keep" })
    await pair.medusa.ports.updateControl({
      breaker: { failures: 5, openUntil: new Date(pair.now + 5_000).toISOString() },
    })
    const before = pair.requests.length
    await tellResolved(pair.medusa.ports)
    expect(pair.requests).toHaveLength(before)
    expect(pair.medusa.conflicts.get("conflict-1")?.told).toBe(false)
  })
})

describe("the candidates of a stopped record", () => {
  it("are read back from the words that name them", () => {
    expect(couldBe(["a", "b"])).toBe("More than one record here could be the same: a, b.")
    const reason = `ambiguous_match: ${couldBe(["a.1", "b"])} Change the key of all but one, then retry.`
    expect(candidatesIn(reason)).toEqual(["a.1", "b"])
    expect(candidatesIn(couldBe(["a", "b"]))).toEqual(["a", "b"])
    expect(candidatesIn("rejected_by_host: a, b.")).toEqual([])
    expect(candidatesIn("")).toEqual([])
  })

  it("are twenty at most", () => {
    expect(candidatesIn(couldBe(Array.from({ length: 30 }, (_, i) => `c${String(i)}`)))).toHaveLength(20)
  })
})

describe("stopped records", () => {
  it("are listed page by page, parts with the title of their parent", async () => {
    const pair = new Pair(resolveConfig())
    const product = pair.medusa.create("product", SHIRT)
    const variants = ["S", "M"].map((title) => pair.medusa.create("variant", { title, product }))
    await pair.settle()
    const { links } = pair.medusa.table("variant")
    for (const id of variants) {
      const link = links.get(id)
      if (link) links.set(id, { ...link, state: "quarantined", reason: id === variants[0] ? null : "failed: no" })
    }
    const page = (offset: number) => listQuarantined(pair.medusa.ports, { limit: 1, offset })
    expect(await page(0)).toEqual({
      total: 2,
      records: [
        {
          entity: "variant",
          localId: variants[0],
          title: "S",
          parentTitle: "Shirt",
          peerId: links.get(variants[0] ?? "")?.peerId,
          reason: "",
          candidates: [],
        },
      ],
    })
    expect((await page(1)).records).toMatchObject([{ title: "M", reason: "failed: no" }])
    expect((await page(2)).records).toEqual([])
  })

  it("are sent again only if they are still stopped when their turn comes", async () => {
    const pair = new Pair(resolveConfig())
    const { links, marks } = pair.medusa.table("product")
    for (const id of ["m1", "m2"]) links.set(id, { ...emptyLink("product", id), state: "quarantined", reason: "no" })
    const { transaction } = pair.medusa.ports
    let times = 0
    const meanwhile: typeof transaction = (work) => {
      if (++times === 2) links.set("m2", emptyLink("product", "m2"))
      return transaction(work)
    }
    Object.assign(pair.medusa.ports, { transaction: meanwhile })
    expect(await retryQuarantined(pair.medusa.ports)).toBe(2)
    expect([...marks.keys()]).toEqual(["m1"])
    expect(pair.medusa.journal).toMatchObject([{ localId: "m1", event: "retried" }])
  })

  it("that are left alone wait for nobody and are announced to nobody", async () => {
    const pair = new Pair(resolveConfig())
    const id = pair.medusa.create("product", SHIRT)
    for (let i = 0; i < 2; i++) pair.directus.create("product", SHIRT, false)
    await pair.settle()
    await discardRecord(pair.medusa.ports, { entity: "product", localId: id }, "user_1")
    expect(pair.medusa.table("product").links.get(id)).toMatchObject({
      state: "unlinked",
      announced: null,
      awaiting: null,
      promised: null,
      attempts: 0,
    })
    expect(pair.medusa.journal).toMatchObject([
      { entity: "product", localId: id, direction: "out", event: "left alone", fields: [], reason: "by user_1" },
    ])
    await expect(discardRecord(pair.medusa.ports, { entity: "product", localId: id })).rejects.toMatchObject({
      code: "invalid_options",
      message: `The product ${id} is not stopped: it is unlinked.`,
    })
    await expect(retryRecord(pair.medusa.ports, { entity: "product", localId: "m99" })).rejects.toMatchObject({
      code: "not_found",
    })
    await retryRecord(pair.medusa.ports, { entity: "product", localId: id })
    expect(pair.medusa.table("product").links.get(id)).toMatchObject({ state: "active", reason: null, attempts: 0 })
    expect(pair.medusa.journal).toMatchObject([{ event: "retried", reason: null }])
  })
})

describe("what a person knows a record by", () => {
  it("is its title, its name or its value, and else what identifies it", async () => {
    const pair = new Pair(resolveConfig({ kinds: {}, tag: true }))
    const { medusa } = pair
    const category = medusa.create("category", { name: "Shirts", handle: "shirts" })
    const tag = medusa.create("tag", { value: "summer" })
    const nameless = medusa.create("product", { title: "", handle: "only-a-handle" })
    const nothing = medusa.create("product", { title: 7 as CanonicalValue })
    const asked = [
      { entity: "category", localId: category, field: "handle" },
      { entity: "tag", localId: tag },
      { entity: "product", localId: nameless, field: "title" },
      { entity: "product", localId: nothing, field: "subtitle" },
    ]
    expect(await describeRecords(medusa.ports, asked)).toEqual([
      { title: "Shirts", parentTitle: null, value: "shirts" },
      { title: "summer", parentTitle: null, value: null },
      { title: "only-a-handle", parentTitle: null, value: "" },
      { title: null, parentTitle: null, value: null },
    ])
  })

  it("of a part is none of its parent's when that is not there", async () => {
    const pair = new Pair(resolveConfig())
    const orphan = pair.medusa.create("variant", { title: "S", product: "m99" })
    const bare = pair.medusa.create("variant", { title: "M" })
    const asked = [orphan, bare].map((localId) => ({ entity: "variant", localId }))
    expect(await describeRecords(pair.medusa.ports, asked)).toEqual([
      { title: "S", parentTitle: null, value: null },
      { title: "M", parentTitle: null, value: null },
    ])
  })
})

describe("a value that a person gives for a field of each type", () => {
  const { entities } = resolveConfig({
    product: {
      metadata: { since: { type: "date" }, story: { type: "json" } },
    },
  })
  const typed = (kind: string, name: string, given: CanonicalValue, document = name) => {
    const field = entities.get(kind)?.fields.get(name)
    if (!field) throw new Error(name)
    return typedValue(field, document, given)
  }
  const refused = (kind: string, name: string, given: CanonicalValue, document = name) => {
    try {
      return typed(kind, name, given, document)
    } catch (error) {
      return (error as Error & { code: string }).code === "invalid_options" ? (error as Error).message : error
    }
  }

  it("is taken in its canonical form", () => {
    expect(typed("product", "metadata_since", "2026-01-01T01:00:00+01:00")).toBe("2026-01-01T00:00:00.000Z")
    expect(typed("product", "metadata_story", { a: [1] })).toEqual({ a: [1] })
    expect(typed("product", "metadata_story", "text")).toBe("text")
    expect(typed("product", "collection", "col_1")).toBe("col_1")
    expect(typed("product", "weight", "-1.50")).toBe("-1.5")
    expect(typed("variant", "rank", "-3")).toBe("-3")
    expect(typed("product", "categories", true, "categories#c1")).toBe(true)
    expect(typed("variant", "options", "L", "options#Size")).toBe("L")
    expect(typed("product", "title", null)).toBeNull()
  })

  it("is refused by what the field takes", () => {
    expect(refused("product", "metadata_since", "soon")).toBe("metadata_since takes a date or null.")
    expect(refused("product", "weight", "1.5.1")).toBe("weight takes a number or null.")
    expect(refused("product", "weight", "x1")).toBe("weight takes a number or null.")
    expect(refused("variant", "rank", "1x")).toBe("rank takes a whole number or null.")
    expect(refused("product", "discountable", "maybe")).toBe("discountable takes true, false or null.")
    expect(refused("product", "collection", ["a"])).toBe("collection takes the id of a record of this side or null.")
    expect(refused("product", "categories", false, "categories#c1")).toBe("categories#c1 takes true or null.")
    expect(refused("variant", "options", true, "options#Size")).toBe("options#Size takes a text or null.")
    expect(refused("product", "tags", ["a"])).toBe("tags takes no value of its own or null.")
  })
})
