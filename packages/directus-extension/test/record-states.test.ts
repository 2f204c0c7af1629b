import { readStates, resolveConfig, type HostPorts } from "medusa-directus-core/host"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { makeLinkStore } from "../src/ports/link-store"
import { listConflicts, makeConflictStore } from "../src/ports/history-store"
import { makeMarkStore } from "../src/ports/mark-store"
import { readThroughput } from "../src/sync-endpoint/throughput"
import { TABLES } from "../src/database/tables"
import { fakeDirectus, type FakeDirectus } from "./fake-directus"

let directus: FakeDirectus
beforeEach(async () => {
  directus = await fakeDirectus(resolveConfig().entities)
})
afterEach(() => directus.close())

const NOW = new Date("2026-01-01T12:30:00.000Z")
const ports = () =>
  ({
    now: () => NOW,
    config: resolveConfig(),
    readControl: () => Promise.resolve({ paused: null, breaker: { failures: 0, openUntil: null } }),
    transaction: (work: (tx: unknown) => Promise<unknown>) =>
      work({
        links: makeLinkStore(directus.database, "sqlite3"),
        marks: makeMarkStore(directus.database, "sqlite3", "owner", () => NOW.getTime()),
        conflicts: makeConflictStore(directus.database, "sqlite3"),
      }),
  }) as unknown as HostPorts

const mark = (table: string, id: string, more: Record<string, unknown>) =>
  directus.database(table).insert({ entity: "product", local_id: id, priority: 0, ...more })
const conflict = (id: string, item: string, more: Record<string, unknown> = {}) =>
  directus.database(TABLES.conflict).insert({
    ...{ id, entity: "product", local_id: item, peer_id: "p", field: "title", kind: "concurrent" },
    ...{ losing_side: "medusa", losing_value: '"x"', winning_fingerprint: "f", at: "2026-01-01T00:00:00.000Z" },
    ...more,
  })

describe("the states of items", () => {
  it("come from their marks, folded or not, and their open conflicts; of what is unknown, too", async () => {
    await mark(TABLES.mark, "fresh", { due_at: 0 })
    await mark(TABLES.dirty, "folded", { n: 1 })
    await conflict("open", "fresh")
    await conflict("decided", "folded", { resolved_at: "2026-01-01T01:00:00.000Z" })
    const states = await readStates(ports(), "product", ["fresh", "folded", "neither", "fresh"])
    expect([...states].map(([id, { state, openConflicts }]) => [id, state, openConflicts])).toEqual([
      ["fresh", "waiting", 1],
      ["folded", "waiting", 0],
      ["neither", "unknown", 0],
    ])
    const others = await readStates(ports(), "variant", ["fresh"])
    expect(others.get("fresh")?.state).toBe("unknown")
  })
})

it("of the inbox the newest open ones are told, and the open ones of some records", async () => {
  await conflict("old", "1", { at: "2025-12-01T00:00:00.000Z" })
  await conflict("new", "2", { losing_side: "directus" })
  await conflict("done", "1", { resolved_at: "2026-01-01T01:00:00.000Z" })
  await conflict("other", "1", { entity: "variant", at: "2025-11-01T00:00:00.000Z" })
  const store = makeConflictStore(directus.database, "sqlite3")
  expect((await store.newest(2)).map(({ id }) => id)).toEqual(["new", "old"])
  expect(await store.openOf("product", ["1", "3"])).toEqual([{ localId: "1", field: "title", losingSide: "medusa" }])
})

it("the inbox is listed by kind and item", async () => {
  await conflict("a", "1")
  await conflict("b", "2")
  await conflict("c", "2", { entity: "variant" })
  const page = { page: 1, limit: 10 }
  const idsOf = async (filter: { entity?: string; localId?: string }) =>
    (await listConflicts(directus.database, page, { resolved: false, ...filter })).conflicts.map(({ id }) => id)
  expect(await idsOf({})).toEqual(["a", "b", "c"])
  expect(await idsOf({ entity: "product" })).toEqual(["a", "b"])
  expect(await idsOf({ entity: "product", localId: "2" })).toEqual(["b"])
})

it("what moved is counted by the hour and the way, hours without work too", async () => {
  const line = (at: string, direction: string) =>
    directus.database(TABLES.journal).insert({
      ...{ at, direction, entity: "product", local_id: "1", event: "ok", fields: "[]", sync_id: "s" },
    })
  await line("2026-01-01T09:59:59.999Z", "in")
  await line("2026-01-01T10:00:00.000Z", "out")
  await line("2026-01-01T10:30:00.000Z", "out")
  await line("2026-01-01T12:10:00.000Z", "in")
  expect(await readThroughput(directus.database, NOW, 3)).toEqual([
    { hour: "2026-01-01T10:00:00.000Z", out: 2, in: 0 },
    { hour: "2026-01-01T11:00:00.000Z", out: 0, in: 0 },
    { hour: "2026-01-01T12:00:00.000Z", out: 0, in: 1 },
  ])
})
