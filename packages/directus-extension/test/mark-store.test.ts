import { resolveConfig } from "medusa-directus-core/host"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { foldMarks, leaseMarks, makeMarkStore, nextDue } from "../src/ports/mark-store"
import { appendMarks, statementsOfMarks } from "../src/items/append-marks"
import { TABLES } from "../src/database/tables"
import { fakeDirectus, type FakeDirectus } from "./fake-directus"

const { entities } = resolveConfig({})
const kinds = [...entities.keys()]
let directus: FakeDirectus
beforeEach(async () => {
  directus = await fakeDirectus(entities)
})
afterEach(() => directus.close())

const lease = (limit: number, now: number) =>
  directus.database.transaction((trx) => leaseMarks(trx, "sqlite3", "me", limit, now, kinds))
const names = (marks: { entity: string; localId: string }[]) =>
  marks.map(({ entity, localId }) => `${entity} ${localId}`)

describe("the marks", () => {
  it("wholes are taken before their parts, whichever was marked first", async () => {
    for (const kind of ["variant", "image", "product", "category"])
      await appendMarks(directus.database, kind, ["1"], 10)
    await appendMarks(directus.database, "stranger", ["1"], 5)
    expect(names(await lease(3, 20))).toEqual(["category 1", "product 1", "image 1"])
    expect(names(await lease(3, 20))).toEqual(["variant 1", "stranger 1"])
  })

  it("of equals those are taken first that were marked first: a backfill marks the parts of one record together", async () => {
    const order = ["9", "3", "7", "1", "5"]
    await appendMarks(directus.database, "variant", order, 10)
    expect(names(await lease(2, 20))).toEqual(["variant 9", "variant 3"])
    expect(names(await lease(3, 20))).toEqual(["variant 7", "variant 1", "variant 5"])
  })

  it("a change that was announced is looked at again when it surely is over", async () => {
    const { database } = directus
    await appendMarks(database, "product", ["1"], 1000)
    await appendMarks(database, "product", ["1"], 10)
    const [early] = await lease(10, 20)
    expect(early?.localId).toBe("1")
    if (early) await database.transaction((trx) => makeMarkStore(trx, "sqlite3", "me", () => 20).clear([early]))
    expect(await lease(10, 999)).toEqual([])
    expect(await nextDue(database)).toEqual(new Date(1000))
    expect(names(await lease(10, 1000))).toEqual(["product 1"])
  })

  it("what a clock that has been set back since wrote a day ahead is due now, leased or not", async () => {
    const { database } = directus
    const [now, day] = [1_700_000_000_000, 86_400_000]
    await appendMarks(database, "product", ["1", "2", "3"], now + day)
    expect(names(await lease(1, now))).toEqual(["product 1"])
    await database(TABLES.dirty)
      .where({ local_id: "1" })
      .update({ lease_until: now + day })
    await database(TABLES.dirty)
      .where({ local_id: "2" })
      .update({ run_at: now + day })
    await database(TABLES.dirty)
      .where({ local_id: "3" })
      .update({ run_at: now + 600_000 })
    expect(names(await lease(10, now)).sort()).toEqual(["product 1", "product 2"])
  })

  it("a key with quotes, backslashes or question marks is told apart from the statement that it stands in", () => {
    const first = (key: string) =>
      / values \((.*), 'product', 10, 0, true, false\)$/.exec(
        statementsOfMarks("product", [key], 10, { person: true }).join("; "),
      )?.[1]
    expect(first("O'Neill")).toBe("'O''Neill'")
    expect(first("\\'; drop")).toBe(String.raw`E'\\''; drop'`)
    expect(first("a\\?")).toBe(String.raw`E'a\\\x3f'`)
  })

  it("what was written before the clock was set back an hour waits for nothing", async () => {
    const hour = 3_600_000
    await appendMarks(directus.database, "product", ["1"], hour)
    expect(names(await lease(10, hour))).toEqual(["product 1"])
    await appendMarks(directus.database, "product", ["2"], hour)
    // The one that was leased in the time that has not been yet is free again.
    expect(names(await lease(10, 20)).sort()).toEqual(["product 1", "product 2"])
  })

  it("what somebody asks for is asked for until the mark is cleared, whoever marks it besides and whoever took it", async () => {
    const { database } = directus
    const within = <T>(work: (store: ReturnType<typeof makeMarkStore>) => Promise<T>) =>
      database.transaction((trx) => work(makeMarkStore(trx, "sqlite3", "me", () => 20)))
    const asked = (marks: { localId: string; asked?: boolean }[]) =>
      Object.fromEntries(marks.map(({ localId, asked }) => [localId, asked]))
    await within((store) => store.addLater("product", ["plain", "edited"]))
    await within((store) => store.addLater("product", ["published", "typed"], true))
    await appendMarks(database, "product", ["edited", "typed"], 10, { person: true })
    await database.raw(statementsOfMarks("product", ["made"], 10, { person: true, asked: true }).join(";"))
    const expected = { plain: false, edited: false, published: true, typed: true, made: true }
    expect(asked(await lease(10, 20))).toEqual(expected)
    expect(await within((store) => store.countLater())).toBe(4)
    // The process that took them died, and some were marked again.
    await appendMarks(database, "product", ["made", "plain"], 30)
    const again = await lease(10, 60_000)
    expect(asked(again)).toEqual(expected)
    await within((store) => store.clear(again))
    await appendMarks(database, "product", ["made"], 60_000)
    expect(asked(await lease(10, 60_000))).toEqual({ made: false })
  })

  it("what an apply tells is nobody's new change, and what a sweep finds may be a person's", async () => {
    const mark = (localId: string, isOwn?: boolean) =>
      directus.database.transaction((trx) =>
        makeMarkStore(trx, "sqlite3", "me", () => 10).add("product", [localId], isOwn),
      )
    await mark("found")
    for (const localId of ["told", "typed"]) await mark(localId, true)
    await appendMarks(directus.database, "product", ["typed"], 10, { person: true })
    const marks = await lease(10, 20)
    expect(Object.fromEntries(marks.map(({ localId, automatic }) => [localId, automatic]))).toEqual({
      found: false,
      told: true,
      typed: false,
    })
  })

  it("nobody is taken for an automation because the process that took the mark died", async () => {
    const { database } = directus
    const later = 1_000_000
    await appendMarks(database, "product", ["person"], 10, { person: true })
    await appendMarks(database, "product", ["flow"], 10)
    const automatic = (marks: { localId: string; automatic?: boolean }[]) =>
      Object.fromEntries(marks.map(({ localId, automatic: is }) => [localId, is]))
    expect(automatic(await lease(10, 20))).toEqual({ person: false, flow: true })
    expect(automatic(await lease(10, later))).toEqual({ person: false, flow: false })
    // Given back and marked again, it is known again.
    await database.transaction(async (trx) => {
      const marks = await trx(TABLES.dirty).select("entity", "local_id", "n")
      const held = marks.map(({ entity, local_id: localId, n }) => ({ entity, localId, n: Number(n) }))
      await makeMarkStore(trx, "sqlite3", "me", () => later).postpone(held, new Date(later))
    })
    await appendMarks(database, "product", ["flow"], later)
    expect(automatic(await lease(10, later))).toMatchObject({ flow: true })
  })

  it("nobody is taken for an automation because what was told before is told again", async () => {
    const { database } = directus
    await appendMarks(database, "product", ["flow"], 10)
    await appendMarks(database, "product", ["person"], 10, { person: true })
    const within = <T>(work: (store: ReturnType<typeof makeMarkStore>) => Promise<T>) =>
      database.transaction((trx) => work(makeMarkStore(trx, "sqlite3", "me", () => 20)))
    const taken = async () => {
      const marks = await lease(10, 20)
      return { marks, automatic: new Map(marks.map(({ localId, automatic }) => [localId, automatic])) }
    }
    const first = await taken()
    expect(first.automatic).toEqual(new Map([["flow", true] as const, ["person", false] as const]))
    // Not looked at: who made the changes counts on.
    await within((store) => store.putBack(first.marks, new Date(20)))
    const second = await taken()
    expect(second.automatic).toEqual(first.automatic)
    // Looked at, told, and no answer: nobody has made a change since.
    await within((store) => store.postpone(second.marks, new Date(20)))
    const third = await taken()
    expect([...third.automatic.values()]).toEqual([false, false])

    expect(await within((store) => store.changedByPeople("product", ["flow", "person"]))).toEqual(new Set())
    await appendMarks(database, "product", ["flow"], 10)
    await appendMarks(database, "product", ["person", "stranger"], 10, { person: true })
    await appendMarks(database, "variant", ["flow"], 10, { person: true })
    const byPeople = () => within((store) => store.changedByPeople("product", ["flow", "person"]))
    expect(await byPeople()).toEqual(new Set(["person"]))
    await database.transaction((trx) => foldMarks(trx, "sqlite3", 20))
    expect(await byPeople()).toEqual(new Set(["person"]))
  })

  it("of many marks of one record one is left", async () => {
    const { database } = directus
    for (let i = 0; i < 3; i++) await appendMarks(database, "product", ["1", "2"], 10)
    await database.transaction((trx) => foldMarks(trx, "sqlite3", 10))
    expect(await database(TABLES.dirty).select("entity", "local_id")).toHaveLength(2)
    expect(await database(TABLES.mark).select("seq")).toEqual([])
  })
})
