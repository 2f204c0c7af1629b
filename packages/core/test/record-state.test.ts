import { describe, expect, it } from "vitest"
import { judgeRecord, type SeenRecord } from "../src/inbox/record-state.ts"
import { pushOnce } from "../src/run/run-push.ts"
import { sendNow } from "../src/inbox/send-now.ts"
import { emptyLink, type Link } from "../src/link/link.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { describeMapping } from "../src/mapping/describe-mapping.ts"
import { hostWith } from "./host-with.ts"
import { Pair } from "./pair.ts"

const NOW = new Date("2026-01-01T12:00:00.000Z")
const RUNNING = { paused: null, breaker: { failures: 0, openUntil: null } }
const link = (more: Partial<Link> = {}): Link => ({
  ...emptyLink("product", "1"),
  peerId: "prod_1",
  lastSyncedAt: "2026-01-01T11:00:00.000Z",
  syncSource: "directus",
  ...more,
})
const seen = (more: Partial<SeenRecord> = {}): SeenRecord => ({
  link: link(),
  isMarked: false,
  isStopped: false,
  apart: [],
  rests: null,
  openConflicts: 0,
  ...more,
})

describe("the state of a record", () => {
  it.each([
    ["synced", seen()],
    ["unknown", seen({ link: null })],
    ["waiting", seen({ link: null, isMarked: true })],
    ["waiting", seen({ isMarked: true })],
    ["waiting", seen({ link: link({ rev: 2, acked: 1, fields: { title: { fp: "x", r: 2 } } }) })],
    ["waiting", seen({ link: link({ peerId: null }) })],
    ["conflict", seen({ isMarked: true, openConflicts: 1 })],
    ["stopped", seen({ link: link({ state: "quarantined" }), isStopped: true, openConflicts: 1 })],
    ["stopped", seen({ link: link({ heldBack: true }), isMarked: true, isStopped: true })],
    ["waiting", seen({ link: link({ heldBack: true }), isMarked: true })],
    ["waiting", seen({ apart: [{ place: "title", isAsked: true }] })],
    ["archived", seen({ link: link({ standing: "ignored" }), apart: [{ place: "title", isAsked: true }] })],
    ["left_alone", seen({ link: link({ state: "unlinked" }), isMarked: true })],
    ["left_alone", seen({ rests: "left_alone", isMarked: true })],
    ["archived", seen({ rests: "kept" })],
    ["archived", seen({ link: link({ standing: "archived" }) })],
  ] as const)("%s", (name, record) => {
    expect(judgeRecord(record, RUNNING, NOW).state).toBe(name)
  })

  it("says what keeps a change that waits, and why", () => {
    const held = (record: SeenRecord, control: Parameters<typeof judgeRecord>[1]) => {
      const { heldBy, reason } = judgeRecord(record, control, NOW)
      return [heldBy, reason]
    }
    const paused = { code: "unauthorized" as const, message: "Check the secret.", since: NOW.toISOString() }
    const waits = seen({ isMarked: true })
    expect(held(waits, RUNNING)).toEqual([null, null])
    expect(held(waits, { ...RUNNING, paused })).toEqual(["pause", "Check the secret."])
    expect(held(waits, { ...RUNNING, paused: { ...paused, accepted: true } })).toEqual([null, null])
    const openUntil = new Date(NOW.getTime() + 60_000).toISOString()
    expect(held(waits, { ...RUNNING, breaker: { failures: 6, openUntil } })[0]).toBe("peer_away")
    const refused = seen({ isMarked: true, link: link({ attempts: 2, reason: "rejected_by_host: handle" }) })
    expect(held(refused, RUNNING)).toEqual(["retry", "rejected_by_host: handle"])
    expect(held(seen(), { ...RUNNING, paused })).toEqual([null, null])
    const needs = seen({ isStopped: true, link: link({ heldBack: true, reason: "need_parent: it has no product" }) })
    expect(held(needs, RUNNING)).toEqual(["other_record", "need_parent: it has no product"])
    const apart = (isAsked: boolean) => seen({ apart: [{ place: "title", isAsked }] })
    const uncompared = "not compared with the other side yet: title"
    expect(held(apart(false), RUNNING)).toEqual(["new_place", uncompared])
    expect(held(apart(true), RUNNING)).toEqual([null, uncompared])
    expect(held(apart(false), { ...RUNNING, paused })).toEqual(["pause", "Check the secret."])
  })

  it("says when the sides last agreed, and from where it came", () => {
    expect(judgeRecord(seen(), RUNNING, NOW)).toMatchObject({
      ...{ peerId: "prod_1", lastFrom: "directus", lastSyncedAt: "2026-01-01T11:00:00.000Z" },
    })
  })
})

