import { describe, expect, it } from "vitest"
import { fingerprint, NULL_FINGERPRINT } from "../src/document/fingerprint.ts"
import type { Side } from "../src/document/value.ts"
import { draftBases, planPublish, type DraftBase } from "../src/record/publish-draft.ts"
import { emptyLink, type FieldState } from "../src/link/link.ts"
import { Random } from "./simulation/random.ts"
import { text, thing } from "./thing.ts"

const NOW = new Date("2026-01-01T00:00:00Z")

/** An edit of the one field that all of it is about; each has a value of its own. */
interface Edit {
  value: string
  by: "peer" | "editor" | "draft"
}

/**
 * The peer, an editor of this host and the author of a draft that is kept change one field in any order.
 *
 * @returns what was lost: an edit that somebody overwrote who had not seen it, without a trace in the inbox.
 */
function lostEdits(seed: number, wins: Side, steps: number): string[] {
  const random = new Random(seed)
  const kind = thing({ fields: { title: text("title", "name", { wins }) } })
  const lost: string[] = []
  const asked = new Set<unknown>()
  const published = new Set<string>()
  let held = null as Edit | null
  let state: FieldState = { fp: NULL_FINGERPRINT, r: 0 }
  let draft: Edit | null = null
  /** What the author of the draft had seen when the field came into it. */
  let seen: Edit | null = null
  let bases = new Map<string, DraftBase>()
  const link = () => ({ ...emptyLink("thing", "d"), peerId: "m", fields: { title: state } })
  const write = (edit: Edit, r: number): void => {
    held = edit
    state = { fp: fingerprint(edit.value), r }
  }
  for (let step = 1; step <= steps; step += 1) {
    const value = `${String(seed)}/${String(step)}`
    const what = random.pick(["peer", "editor", "type", "save", "publish"] as const)
    if (what === "peer" || what === "editor") write({ value, by: what }, what === "peer" ? 0 : step)
    if (what === "type") {
      if (draft === null || published.has(draft.value)) seen = held
      draft = { value, by: "draft" }
    }
    if (draft === null) continue
    if (what === "type" || what === "save")
      bases = draftBases(link(), { title: draft.value }, { title: held?.value ?? null }, bases)
    if (what !== "publish") continue
    const before = held
    const { conflicts, published: written } = planPublish(
      kind,
      link(),
      "directus",
      "v",
      [
        {
          ...{ name: "title", value: draft.value, held: before?.value ?? null },
          ...{ base: bases.get("title") ?? null, reviewed: false, writable: true },
        },
      ],
      NOW,
    )
    for (const { losingValue } of conflicts) asked.add(losingValue)
    if (written.has("title")) {
      const isKnown = before === null || before === seen || before.by !== "peer"
      if (!isKnown && !asked.has(before.value)) lost.push(`${before.value}, of the peer`)
      if (before?.by === "peer" && published.has(draft.value))
        lost.push(`${before.value}, to what nobody had typed anew`)
      write(draft, step)
    } else if (!published.has(draft.value) && !asked.has(draft.value)) lost.push(`${draft.value}, of the draft`)
    published.add(draft.value)
    bases = new Map([["title", { fp: bases.get("title")?.fp ?? NULL_FINGERPRINT, told: fingerprint(draft.value) }]])
  }
  return lost
}

describe.each<Side>(["medusa", "directus"])("where %s wins", (wins) => {
  it("no history of drafts, the peer and an editor loses an edit that its author's successor had not seen", () => {
    const failed = Array.from({ length: 3_000 }, (_, seed) => seed).filter(
      (seed) => lostEdits(seed, wins, 20).length > 0,
    )
    expect(failed.slice(0, 1).map((seed) => [seed, lostEdits(seed, wins, 20)])).toEqual([])
  })
})
