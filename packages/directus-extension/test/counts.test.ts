import { resolveConfig } from "medusa-directus-core/host"
import { afterEach, beforeEach, expect, it } from "vitest"
import { readCounts } from "../src/ports/observe"
import { foldMarks, leaseMarks, makeMarkStore } from "../src/ports/mark-store"
import { appendMarks } from "../src/items/append-marks"
import { fakeDirectus, type FakeDirectus } from "./fake-directus"

const T = Date.UTC(2026, 0, 1)
const iso = (seconds: number) => new Date(T + seconds * 1000).toISOString()

let directus: FakeDirectus
beforeEach(async () => {
  directus = await fakeDirectus(resolveConfig({}).entities)
})
afterEach(() => directus.close())

const mark = (id: string, seconds: number, priority = 0) =>
  appendMarks(directus.database, "product", [id], T + seconds * 1000, { priority })
const fold = (seconds: number) => foldMarks(directus.database, "sqlite3", T + seconds * 1000)
/** What the sender does when the peer does not answer, or when a person is needed. */
const postpone = async (seconds: number, at: Date | null) => {
  const now = () => T + seconds * 1000
  const marks = await leaseMarks(directus.database, "sqlite3", "me", 10, now(), ["product"])
  await makeMarkStore(directus.database, "sqlite3", "me", now).postpone(marks, at)
}

it("a change is as old as its first mark, however often it is tried or made again", async () => {
  await mark("1", 0)
  expect(await readCounts(directus.database)).toMatchObject({ pending: 1, stopped: 0, oldestAt: iso(0) })
  await fold(10)
  await postpone(20, new Date(T + 30_000))
  await mark("1", 40)
  await fold(50)
  expect(await readCounts(directus.database)).toMatchObject({ pending: 1, oldestAt: iso(0) })
})

it("what waits for a person is not pending, and is as old as the change that asks again", async () => {
  await mark("1", 0)
  await postpone(10, null)
  expect(await readCounts(directus.database)).toMatchObject({ pending: 0, stopped: 1, oldestAt: null })
  await mark("1", 100)
  expect(await readCounts(directus.database)).toMatchObject({ pending: 1, stopped: 0, oldestAt: iso(100) })
  await fold(110)
  expect(await readCounts(directus.database)).toMatchObject({ pending: 1, stopped: 0, oldestAt: iso(100) })
})

it("what a backfill takes is pending and has no age", async () => {
  await mark("1", 0, -1)
  await fold(10)
  expect(await readCounts(directus.database)).toMatchObject({ pending: 1, oldestAt: null })
  await mark("1", 20)
  await fold(30)
  expect(await readCounts(directus.database)).toMatchObject({ pending: 1, oldestAt: iso(20) })
})
