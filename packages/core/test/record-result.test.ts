import { describe, expect, it } from "vitest"
import { recordResult, type Recorded } from "../src/send/record-result.ts"
import { missingThere } from "../src/record/plan-push.ts"
import { MAX_FAILURES, retryDelay } from "../src/retry.ts"
import { emptyLink, type Link } from "../src/link/link.ts"
import type { RecordResult, WireRecord } from "../src/wire/messages.ts"
import { wireRecord } from "./wire-record.ts"

const CONTEXT = { side: "medusa", now: new Date("2026-01-01T00:00:00Z"), syncId: "sync-1" } as const

const link = (more: Partial<Link> = {}): Link => ({
  ...emptyLink("product", "m1"),
  peerId: "d1",
  rev: 5,
  acked: 4,
  seen: 2,
  fields: { title: { fp: "t", r: 5 }, note: { fp: "n", r: 2 } },
  ...more,
})

const record = (more: Partial<WireRecord> = {}): WireRecord =>
  wireRecord({
    peer: "d1",
    key: null,
    rev: 5,
    seen: 2,
    full: false,
    alive_rev: 0,
    fields: { title: ["T", 5] },
    ...more,
  })

const result = (st: RecordResult["st"], more: Partial<RecordResult> = {}): RecordResult => ({
  st,
  ack: 5,
  peer: "d1",
  rev: 3,
  ...more,
})

const recorded = (before: Partial<Link>, answer: RecordResult, sent: Partial<WireRecord> = {}): Recorded =>
  recordResult(CONTEXT, link(before), record(sent), answer)

const NEW = { peerId: null, announced: "handle=shirt", acked: 0 }

describe("an answer", () => {
  it.each(["ok", "created", "stale"] as const)("%s: the peer has it, and when it was sent is written down", (st) => {
    expect(recorded({ state: "quarantined", reason: "old", attempts: 3, heldBack: true }, result(st))).toMatchObject({
      kind: "done",
      link: {
        acked: 5,
        state: "active",
        reason: null,
        attempts: 0,
        heldBack: false,
        lastSyncedAt: "2026-01-01T00:00:00.000Z",
        syncSource: "medusa",
        syncId: "sync-1",
      },
    })
  })

  it.each(["ok", "created", "stale"] as const)("%s counts for a record that changed, or got its peer, since", (st) => {
    expect(recorded({ acked: 3 }, result(st, { ack: 4 }), { peer: null, rev: 4 })).toMatchObject({
      kind: "again",
      link: { acked: 4, syncId: "sync-1" },
    })
  })

  it("never takes back what was acknowledged before", () => {
    expect(recorded({ acked: 5 }, result("stale", { ack: 1 })).link.acked).toBe(5)
  })

  it("leaves what changed since to be told, and whoever is held back stays it", () => {
    const changed = { rev: 6, fields: { title: { fp: "t2", r: 6 } }, heldBack: true }
    expect(recorded(changed, result("ok"))).toMatchObject({ kind: "again", link: { acked: 5, heldBack: true } })
  })

  it("that covers more than this database has given out: it was restored, and what is new gets a rev above", () => {
    expect(recorded({ acked: 4 }, result("ok", { ack: 9 }))).toMatchObject({
      kind: "again",
      link: { rev: 10, acked: 4, fields: { title: { r: 10 }, note: { r: 2 } } },
    })
  })

  it("leaves a record alone that a person has taken out", () => {
    expect(recorded({ state: "unlinked" }, result("ok")).link.state).toBe("unlinked")
  })

  it("that names another record than the one that it is linked with stops it (I4)", () => {
    const stopped = recorded({}, result("ok", { peer: "d9" }))
    expect(stopped.kind).toBe("stopped")
    expect(stopped.link.state).toBe("quarantined")
    expect(stopped.link.reason).toMatch(/^pairing_conflict: .* as d9, here it is linked with d1$/)
  })

  it("to a message from before it was linked does not stop it", () => {
    expect(recorded({}, result("ok", { peer: "d9" }), { peer: null }).kind).toBe("done")
    expect(recorded({}, result("ok", { peer: null })).kind).toBe("done")
  })

  it.each(["created", "quarantined", "failed"] as const)("%s names the pair, and the announcement is over", (st) => {
    expect(
      recorded({ ...NEW, awaiting: "d2", promised: "d3" }, result(st), { peer: null, full: true }).link,
    ).toMatchObject({
      peerId: "d1",
      announced: null,
      awaiting: null,
      promised: null,
    })
  })

  it("await names the record that it waits for, and is no pair", () => {
    const announcement = { peer: null, full: true, key: { field: "handle", value: "shirt" } }
    const waiting = recorded(NEW, result("await", { peer: "d7", ack: 0 }), announcement)
    expect(waiting).toMatchObject({ kind: "retry", link: { peerId: null, awaiting: "d7", attempts: 0 } })
    // Not any more when the peer has taken some of it meanwhile.
    expect(recorded({ ...NEW, acked: 1 }, result("await", { peer: "d7" }), announcement).link.awaiting).toBeNull()
    // Nor when it is announced under another key by now: what the peer said of the old one binds nobody.
    const rekeyed = { ...NEW, announced: "handle=hemd", withdrawn: NEW.announced }
    expect(recorded(rekeyed, result("await", { peer: "d7" }), announcement).link.awaiting).toBeNull()
  })
})