describe("sending now", () => {
  const SHIRT = { title: "Shirt", handle: "shirt" }

  it("takes a record and its parts, whatever they wait for, and tells them once", async () => {
    const pair = new Pair(resolveConfig())
    const shirt = pair.medusa.create("product", SHIRT)
    const size = pair.medusa.create("variant", { title: "S", product: shirt, sku: "s-1" })
    await pair.settle()
    pair.medusa.edit("product", shirt, { title: "Long shirt" }, false)
    pair.medusa.edit("variant", size, { title: "Small" }, false)
    await pair.settle()
    const before = pair.requests.length
    expect(await sendNow(pair.medusa.ports, [{ entity: "product", localId: shirt }])).toBe(2)
    await pair.settle()
    expect(pair.row("directus", pair.peer("medusa", shirt) ?? "")?.["title"]).toBe("Long shirt")
    expect(pair.requests.length - before).toBe(1)
  })

  it("tries one that is stopped again, and leaves one alone that a person left alone", async () => {
    const pair = new Pair(resolveConfig())
    const twins = [pair.directus.create("product", SHIRT, false), pair.directus.create("product", SHIRT, false)]
    const shirt = pair.medusa.create("product", SHIRT)
    await pair.settle()
    pair.directus.edit("product", twins[0] ?? "", { handle: "another" }, false)
    const id = { entity: "product", localId: shirt }
    expect(await sendNow(pair.medusa.ports, [id], "user_1")).toBe(1)
    await pair.settle()
    expect(pair.peer("medusa", shirt)).toBe(twins[1])
    const stored = pair.medusa.table("product").links.get(shirt)
    if (!stored) throw new Error("no link")
    pair.medusa.table("product").links.set(shirt, { ...stored, state: "unlinked" })
    expect(await sendNow(pair.medusa.ports, [id])).toBe(0)
  })

  it("a person's asks a peer that rests at once, and one of an automation waits for it", async () => {
    const pair = new Pair(resolveConfig())
    const shirt = { entity: "product", localId: pair.medusa.create("product", SHIRT) }
    await pair.settle()
    const resting = { failures: 5, openUntil: new Date(pair.now + 60_000).toISOString() }
    pair.medusa.control = { ...pair.medusa.control, breaker: resting }
    pair.medusa.edit("product", shirt.localId, { title: "Long shirt" })
    await sendNow(pair.medusa.ports, [shirt])
    expect(pair.medusa.control.breaker).toEqual(resting)
    expect(await pushOnce(pair.medusa.ports)).toMatchObject({ kind: "resting" })
    await sendNow(pair.medusa.ports, [shirt], "user_1", true)
    expect(await pushOnce(pair.medusa.ports)).toMatchObject({ kind: "sent", records: 1 })
    expect(pair.row("directus", pair.peer("medusa", shirt.localId))?.["title"]).toBe("Long shirt")
  })

  it("of a whole takes the parts that are there, of its own kinds, and tells who asked for it", async () => {
    const at = (entity: string, localId: string, more: Partial<Link> = {}): Link => ({
      ...emptyLink(entity, localId),
      parentId: "p1",
      ...more,
    })
    const { host, marked } = hostWith({
      links: [
        at("product", "p1", { parentId: null }),
        at("variant", "v2"),
        at("variant", "v1"),
        at("variant", "v3", { state: "quarantined", reason: "no", attempts: 5 }),
        at("variant", "v4", { state: "unlinked" }),
        at("variant", "v5", { standing: "gone" }),
        at("variant", "v6", { parentId: "p2" }),
        at("image", "i1"),
        // A category may have the id of a product, and is never a part of one.
        at("category", "c1"),
        at("category", "p1", { parentId: null }),
      ],
    })
    const shirt = { entity: "product", localId: "p1" }
    expect(await sendNow(host.ports, [shirt, shirt], "user_1")).toBe(5)
    expect([marked("product"), marked(), marked("image"), marked("category")]).toEqual([
      ["p1"],
      ["v1", "v2", "v3"],
      ["i1"],
      [],
    ])
    expect(host.table("variant").links.get("v3")).toMatchObject({ state: "active", reason: null, attempts: 0 })
    expect(host.journal).toEqual([
      {
        at: "1970-01-01T00:00:01.000Z",
        entity: "variant",
        localId: "v3",
        direction: "out",
        event: "retried",
        fields: [],
        reason: "by user_1",
        syncId: "id",
      },
    ])
    expect(await sendNow(host.ports, [{ entity: "category", localId: "p1" }])).toBe(1)
    expect(marked("category")).toEqual(["p1"])
  })

  it("refuses a kind that is not mapped", async () => {
    const pair = new Pair(resolveConfig())
    await expect(sendNow(pair.medusa.ports, [{ entity: "shoe", localId: "1" }])).rejects.toMatchObject({
      code: "not_found",
      message: expect.stringMatching(/knows no shoe 1/) as string,
    })
  })
})

it("the mapping is described field by field, with its owner and its winner", () => {
  const kinds = describeMapping(resolveConfig({ product: { fields: { title: { wins: "directus" } } } }))
  const product = kinds.find(({ kind }) => kind === "product")
  expect(product).toMatchObject({ collection: "products", matchKeys: ["handle"] })
  expect(product?.fields.find(({ name }) => name === "title")).toEqual({
    ...{ name: "title", medusa: "title", directus: "title", type: "text", owner: "two-way", wins: "directus" },
  })
})
