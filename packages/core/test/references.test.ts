import { describe, expect, it, vi } from "vitest"
import { lookAround, resolveReferences } from "../src/family/references.ts"
import { emptyLink, type Link } from "../src/link/link.ts"
import type { HostRow } from "../src/ports.ts"
import type { WireRecord } from "../src/wire/messages.ts"
import { hostWith, kind, type Given } from "./host-with.ts"
import { wireRecord } from "./wire-record.ts"

const link = (entity: string, localId: string, more: Partial<Link> = {}): Link => ({
  ...emptyLink(entity, localId),
  peerId: `d-${localId}`,
  rev: 3,
  acked: 3,
  aliveRev: 1,
  ...more,
})
const NEW = { peerId: null, acked: 0 } as const
const UNANSWERED = { ...NEW, announced: "key" } as const
const row = (fields: HostRow["fields"]): HostRow => ({ present: true, fields })
const GONE: HostRow = { present: false, fields: null }

describe("what the peer knows of a record that another one refers to", () => {
  /** The product p1 is in the collection c1, as far as its row or its link says. */
  const knownOf = async (given: Given, from: Record<string, HostRow>, links: Link[] = []) => {
    const { within } = hostWith(given)
    const byId = new Map(links.map((each) => [each.localId, each]))
    return within((tx) => lookAround(tx, kind("product"), byId, new Map(Object.entries(from))))
  }
  const inCollection = { p1: row({ title: "Shirt", collection: "c1" }) }

  it.each<[string, ReturnType<Awaited<ReturnType<typeof lookAround>>["known"]>, Partial<Link>]>([
    ["a pair", "known", {}],
    ["one that is still to be announced", "known", NEW],
    ["one that is announced", "known", UNANSWERED],
    ["one whose namesake there waits for it", "waits", { ...UNANSWERED, awaiting: "d9" }],
    ["one that came and went before it was announced", "untold", { ...NEW, standing: "gone" }],
    ["such a one that went with its whole", "untold", { ...NEW, standing: "along" }],
    ["one that the host keeps and the peer has deleted", "blocked", { ...NEW, standing: "ignored" }],
    ["one that ended", "ended", { standing: "gone" }],
    [
      "one with another pair that is not confirmed",
      "unproven",
      { acked: 0, fields: { title: { fp: "t", r: 3, e: 1 } } },
    ],
    [
      "one that was edited before its first answer",
      "known",
      { acked: 0, aliveRev: 0, fields: { title: { fp: "t", r: 1 } } },
    ],
    ["one that is left alone", "ended", { state: "unlinked" }],
    ["one that is announced and stopped", "blocked", { ...UNANSWERED, state: "quarantined" }],
    ["one that is announced, and whose end is to be told", "blocked", { ...UNANSWERED, standing: "gone" }],
    [
      "one whose end was told before it had an answer",
      "untold",
      { ...UNANSWERED, standing: "gone", acked: 1, aliveRev: 1 },
    ],
    ["a pair that is stopped", "known", { state: "quarantined" }],
    ["a pair that is stopped before the peer has it back", "ended", { state: "quarantined", aliveRev: 4 }],
  ])("%s: %s", async (_, expected, more) => {
    const { known } = await knownOf({ links: [link("collection", "c1", more)] }, inCollection)
    expect(known("collection", "c1")).toBe(expected)
  })

  it("of what has no link: known when it is there and comes, else never told", async () => {
    const there = { rows: { collection: { c1: { title: "Summer" } } } }
    expect((await knownOf(there, inCollection)).known("collection", "c1")).toBe("known")
    expect((await knownOf({}, inCollection)).known("collection", "c1")).toBe("untold")
  })

  it("members are found behind their names, also those that only the link remembers", async () => {
    const links = [link("category", "k1", { standing: "gone" }), link("category", "k2", { standing: "gone" })]
    const remembered = link("product", "p1", { fields: { "categories#k2": { fp: "x", r: 1 } } })
    const { known } = await knownOf({ links }, { p1: row({ "categories#k1": true, title: "k3" }) }, [remembered])
    expect([known("category", "k1"), known("category", "k2")]).toEqual(["ended", "ended"])
  })

  it("only those without a link are looked for, and no parent: that is the part's own question", async () => {
    const links = [link("collection", "c1")]
    const { within } = hostWith({ links })
    await within(async (tx) => {
      const present = vi.spyOn(tx.documents, "present")
      const rows = new Map([
        ["p1", row({ collection: "c1" })],
        ["p2", row({ collection: "c3" })],
        ["p3", row({ collection: "c2" })],
      ])
      await lookAround(tx, kind("product"), new Map(), rows)
      const asked = present.mock.calls.filter(([, ids]) => ids.length > 0)
      expect(asked).toEqual([["collection", ["c2", "c3"]]])
      present.mockClear()
      const { known } = await lookAround(tx, kind("variant"), new Map(), new Map([["v1", row({ product: "p9" })]]))
      expect(present.mock.calls.filter(([, ids]) => ids.length > 0)).toEqual([])
      expect(known("product", "p9")).toBe("known")
      present.mockRestore()
    })
  })

  it("what a row holds that is gone is not looked at", async () => {
    const { within } = hostWith({})
    await within(async (tx) => {
      const find = vi.spyOn(tx.links, "find")
      const gone = new Map([["p1", { present: false, fields: { collection: "c1" } }]])
      await lookAround(tx, kind("product"), new Map(), gone)
      expect(find).not.toHaveBeenCalled()
      find.mockRestore()
    })
  })

  it("a kind that refers to nothing asks nothing", async () => {
    const { within } = hostWith({})
    await within(async (tx) => {
      const present = vi.spyOn(tx.documents, "present")
      const { known, restsWithParent } = await lookAround(tx, kind("collection"), new Map(), new Map([["c1", GONE]]))
      expect(known("collection", "c9")).toBe("known")
      expect(restsWithParent(link("collection", "c1", { standing: "gone" }), GONE)).toBe(false)
      expect(present).not.toHaveBeenCalled()
      present.mockRestore()
    })
  })
})

