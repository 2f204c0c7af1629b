import { describe, expect, it } from "vitest"
import { STATE_NAMES, RANK, SAYS, worstOf, type Views } from "../src/operate/states.ts"

const calm: Views = { own: "synced", parts: {}, isPaused: false, peer: { state: "synced", parts: {}, isPaused: false } }
const there = (more: Partial<Exclude<Views["peer"], string>>): Pick<Views, "peer"> => ({
  peer: { state: "synced", parts: {}, isPaused: false, ...more },
})

describe("the one state that every screen shows", () => {
  it.each<[string, string, Partial<Views>]>([
    ["synced", "record", {}],
    ["synced", "record", { parts: { synced: 3, archived: 1 } }],
    ["stopped", "part", { parts: { synced: 3, stopped: 1 } }],
    ["partly", "part", { parts: { left_alone: 1 } }],
    ["conflict", "peer", there({ state: "conflict" })],
    ["stopped", "peer_part", there({ parts: { stopped: 1 } })],
    ["waiting", "peer", there({ state: "unknown" })],
    ["paused", "pause", { isPaused: true, ...there({ isPaused: true }) }],
    ["paused", "peer_pause", there({ isPaused: true })],
    ["waiting", "record", { own: "waiting", isPaused: true }],
    ["unconfirmed", "peer_silent", { peer: "silent" }],
    ["synced", "record", { peer: "untold" }],
    ["archived", "record", { own: "archived", isPaused: true, ...there({ state: "archived" }) }],
    ["left_alone", "record", { own: "left_alone", peer: "silent" }],
    ["unknown", "record", { own: "unknown", isPaused: true, peer: "untold" }],
    ["conflict", "record", { own: "conflict", ...there({ state: "conflict" }) }],
    ["stopped", "part", { own: "conflict", parts: { stopped: 1 } }],
  ])("%s, because of the %s", (state, cause, views) => {
    expect(worstOf({ ...calm, ...views })).toMatchObject({ state, cause })
  })

  it("comes with all else that is to be said, the worst first, and with nothing when all is in sync", () => {
    const views = {
      parts: { waiting: 2, synced: 1 },
      isPaused: true,
      ...there({ state: "conflict", parts: { stopped: 3 } }),
    }
    expect(worstOf({ ...calm, ...views }).notes).toEqual([
      { state: "stopped", cause: "peer_part", count: 3 },
      { state: "conflict", cause: "peer", count: 1 },
      { state: "waiting", cause: "part", count: 2 },
      { state: "paused", cause: "pause", count: 1 },
    ])
    expect(worstOf(calm).notes).toEqual([])
  })

  it("has nothing on its way when it has ended on both sides, and something when it has on one", () => {
    const ended = { state: "archived", cause: "record", count: 1 }
    const due = { state: "waiting", cause: "peer", count: 1 }
    expect(worstOf({ ...calm, own: "archived", ...there({ state: "archived" }) }).notes).toEqual([ended])
    expect(worstOf({ ...calm, own: "archived", ...there({ state: "unknown" }) }).notes).toEqual([ended, due])
    expect(worstOf({ ...calm, ...there({ state: "archived" }) }).notes).toEqual([due])
  })

  it("is in sync only when nothing on either side says otherwise, in every combination", () => {
    let seen = 0
    const none = [...STATE_NAMES, null] as const
    for (const own of STATE_NAMES)
      for (const part of none)
        for (const peerState of [...STATE_NAMES, "silent", "untold"] as const)
          for (const peerPart of none)
            for (const pauses of [0, 1, 2, 3]) {
              const isThere = peerState !== "silent" && peerState !== "untold"
              const isPaused = (pauses & 1) === 1
              const isPeerPaused = isThere && (pauses & 2) === 2
              const views: Views = {
                own,
                parts: part === null ? {} : { [part]: 1 },
                isPaused,
                peer: isThere
                  ? { state: peerState, parts: peerPart === null ? {} : { [peerPart]: 2 }, isPaused: isPeerPaused }
                  : peerState,
              }
              const { state } = worstOf(views)
              const said = [
                SAYS.record[own],
                part === null ? "synced" : SAYS.part[part],
                isPaused || isPeerPaused ? "paused" : "synced",
                isThere ? SAYS.peer[peerState] : peerState === "silent" ? "unconfirmed" : "synced",
                isThere && peerPart !== null ? SAYS.peer_part[peerPart] : "synced",
              ] as const
              const worst = Math.max(...said.map((name) => RANK[name]))
              if (RANK[state] !== worst) expect({ views, state }).toEqual({ views, worst })
              seen += 1
            }
    expect(seen).toBe(11 * 12 * 13 * 12 * 4)
  })

  it("a part or the peer never makes a record look better than it is", () => {
    for (const own of STATE_NAMES) {
      const alone = worstOf({ ...calm, own, peer: "untold" }).state
      for (const other of STATE_NAMES)
        for (const views of [{ parts: { [other]: 1 } }, there({ state: other }), there({ parts: { [other]: 1 } })])
          expect(RANK[worstOf({ ...calm, own, ...views }).state]).toBeGreaterThanOrEqual(RANK[alone])
    }
  })

  it("what is not wanted any more counts for nothing: a count of none", () => {
    expect(worstOf({ ...calm, parts: { stopped: 0 } }).state).toBe("synced")
  })
})