describe("an answer that could not take the record", () => {
  it("means nothing when it has got its peer since", () => {
    expect(recorded({}, result("failed"), { peer: null })).toMatchObject({ kind: "again", link: { attempts: 0 } })
  })

  it.each(["failed", "need_parent", "quarantined"] as const)(
    "%s means nothing when it has gone or is back since",
    (st) => {
      const refusal = result(st, { code: "rejected_by_host" })
      const changed = { rev: 7, aliveRev: 7, heldBack: true }
      const gone = { ...changed, standing: "along" as const }
      expect(recorded(gone, refusal)).toEqual({ kind: "again", link: link(gone) })
      expect(recorded(changed, refusal, { alive: false })).toEqual({ kind: "again", link: link(changed) })
    },
  )

  it("means nothing when the values have changed since", () => {
    const newer = { rev: 6, attempts: 4, reason: "failed" }
    expect(recorded(newer, result("failed"))).toMatchObject({ kind: "retry", link: { attempts: 0, reason: "failed" } })
    expect(recorded({ ...newer, heldBack: true }, result("failed"))).toMatchObject({ kind: "stopped" })
  })

  it("means nothing to who is held back either, where a value that was sent has changed since", () => {
    const refusal = result("failed", { code: "rejected_by_host" })
    const before = (field: { r: number; e?: number }) => ({
      rev: 6,
      heldBack: true,
      attempts: 4,
      fields: { title: { fp: "t", ...field } },
    })
    expect(recorded(before({ r: 6 }), refusal)).toEqual({ kind: "retry", link: link(before({ r: 6 })) })
    // The same edit under a later rev.
    expect(recorded(before({ r: 6, e: 5 }), refusal)).not.toEqual({ kind: "retry", link: link(before({ r: 6, e: 5 })) })
  })

  it("of an end counts although the edits behind it were given the next rev", () => {
    const ended = { standing: "gone" as const, rev: 6, aliveRev: 5 }
    expect(recorded(ended, result("failed"), { alive: false })).toMatchObject({ kind: "retry", link: { attempts: 1 } })
    expect(recorded({ ...ended, rev: 7 }, result("failed"), { alive: false })).toMatchObject({ link: { attempts: 0 } })
  })

  it("asks a person after five equal ones, and begins anew with another reason", () => {
    const refused = result("failed", { code: "rejected_by_host", reason: "no" })
    let at = link()
    for (let attempt = 1; attempt < MAX_FAILURES; attempt++) {
      const next = recordResult(CONTEXT, at, record(), refused)
      expect(next).toMatchObject({ kind: "retry", link: { attempts: attempt, reason: "rejected_by_host: no" } })
      at = next.link
    }
    expect(recordResult(CONTEXT, at, record(), refused)).toMatchObject({
      kind: "stopped",
      link: { state: "quarantined", attempts: MAX_FAILURES, reason: "rejected_by_host: no" },
    })
    expect(recordResult(CONTEXT, at, record(), result("failed", { code: "internal" }))).toMatchObject({
      kind: "retry",
      link: { attempts: 1, reason: "internal: " },
    })
  })

  it("31: because the row is held there is tried again as long as it takes, and asks nobody", () => {
    const busy = result("failed", { code: "concurrent_write", reason: "The record was busy." })
    let at = link()
    for (const attempts of [1, 2, 3, 3, 3, 3, 3]) {
      const next = recordResult(CONTEXT, at, record(), busy)
      expect(next).toMatchObject({ kind: "retry", link: { state: "active", attempts } })
      at = next.link
    }
    expect(retryDelay(at.attempts, 1)).toBeLessThanOrEqual(120_000)
    // What it is refused for behind that is counted from the beginning.
    expect(recordResult(CONTEXT, at, record(), result("failed", { code: "internal" })).link.attempts).toBe(1)
  })

  it("quarantined stops it at once with the peer's words", () => {
    expect(recorded({}, result("quarantined", { code: "ambiguous_match", reason: "two" }))).toMatchObject({
      kind: "stopped",
      link: { state: "quarantined", reason: "ambiguous_match: two" },
    })
  })

  it("need_full is answered by everything, under a new announcement; a whole record that is not enough is a failure", () => {
    expect(recorded({}, result("need_full", { peer: null, ack: 0 }))).toMatchObject({
      kind: "again",
      link: {
        peerId: null,
        announced: null,
        acked: 0,
        rev: 6,
        aliveRev: 6,
        fields: { title: { r: 6 }, note: { r: 6 } },
      },
    })
    expect(recorded({}, result("need_full"), { full: true })).toMatchObject({
      kind: "retry",
      link: { attempts: 1, reason: "need_full" },
    })
  })

  it("need_parent says which field refers to what is not there, and an older peer does not", () => {
    for (const [code, field] of [
      ["groups#m1: x", "groups#m1: x"],
      [undefined, null],
    ] as const) {
      const missing = result("need_parent", { peer: null, ack: 0, ...(code === undefined ? {} : { code }) })
      const { reason } = recorded({}, missing).link
      expect(missingThere(reason)).toBe(field)
    }
    for (const other of [null, "not_unique: slug", "need_parent: it has no product"])
      expect(missingThere(other)).toBeNull()
  })

  it("need_parent is tried again, and then waits for news of a record instead of a person", () => {
    const missing = result("need_parent", { peer: null, ack: 0 })
    let at = link({ attempts: 3, reason: "something else" })
    for (let attempt = 1; attempt < MAX_FAILURES; attempt++) {
      const next = recordResult(CONTEXT, at, record(), missing)
      expect(next).toMatchObject({ kind: "retry", link: { attempts: attempt, heldBack: true, state: "active" } })
      expect(next.link.reason).toMatch(/^need_parent: /)
      at = next.link
    }
    expect(recordResult(CONTEXT, at, record(), missing)).toMatchObject({
      kind: "stopped",
      link: { attempts: 0, heldBack: true, state: "active" },
    })
  })
})