describe("a part rests with its parent", () => {
  const PART = row({ title: "S", product: "p1" })
  const variant = (more: Partial<Link> = {}) => link("variant", "v1", { parentId: "p1", ...more })
  const rests = async (given: Given, before: Link | null, now: HostRow) => {
    const { within } = hostWith(given)
    const links = new Map(before ? [[before.localId, before]] : [])
    const around = await within((tx) => lookAround(tx, kind("variant"), links, new Map([["v1", now]])))
    return around.restsWithParent(before, now)
  }
  const above = (more: Partial<Link> = {}): Given => ({
    rows: { product: { p1: { title: "Shirt" } } },
    links: [link("product", "p1", more)],
  })

  it.each<[string, boolean, Given, Link | null, HostRow]>([
    ["which is alive", false, above(), variant(), PART],
    ["which is gone", true, above({ standing: "gone" }), variant(), PART],
    ["which is archived", true, above({ standing: "archived" }), variant(), PART],
    ["which is left alone", true, above({ state: "unlinked" }), variant(), PART],
    ["which is stopped", false, above({ state: "quarantined" }), variant(), PART],
    ["of which only the row tells", true, above({ standing: "gone" }), null, PART],
    ["of which only the link tells", true, above({ standing: "gone" }), variant({ standing: "gone" }), GONE],
    ["which was never looked at", false, { rows: { product: { p1: {} } } }, variant(), PART],
    ["and went with one that nobody has looked at yet", true, {}, variant(), GONE],
    ["and its own end before that is told", false, {}, variant({ standing: "gone" }), GONE],
    [
      "but not while its announcement is unanswered and it is gone",
      false,
      above({ standing: "gone" }),
      variant(UNANSWERED),
      GONE,
    ],
    [
      "also while its announcement is unanswered and it is there",
      true,
      above({ standing: "gone" }),
      variant(UNANSWERED),
      PART,
    ],
  ])("%s: %s", async (_, expected, given, before, now) => {
    expect(await rests(given, before, now)).toBe(expected)
  })

  it("and a record of a kind without parents never", async () => {
    const { within } = hostWith({ links: [link("product", "p1", { standing: "gone" })] })
    const before = link("product", "p2", { parentId: "p1" })
    const around = await within((tx) =>
      lookAround(tx, kind("product"), new Map([["p2", before]]), new Map([["p2", GONE]])),
    )
    expect(around.restsWithParent(before, GONE)).toBe(false)
  })
})

