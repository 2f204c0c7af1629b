import { expect, test } from "vitest"
import { CHECKS } from "../src/doctor/finding.ts"
import { judge } from "../src/doctor/judge.ts"
import type { Seen } from "../src/doctor/seen.ts"
import type { DirectusStatus, Health, MedusaStatus } from "../src/hosts/shapes.ts"
import { Problem } from "../src/problem.ts"

const health = (host: string, change: Partial<Health> = {}): Health => ({
  state: "ok",
  problems: [],
  versions: { host, sync: "0.1.0", protocol: 1 },
  details: {
    records: { active: 3, quarantined: 0, unlinked: 0, pending: 0, stopped: 0, openConflicts: 0 },
    oldestPendingSeconds: null,
    lastSuccessAt: { sent: null, received: null },
    clockOffset: 0,
  },
  ...change,
})

const medusaStatus: MedusaStatus = {
  state: "running",
  reason: null,
  epoch: "m",
  peerEpoch: "d",
  paused: null,
  clockOffsetMs: 0,
  capture: "installed",
  translations: null,
  directus: "http://cms",
  config: "hash",
}
const directusStatus = {
  running: true,
  medusa: "http://shop",
  epoch: "d",
  peerEpoch: "m",
  paused: null,
  clockOffsetMs: 0,
  config: "hash",
  collections: ["products"],
  leftOut: [],
  translations: { unmapped: [] },
  images: { waiting: 0, refused: 0 },
} satisfies DirectusStatus

const value = <T>(it: T) => ({ kind: "seen" as const, value: it })
const right = { kind: "right" as const, clock: 0, isFirst: true }
const licence = (used: number, more: object = {}) =>
  value({ status: "active", usage: { collections: used }, entitlements: { collections: { limit: 25 } }, ...more })

const sound = (change: { medusa?: Partial<Seen["medusa"]>; directus?: Partial<Seen["directus"]> } = {}): Seen => ({
  medusa: {
    url: "http://shop",
    reach: null,
    health: value(health("2.21.2")),
    status: value(medusaStatus),
    probe: right,
    ...change.medusa,
  },
  directus: {
    url: "http://cms",
    reach: null,
    health: value(health("12.4.0")),
    status: value(directusStatus),
    probe: right,
    licence: licence(6),
    ...change.directus,
  },
  isSecretAssumed: false,
  secretFault: null,
  version: "0.1.0",
})

const problems = (seen: Seen) => judge(seen).filter(({ state }) => state === "problem")
const only = (seen: Seen) => {
  const found = problems(seen)
  expect(found).toHaveLength(1)
  return found[0]
}

test("on a sound pair every check is told, in its order, and none has a problem", () => {
  const findings = judge(sound())
  expect([...new Set(findings.map(({ check }) => check))]).toEqual([...CHECKS])
  expect(findings.map(({ state }) => state)).toEqual(findings.map(() => "ok"))
})

test("each problem has its fix", () => {
  const codes = ["sync_off", "unauthorized", "config_mismatch", "mass_delete", "quarantined", "something_new"]
  for (const code of codes) {
    const told = (fix?: string) => {
      const problem = { code, message: "It is so.", since: null, ...(fix === undefined ? {} : { fix }) }
      return sound({ medusa: { health: value(health("2.21.2", { state: "stopped", problems: [problem] })) } })
    }
    expect(only(told("Do that."))).toMatchObject({ message: "It is so.", fix: "Do that." })
    // A host of an earlier version says it in its message.
    expect(only(told())?.fix).toBe(`docs/troubleshooting.md#${code} tells what to do.`)
  }
})

test("an open conflict is a note: nothing stands still because of it", () => {
  const waits = { code: "open_conflicts", message: "1 conflict waits.", since: null }
  const seen = sound({ directus: { health: value(health("12.4.0", { problems: [waits] })) } })
  expect(problems(seen)).toEqual([])
  expect(judge(seen)).toContainEqual(expect.objectContaining({ state: "note", message: "1 conflict waits." }))
})

test("a way that others can read is a note: what a host says of its own, and what this program sends", () => {
  const told = { code: "plain_http", message: "Synced data can be read.", fix: "Use an https address.", since: null }
  const seen = sound({
    medusa: { url: "http://shop.example.com", health: value(health("2.21.2", { problems: [told] })) },
    directus: { url: "http://10.0.0.5:8055" },
  })
  expect(problems(seen)).toEqual([])
  const notes = judge(seen).filter(({ state }) => state === "note")
  expect(notes.map(({ check, side, message }) => [check, side, message])).toEqual([
    [
      "permissions",
      "medusa",
      "The secret API key of Medusa goes from here to http://shop.example.com over plain http: whoever is on the way can read it.",
    ],
    [
      "permissions",
      "directus",
      "The token of an administrator of Directus goes from here to http://10.0.0.5:8055 over plain http: whoever is on the way can read it.",
    ],
    ["secret", "medusa", told.message],
  ])
  expect(notes.map(({ fix }) => fix)).toEqual([
    expect.stringMatching(/^Set MEDUSA_URL here to an address with https/),
    expect.stringMatching(/^Set DIRECTUS_URL here to an address with https/),
    told.fix,
  ])
})

