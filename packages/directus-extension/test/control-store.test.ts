import { resolveConfig, type ControlChange } from "medusa-directus-core/host"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { readControl, updateControl } from "../src/ports/control-store"
import { TABLES } from "../src/database/tables"
import { fakeDirectus, type FakeDirectus } from "./fake-directus"

let directus: FakeDirectus
beforeEach(async () => {
  directus = await fakeDirectus(resolveConfig({}).entities)
})
afterEach(() => directus.close())

const NOW = "2026-01-01T00:00:00.000Z"
const FULL: Required<ControlChange> = {
  epoch: "e",
  past: ["d", "c"],
  peerEpoch: "p",
  peerPast: ["o"],
  peerBeat: 7,
  repair: "restored",
  home: "here",
  breaker: { failures: 2, openUntil: NOW },
  paused: { code: "by_person", message: 'Es ist "still"', since: NOW, both: true },
  lastSuccessAt: NOW,
  lastReceivedAt: NOW,
  backfill: null,
  places: { product: { status: { at: "state", since: 2 } } },
  alerts: [{ code: "silent", message: "…", since: NOW }] as never,
  clockOffset: -3000,
}

describe("the control row", () => {
  it("is found again as it was read, each column of it, whether empty or not", async () => {
    const { database } = directus
    for (const step of [FULL, { ...FULL, paused: null, peerEpoch: null }]) {
      expect(await updateControl(database, step, await readControl(database))).toBe(true)
      expect(await readControl(database)).toMatchObject(step)
    }
    expect(await updateControl(database, { home: "there" }, await readControl(database))).toBe(true)
  })

  it("is found again after somebody wrote the same in another form", async () => {
    const { database } = directus
    await updateControl(database, FULL)
    await database(TABLES.control).update({ breaker: JSON.stringify(FULL.breaker, null, 2) })
    expect(await updateControl(database, { home: "there" }, await readControl(database))).toBe(true)
  })

  it("is not changed from what it does not say any more", async () => {
    const { database } = directus
    const { paused, epoch } = await readControl(database)
    expect(await updateControl(database, { paused: FULL.paused }, { paused, epoch })).toBe(true)
    expect(await updateControl(database, { paused: null }, { paused })).toBe(false)
    expect(await updateControl(database, { paused: null }, { epoch: "another" })).toBe(false)
    expect((await readControl(database)).paused).toEqual(FULL.paused)
  })
})
