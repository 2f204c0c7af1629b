import { describe, expect, it } from "vitest"
import { forgottenBeat, markRestored, meet } from "../src/guard/meet.ts"
import { envelope } from "../src/send/envelope.ts"
import { firstRev } from "../src/link/link.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import type { Control } from "../src/control.ts"
import { Pair } from "./pair.ts"

const control = (more: Partial<Control>): Control => ({
  ...new Pair(resolveConfig()).medusa.control,
  peerEpoch: "now",
  peerPast: ["older"],
  peerBeat: 7,
  ...more,
})

describe("whether the peer's database is the one that this host is linked with", () => {
  it("the first one that is met is, and its beat is remembered", () => {
    expect(meet(control({ peerEpoch: null }), { epoch: "new", beat: 3 })).toEqual({ peerEpoch: "new", peerBeat: 3 })
    expect(meet(control({ peerEpoch: null }), { epoch: "new" })).toEqual({ peerEpoch: "new", peerBeat: 0 })
  })

  it("the same one only counts up", () => {
    expect(meet(control({}), { epoch: "now", beat: 8 })).toEqual({ peerBeat: 8 })
    for (const beat of [7, 6, undefined])
      expect(meet(control({}), { epoch: "now", ...(beat === undefined ? {} : { beat }) })).toEqual({})
  })

  it("one that was it, or had been it before, was restored, and starts a comparison", () => {
    for (const past of [["now"], ["x", "older"]])
      expect(meet(control({}), { epoch: "next", past, beat: 1 })).toEqual({
        peerEpoch: "next",
        peerPast: ["older", "now"],
        peerBeat: 1,
        repair: "peer_restored",
      })
  })

  it.each([
    [null, "peer_restored"],
    ["peer_restored", "peer_restored"],
    ["restored", "both_restored"],
    ["both_restored", "both_restored"],
  ] as const)("while this side's repair is %s it is %s", (repair, next) => {
    expect(meet(control({ repair }), { epoch: "next", past: ["now"] })?.repair).toBe(next)
  })

  it("any other one is not", () => {
    expect(meet(control({}), { epoch: "next", past: ["x"], beat: 99 })).toBeNull()
    expect(meet(control({}), { epoch: "next" })).toBeNull()
  })

  it("remembers fifty of its epochs", () => {
    const peerPast = Array.from({ length: 50 }, (_, i) => String(i))
    const next = meet(control({ peerPast }), { epoch: "next", past: ["now"] })
    expect(next?.peerPast).toHaveLength(50)
    expect(next?.peerPast?.at(-1)).toBe("now")
  })
})

describe("what the peer's database has forgotten", () => {
  it("is its beat, when it shows less than was heard of it", () => {
    expect(forgottenBeat(control({}), { epoch: "now", beat: 6 })).toBe(7)
    expect(forgottenBeat(control({}), { epoch: "now" })).toBe(7)
    expect(forgottenBeat(control({}), { epoch: "now", beat: 7 })).toBeNull()
    expect(forgottenBeat(control({}), { epoch: "next", beat: 0 })).toBeNull()
  })

  it("is everything, when it speaks with an epoch of its past", () => {
    expect(forgottenBeat(control({}), { epoch: "older", beat: 99 })).toBe(Number.MAX_SAFE_INTEGER)
  })
})

describe("a database that finds out that it was restored", () => {
  it.each([
    [null, "restored"],
    ["restored", "restored"],
    ["peer_restored", "both_restored"],
    ["both_restored", "both_restored"],
  ] as const)("becomes another one, which compares first: repair %s becomes %s", async (repair, next) => {
    const lines: string[] = []
    const { medusa } = new Pair(resolveConfig(), undefined, { medusa: { log: (line) => void lines.push(line) } })
    medusa.control = { ...medusa.control, repair, past: ["before"] }
    const { epoch } = medusa.control
    await markRestored(medusa.ports, medusa.control)
    expect(medusa.control).toMatchObject({ repair: next, past: ["before", epoch] })
    expect(medusa.control.epoch).not.toBe(epoch)
    expect(lines).toEqual([expect.stringMatching(/^The database of Medusa was restored from a backup/)])
  })

  it("once, whoever of its processes is first", async () => {
    const lines: string[] = []
    const { medusa } = new Pair(resolveConfig(), undefined, { medusa: { log: (line) => void lines.push(line) } })
    const seen = medusa.control
    await markRestored(medusa.ports, seen)
    const { epoch } = medusa.control
    await markRestored(medusa.ports, seen)
    expect(medusa.control.epoch).toBe(epoch)
    expect(medusa.control.past).toHaveLength(1)
    expect(lines).toHaveLength(1)
  })

  it("33: remembers all that it was, from which it counts its revs, and tells the last fifty", async () => {
    const { medusa } = new Pair(resolveConfig())
    const past = Array.from({ length: 50 }, (_, n) => `epoch-${String(n)}`)
    const { epoch } = medusa.control
    await markRestored(medusa.ports, { ...medusa.control, past })
    expect(medusa.control.past).toEqual([...past, epoch])
    expect(firstRev(medusa.control.past)).toBeGreaterThan(firstRev(past))
    expect(envelope(medusa.ports, medusa.control, []).past).toEqual([...past.slice(1), epoch])
  })
})