test("a host that does not answer is told once, and nothing is made up about it", () => {
  const down = new Problem({ code: "unreachable", message: "Directus does not answer.", fix: "Start it." })
  const unknown = { kind: "unknown" as const, why: "it does not answer" }
  const seen = sound({ directus: { reach: down, health: null, status: null, licence: null, probe: unknown } })
  expect(only(seen)).toMatchObject({ check: "reach", side: "directus", fix: "Start it." })
  const about = judge(seen).filter(({ side }) => side === "directus")
  expect(about.map(({ check }) => check)).toEqual(["reach", "secret"])
})

test("the secret: which side has another one than the one that is set here", () => {
  const wrong = { kind: "wrong" as const }
  expect(only(sound({ medusa: { probe: wrong } }))).toMatchObject({
    side: "medusa",
    message: "Medusa has another secret than the one that is set here and in Directus.",
  })
  expect(only(sound({ directus: { probe: wrong } }))).toMatchObject({
    side: "directus",
    fix: expect.stringContaining("MEDUSA_SYNC_SECRET in Directus") as string,
  })
  const both = sound({ medusa: { probe: wrong }, directus: { probe: wrong } })
  expect(only(both)).toMatchObject({ side: null, message: expect.stringContaining("Neither side") as string })
  expect(problems({ ...both, isSecretAssumed: true })).toEqual([])
})

test("a secret that can be guessed is a problem with the command for a good one, also where both sides took it", () => {
  const seen = { ...sound(), secretFault: "MEDUSA_SYNC_SECRET can be guessed." }
  expect(only(seen)).toMatchObject({
    check: "secret",
    side: null,
    message: "MEDUSA_SYNC_SECRET can be guessed.",
    fix: expect.stringMatching(/randomBytes\(32\).*both sides.*restart both/) as string,
  })
  const key = { ...seen, isSecretAssumed: true, secretFault: "MEDUSA_SECRET_API can be guessed." }
  expect(only(key)?.fix).toMatch(/Settings → Secret API Keys/)
  // Neither side signs with it: then it is no business of the sync's.
  const wrong = { kind: "wrong" as const }
  expect(
    problems({ ...key, medusa: { ...key.medusa, probe: wrong }, directus: { ...key.directus, probe: wrong } }),
  ).toEqual([])
})

test("clocks that are more than a minute apart are told with the side that is ahead", () => {
  const ahead = sound({ directus: { probe: { ...right, clock: 3_600_000 } } })
  expect(only(ahead)).toMatchObject({ check: "clocks", message: "Directus's clock is 3600 s ahead of Medusa's." })
  const behind = sound({ medusa: { probe: { ...right, clock: 90_000 } } })
  expect(only(behind)?.message).toBe("Directus's clock is 90 s behind Medusa's.")
  const both = sound({ medusa: { probe: { ...right, clock: 9e6 } }, directus: { probe: { ...right, clock: 9e6 } } })
  expect(problems(both)).toEqual([])
})

test("two hosts that are not each other's are told, and different mappings too", () => {
  const other = sound({ medusa: { status: value({ ...medusaStatus, peerEpoch: "x", directus: "http://old" }) } })
  expect(only(other)).toMatchObject({ check: "pair", message: expect.stringContaining("http://old") as string })
  const mapping = sound({ directus: { status: value({ ...directusStatus, config: "another" }) } })
  expect(only(mapping)).toMatchObject({ check: "mapping" })
})

test("versions that do not fit are told with what would fit", () => {
  expect(only(sound({ medusa: { health: value(health("2.20.1")) } }))?.fix).toContain("2.21 or later")
  expect(only(sound({ directus: { health: value(health("11.9.0")) } }))?.fix).toContain("Directus 12")
  const newer = health("12.4.0", { versions: { host: "12.4.0", sync: "0.2.0", protocol: 1 } })
  expect(only(sound({ directus: { health: value(newer) } }))?.message).toContain("0.1.0 in Medusa, 0.2.0 in Directus")
})

test("the licence: room, none left, locked, no limit", () => {
  const told = (of: Seen["directus"]["licence"]) =>
    judge(sound({ directus: { licence: of } })).find(({ check }) => check === "licence")
  expect(told(licence(11))).toMatchObject({ state: "ok", message: "11 of 25 collections of the licence are in use." })
  expect(told(licence(25))).toMatchObject({ state: "note", fix: expect.stringContaining("room") as string })
  expect(told(licence(30, { status: "locked" }))).toMatchObject({ state: "problem" })
  expect(told(licence(30, { entitlements: { collections: { limit: 25, addon: 10 } } }))?.message).toContain("30 of 35")
  expect(told(licence(99, { entitlements: { collections: { limit: -1 } } }))).toMatchObject({ state: "ok" })
})

test("missing triggers and tables are told once, with what puts them back", () => {
  const told = health("2.21.2", {
    state: "degraded",
    problems: [{ code: "capture_missing", message: "…", since: null }],
  })
  const capture = (state: MedusaStatus["capture"]) =>
    sound({ medusa: { health: value(told), status: value({ ...medusaStatus, capture: state }) } })
  expect(only(capture("missing"))).toMatchObject({ check: "triggers", side: "medusa" })
  expect(only(capture("not_migrated"))?.fix).toContain("npx medusa db:migrate")
})

test("fields without a place in the collections are named", () => {
  const told = health("12.4.0", {
    state: "degraded",
    problems: [{ code: "fields_left_out", message: "…", since: null }],
  })
  const status = { ...directusStatus, leftOut: [{ directus: "products.weight" }] }
  expect(only(sound({ directus: { health: value(told), status: value(status) } }))).toMatchObject({
    check: "schema",
    message: expect.stringContaining("products.weight") as string,
  })
})