describe("the ids of the sender become this host's", () => {
  const record = (entity: string, fields: WireRecord["fields"], more: Partial<WireRecord> = {}): WireRecord =>
    wireRecord({ entity, id: "d1", key: null, fields, ...more })
  const resolved = async (given: Given, sent: WireRecord) => {
    const { within } = hostWith(given)
    const { ready, waiting, theirName } = await within((tx) => resolveReferences(tx, kind(sent.entity), [sent]))
    const [[mine, theirs] = [null, null]] = ready
    if (mine) expect(theirs).toBe(sent)
    expect([...waiting.keys()]).toEqual(mine ? [] : [sent])
    return { mine, theirName }
  }
  const given: Given = {
    rows: { collection: { c1: {} }, category: { k1: {} }, product: { p1: {} } },
    links: [link("collection", "c1"), link("category", "k1"), link("product", "p1"), link("collection", "c2")],
  }

  it("in references and in members' names; all else stays", async () => {
    const fields: WireRecord["fields"] = {
      title: ["Shirt", 1],
      collection: ["d-c1", 2, 1],
      "categories#d-k1": [true, 3],
      strange: ["d-c1", 1],
    }
    const { mine, theirName } = await resolved(given, record("product", fields))
    expect(mine?.fields).toEqual({
      title: ["Shirt", 1],
      collection: ["c1", 2, 1],
      "categories#k1": [true, 3],
      strange: ["d-c1", 1],
    })
    expect([theirName("categories#k1"), theirName("title")]).toEqual(["categories#d-k1", "title"])
  })

  it("no reference at all is one that is there", async () => {
    const { mine } = await resolved({}, record("product", { collection: [null, 2] }))
    expect(mine?.fields).toEqual({ collection: [null, 2] })
  })

  it.each<[string, WireRecord["fields"]]>([
    ["a record that is not known here", { collection: ["d-c9", 1] }],
    ["a record that has just been deleted here", { collection: ["d-c2", 1] }],
    ["a member that is not known here", { "categories#d-k9": [true, 1] }],
    ["a member that left and is not known here", { "categories#d-k9": [null, 1] }],
  ])("what refers to %s waits", async (_, fields) => {
    expect((await resolved(given, record("product", fields))).mine).toBeNull()
  })

  it("a member that left may be deleted here", async () => {
    const gone = { links: [link("category", "k1")] }
    const { mine } = await resolved(gone, record("product", { "categories#d-k1": [null, 1] }))
    expect(mine?.fields).toEqual({ "categories#k1": [null, 1] })
  })

  it("the parent among whose parts a key is unique is this host's, too", async () => {
    const key = { field: "title", value: "S", within: "d-p1" }
    const { mine } = await resolved(given, record("variant", { title: ["S", 1] }, { key }))
    expect(mine?.key).toEqual({ field: "title", value: "S", within: "p1" })
  })

  it("without that parent a part waits, and the end of one finds nothing", async () => {
    const key = { field: "title", value: "S", within: "d-p9" }
    expect((await resolved(given, record("variant", {}, { key }))).mine).toBeNull()
    expect((await resolved(given, record("variant", {}, { key, alive: false }))).mine).toMatchObject({ key: null })
  })

  it("a key that is unique everywhere stays", async () => {
    const key = { field: "sku", value: "S-1" }
    expect((await resolved(given, record("variant", {}, { key }))).mine?.key).toEqual(key)
  })

  it("a kind that refers to nothing is taken as it was sent, and nobody is asked", async () => {
    const sent = record("collection", { title: ["Summer", 1] })
    const { mine, theirName } = await resolved({}, sent)
    expect(mine).toBe(sent)
    expect(theirName("title")).toBe("title")
  })
})
