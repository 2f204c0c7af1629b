import { resolveConfig, type HeldJob } from "medusa-directus-core/host"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { makeJobStore } from "../src/ports/job-store"
import { ensureInternalTables } from "../src/schema/internal-tables"
import { TABLES } from "../src/database/tables"
import { fakeDirectus, type FakeDirectus } from "./fake-directus"

let directus: FakeDirectus
beforeEach(async () => {
  directus = await fakeDirectus(resolveConfig({}).entities)
})
afterEach(() => directus.close())

const job = (id: string, more: Partial<HeldJob> = {}): HeldJob => ({
  id,
  kind: "drift",
  parameters: {},
  state: "running",
  by: 'Ada "the first"',
  startedAt: "2026-11-30T00:00:00.000Z",
  endedAt: null,
  done: 0,
  total: 10,
  error: null,
  cursor: { kind: "product", look: "rows", after: null },
  owner: "a",
  attempts: 0,
  mapping: "m",
  ...more,
})

describe("the row of a job", () => {
  it("is found again as it was written, and what was found stays when only the job is written", async () => {
    const store = makeJobStore(directus.database)
    expect(await store.list()).toEqual([])
    expect(await store.result("drift")).toBeNull()
    expect(await store.save(job("1"), { count: 0, drifts: [] }, null)).toBe(true)
    expect(await store.save(job("1", { done: 5 }), { count: 2, drifts: [] }, 1)).toBe(true)
    expect(await store.save(job("1", { done: 6, cursor: null }), undefined, 2)).toBe(true)
    expect(await store.list()).toEqual([{ version: 3, job: job("1", { done: 6, cursor: null }) }])
    expect(await store.result("drift")).toEqual({ count: 2, drifts: [] })
  })

  it("is one for each kind", async () => {
    const store = makeJobStore(directus.database)
    await store.save(job("1"), {}, null)
    await store.save(job("2", { kind: "repair" }), {}, null)
    expect((await store.list()).map((row) => row.job.id)).toEqual(["1", "2"])
  })

  it("is not written by who has not seen the last version, nor made twice", async () => {
    const store = makeJobStore(directus.database)
    const both = await Promise.all(["1", "2"].map((id) => store.save(job(id), {}, null)))
    expect(both.sort()).toEqual([false, true])
    expect(await store.beat("drift", 1)).toBe(true)
    expect(await store.beat("drift", 1)).toBe(false)
    expect(await store.save(job("3"), {}, 1)).toBe(false)
    expect(await store.beat("repair", 1)).toBe(false)
    expect((await store.list())[0]).toMatchObject({ version: 2, job: { id: expect.stringMatching(/[12]/) as string } })
  })
})

it("a database of the version before gets the table, and its backfill goes on", async () => {
  const { database } = directus
  await database.schema.dropTable(TABLES.job)
  const backfill = JSON.stringify({ id: "b", state: "running" })
  await database(TABLES.control).update({ backfill })
  await ensureInternalTables(database)
  await ensureInternalTables(database)
  expect(await makeJobStore(database).list()).toEqual([])
  expect(await database(TABLES.control).first()).toMatchObject({ backfill })
})
