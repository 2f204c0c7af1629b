import { describe, expect, it, vi } from "vitest"
import { fingerprint } from "../src/document/fingerprint.ts"
import type { Document } from "../src/document/value.ts"
import { SyncError } from "../src/errors.ts"
import {
  carryParts,
  goneWithParent,
  remakeParts,
  tellWithParent,
  waitsForParent,
  wakeHeldBack,
} from "../src/family/parts.ts"
import { emptyLink, type Link } from "../src/link/link.ts"
import { config, hostWith, kind, type Given } from "./host-with.ts"

const variant = kind("variant")

/** A variant that the peer has in the state of rev 5. */
const part = (localId: string, more: Partial<Link> = {}, document: Document = DOCUMENT): Link => ({
  ...emptyLink("variant", localId),
  peerId: `d-${localId}`,
  parentId: "p1",
  rev: 5,
  acked: 5,
  aliveRev: 1,
  fields: Object.fromEntries(Object.entries(document).map(([name, value]) => [name, { fp: fingerprint(value), r: 1 }])),
  ...more,
})
const parent = (localId: string, more: Partial<Link> = {}): Link => ({
  ...emptyLink("product", localId),
  peerId: `d-${localId}`,
  rev: 3,
  acked: 3,
  aliveRev: 3,
  ...more,
})
const DOCUMENT: Document = { title: "S", product: "p1", sku: "S-1" }
const GONE = { standing: "gone", snapshot: DOCUMENT } as const
const ALONG = { standing: "along", snapshot: DOCUMENT } as const
/** Announced, and the answer has not come. */
const UNANSWERED = { peerId: null, announced: '["sku","S-1"]', acked: 0 } as const

describe("of parts that are gone", () => {
  it("those went with their parent whose parent is gone too", async () => {
    const { within } = hostWith({ rows: { product: { p1: { title: "Shirt" } } } })
    const gone = [
      part("v1", GONE),
      part("v2", { ...GONE, parentId: "p2" }),
      part("v3", { ...GONE, parentId: "p2" }),
      part("v4", { ...GONE, parentId: null }),
    ]
    expect([...(await within((tx) => goneWithParent(tx, variant, gone)))]).toEqual(["v2", "v3"])
  })

  it("nobody asks for the parents of what has none", async () => {
    const { within } = hostWith({})
    await within(async (tx) => {
      const present = vi.spyOn(tx.documents, "present")
      expect([...(await goneWithParent(tx, variant, [part("v1", { ...GONE, parentId: null })]))]).toEqual([])
      expect([...(await goneWithParent(tx, kind("product"), [parent("p1", GONE)]))]).toEqual([])
      expect(present.mock.calls.flatMap(([, ids]) => ids)).toEqual([])
      present.mockClear()
      await goneWithParent(tx, variant, [part("v2", { ...GONE, parentId: "p2" }), part("v1", GONE), part("v3", GONE)])
      expect(present.mock.calls).toEqual([["product", ["p1", "p2"]]])
      present.mockRestore()
    })
  })
})

describe("an announced part waits for its parent", () => {
  const untold = { aliveRev: 4 }
  it.each<[string, boolean, Link | null, Partial<Link>]>([
    ["that rests", true, parent("p1", GONE), {}],
    ["which the peer has not got, when it is held back", true, parent("p1", { peerId: null }), { heldBack: true }],
    ["that came back untold, when it is held back", true, parent("p1", untold), { heldBack: true }],
    ["not when the peer knows that one", false, parent("p1"), { heldBack: true }],
    ["not when nothing holds it back", false, parent("p1", { ...untold, peerId: null }), {}],
    ["not when that one has no link", false, null, { heldBack: true }],
    ["not when it is none's", false, parent("p1", GONE), { heldBack: true, parentId: null }],
  ])("%s: %s", async (_, waits, above, more) => {
    const { within } = hostWith({ links: above ? [above] : [] })
    expect(await within((tx) => waitsForParent(tx, variant, part("v1", { ...UNANSWERED, ...more })))).toBe(waits)
  })

  it("which a product has not", async () => {
    const { within } = hostWith({})
    expect(await within((tx) => waitsForParent(tx, kind("product"), parent("p1", { parentId: "p1" })))).toBe(false)
  })
})

describe("with a parent that goes", () => {
  const went = { link: parent("p1", { standing: "gone", snapshot: {} }), told: false }
  const carry = async (given: Given) => {
    const made = hostWith(given)
    await made.within((tx) => carryParts(config, "medusa", tx, "product", [went]))
    return made
  }

  it("goes its part, which is nothing to tell", async () => {
    const { marked, linkOf } = await carry({ links: [part("v1")] })
    expect(linkOf("v1")).toMatchObject({ standing: "along", rev: 6, aliveRev: 1, acked: 5 })
    expect(marked()).toEqual([])
  })

  it("goes one whose announcement is not answered, and the peer has to hear of that", async () => {
    const { marked, linkOf } = await carry({ links: [part("v1", UNANSWERED)] })
    expect(linkOf("v1")).toMatchObject({ standing: "gone", rev: 6, aliveRev: 6 })
    expect(marked()).toEqual(["v1"])
  })

  it("an end that was told of such a one before keeps its rev", async () => {
    const changed = { fields: { title: { fp: "another", r: 1 } }, snapshot: { title: "another" } }
    const { linkOf, marked } = await carry({ links: [part("v1", { ...UNANSWERED, ...GONE, aliveRev: 4, ...changed })] })
    expect(linkOf("v1")).toMatchObject({ aliveRev: 4 })
    expect(marked()).toEqual(["v1"])
  })

  it("one that is gone already stays as it is", async () => {
    const links = [part("v1", GONE), part("v2", ALONG)]
    const { linkOf, marked } = await carry({ links })
    expect(links.map(({ localId }) => linkOf(localId))).toEqual(links)
    expect(marked()).toEqual([])
  })

  it("one that was edited while it was there again keeps the edit, and how it had gone", async () => {
    const edited = { fields: { title: { fp: "before", r: 1 } } }
    const { linkOf } = await carry({
      links: [part("v1", { ...GONE, ...edited }), part("v2", { ...ALONG, ...edited })],
    })
    expect(linkOf("v1")).toMatchObject({ standing: "gone", aliveRev: 1, fields: { title: { r: 6 } } })
    expect(linkOf("v2")).toMatchObject({ standing: "along", aliveRev: 1, fields: { title: { r: 6 } } })
  })

  it("one that is still there stays, and so does a part of another", async () => {
    const links = [part("v1"), part("v2", { parentId: "p2" })]
    const { linkOf, marked } = await carry({ links, rows: { variant: { v1: DOCUMENT } } })
    expect(links.map(({ localId }) => linkOf(localId))).toEqual(links)
    expect(marked()).toEqual([])
  })
})

describe("with a parent that comes back", () => {
  const back = (told: boolean) => ({ link: parent("p1"), told })
  const carry = async (told: boolean, given: Given) => {
    const made = hostWith(given)
    await made.within((tx) => carryParts(config, "medusa", tx, "product", [back(told)]))
    return made
  }
  const product = { p1: { title: "Shirt" } }
  const there = { product, variant: { v1: DOCUMENT } }

  it("by somebody here comes its part, and everything that the peer may take of it is told anew", async () => {
    const { marked, linkOf } = await carry(true, { links: [part("v1", ALONG)], rows: there })
    expect(linkOf("v1")).toMatchObject({ standing: "alive", snapshot: null, rev: 6, aliveRev: 6 })
    expect(linkOf("v1")?.fields).toEqual({
      title: { fp: fingerprint("S"), r: 6, e: 1 },
      product: { fp: fingerprint("p1"), r: 6, e: 1 },
      sku: { fp: fingerprint("S-1"), r: 6, e: 1 },
    })
    expect(marked()).toEqual(["v1"])
  })

  it("a field that only the peer may edit is not told anew", async () => {
    const document = { ...DOCUMENT, archived: true }
    const { linkOf } = await carry(true, {
      links: [part("v1", ALONG, document)],
      rows: { product, variant: { v1: document } },
    })
    expect(linkOf("v1")?.fields["archived"]).toEqual({ fp: fingerprint(true), r: 1 })
  })

  it("by the peer comes its part, which is nothing to tell", async () => {
    const { marked, linkOf } = await carry(false, { links: [part("v1", ALONG)], rows: there })
    expect(linkOf("v1")).toMatchObject({ standing: "alive", snapshot: null, rev: 5, aliveRev: 1 })
    expect(marked()).toEqual(["v1"])
  })

  it("comes one that had ended by itself, which is told", async () => {
    const { linkOf } = await carry(false, { links: [part("v1", { ...GONE, aliveRev: 4 })], rows: there })
    expect(linkOf("v1")).toMatchObject({ standing: "alive", rev: 6, aliveRev: 6 })
  })

  it("one whose row is not there again is to be made, and the peer hears that it is to be there", async () => {
    const { marked, linkOf } = await carry(true, { links: [part("v1", ALONG)] })
    expect(linkOf("v1")).toMatchObject({ standing: "along", rev: 6, aliveRev: 6, fields: { title: { r: 1 } } })
    expect(marked()).toEqual(["v1"])
  })

  it("such a one is to be made also when the peer brought the parent back, which knows that", async () => {
    const before = part("v1", ALONG)
    const { marked, linkOf } = await carry(false, { links: [before] })
    expect(linkOf("v1")).toBe(before)
    expect(marked()).toEqual(["v1"])
  })

  it("one that had ended by itself rests, unless the peer may have made it of an announcement of before", async () => {
    const before = part("v1", GONE)
    const { marked, linkOf } = await carry(false, { links: [before, part("v2", { ...GONE, ...UNANSWERED })] })
    expect(linkOf("v1")).toBe(before)
    expect(linkOf("v2")).toMatchObject({ rev: 6, aliveRev: 6 })
    expect(marked()).toEqual(["v2"])
  })

  it("nothing is read of kinds that are no parts of it, or when nothing has turned", async () => {
    const { within } = hostWith({ links: [part("v1", ALONG)] })
    await within(async (tx) => {
      const read = vi.spyOn(tx.documents, "read")
      const findByParent = vi.spyOn(tx.links, "findByParent")
      await carryParts(config, "medusa", tx, "category", [back(true)])
      await carryParts(config, "medusa", tx, "product", [])
      expect(findByParent).not.toHaveBeenCalled()
      await carryParts(config, "medusa", tx, "product", [back(true)])
      // It has no pictures.
      expect(read.mock.calls).toEqual([["variant", ["v1"]]])
      read.mockRestore()
      findByParent.mockRestore()
    })
  })
})

describe("a part that is to be made anew", () => {
  const rows = { product: { p1: { title: "Shirt" } } }

  it("is made of its last values; what the peer does not know yet is told anew", async () => {
    const made = hostWith({ rows, links: [part("v1", ALONG), part("v2", { ...ALONG, aliveRev: 6, rev: 6 })] })
    await remakeParts(made.host.ports, variant, ["v1", "v2"])
    expect(made.host.table("variant").rows.get("v1")).toEqual(DOCUMENT)
    expect(made.linkOf("v1")).toMatchObject({ standing: "alive", snapshot: null, rev: 5, aliveRev: 1 })
    expect(made.linkOf("v1")?.fields).toEqual(part("v1").fields)
    expect(made.linkOf("v2")).toMatchObject({ standing: "alive", rev: 7, aliveRev: 7, fields: { title: { r: 7 } } })
  })

  it("is known by what the host made of its values, fields included that it has added or dropped", async () => {
    const made = hostWith({ rows, links: [part("v1", { ...ALONG, fields: { ean: { fp: "e", r: 2 } } })] })
    Object.assign(made.host.options, { rewrite: (_: string, value: string) => `${value}!` })
    await remakeParts(made.host.ports, variant, ["v1"])
    expect(made.linkOf("v1")?.fields).toEqual({
      title: { fp: fingerprint("S!"), r: 0 },
      product: { fp: fingerprint("p1"), r: 0 },
      sku: { fp: fingerprint("S-1!"), r: 0 },
      ean: { fp: fingerprint(null), r: 2 },
    })
  })

  it("belongs to the record that has taken the place of its parent", async () => {
    const made = hostWith({ rows, links: [part("v1", { ...ALONG, snapshot: { ...DOCUMENT, product: "p0" } })] })
    await remakeParts(made.host.ports, variant, ["v1"])
    expect(made.host.table("variant").rows.get("v1")).toEqual(DOCUMENT)
  })

  it("of which nobody knows what it was has ended by itself, and that is told", async () => {
    const made = hostWith({ rows, links: [part("v1", { ...ALONG, snapshot: null })] })
    await remakeParts(made.host.ports, variant, ["v1"])
    expect(made.linkOf("v1")).toMatchObject({ standing: "gone", rev: 6, aliveRev: 6 })
    expect(made.host.table("variant").rows.size).toBe(0)
  })

  it("is left alone while its parent rests, or when it has ended by itself or is there", async () => {
    const links = [part("v1", { ...ALONG, parentId: "p2" }), part("v2", GONE), part("v3")]
    const made = hostWith({ rows, links })
    await remakeParts(made.host.ports, variant, ["v1", "v2", "v3"])
    expect(links.map(({ localId }) => made.linkOf(localId))).toEqual(links)
    expect(made.host.table("variant").rows.size).toBe(0)
  })

  it("and refused stops no other; a person reads why", async () => {
    const lines: string[] = []
    const titled = (id: string, title: string) => part(id, { ...ALONG, snapshot: { ...DOCUMENT, title } })
    const made = hostWith(
      { rows, links: [titled("v1", "refused"), titled("v2", "broken"), titled("v3", "M")] },
      (line) => lines.push(line),
    )
    Object.assign(made.host.options, {
      rewrite: (_: string, value: string) => {
        if (value === "refused") throw new SyncError("rejected_by_host", "The host said no.")
        if (value === "broken") throw new Error("canary")
        return value
      },
    })
    await remakeParts(made.host.ports, variant, ["v1", "v2", "v3"])
    expect(made.linkOf("v1")).toMatchObject({
      state: "quarantined",
      standing: "along",
      reason: "rejected_by_host: The host said no.",
    })
    expect(made.linkOf("v2")).toMatchObject({
      state: "quarantined",
      reason: "internal: The record could not be made anew.",
    })
    expect(made.linkOf("v3")).toMatchObject({ state: "active", standing: "alive" })
    expect(lines).toEqual([expect.stringMatching(/^Making variant v2 anew failed: Error/)])
  })

  it("and of no parts at all a failure is nobody's", async () => {
    const made = hostWith({})
    made.host.options.at = () => {
      throw new Error("down")
    }
    await expect(remakeParts(made.host.ports, variant, [])).resolves.toBeUndefined()
  })
})

describe("a part that gets its peer", () => {
  it("is told with its parent when that one is back untold", async () => {
    const { within } = hostWith({
      links: [
        parent("p1", { aliveRev: 4 }),
        parent("p2"),
        parent("p3", { aliveRev: 4, standing: "gone" }),
        parent("p4", { aliveRev: 4 }),
      ],
    })
    const links = [
      part("v1"),
      part("v2", { aliveRev: 6 }),
      part("v3", { standing: "gone" }),
      part("v4", { parentId: "p2" }),
      part("v5", { parentId: "p3" }),
      part("v6", { parentId: null }),
      part("v7", { aliveRev: 5 }),
    ]
    const told = await within((tx) => tellWithParent(tx, variant, links))
    expect(told.map(({ rev, aliveRev }) => [rev, aliveRev])).toEqual([
      [6, 6],
      [5, 6],
      [5, 1],
      [5, 1],
      [5, 1],
      [5, 1],
      [6, 6],
    ])
    expect(told.map(({ localId }) => localId)).toEqual(links.map(({ localId }) => localId))
  })

  it("and has no parent is told by itself, and nobody is asked", async () => {
    const { within } = hostWith({})
    await within(async (tx) => {
      const find = vi.spyOn(tx.links, "find")
      const orphans = [part("v1", { parentId: null })]
      expect(await tellWithParent(tx, variant, orphans)).toBe(orphans)
      const products = [parent("p1", { parentId: "p0" })]
      expect(await tellWithParent(tx, kind("product"), products)).toBe(products)
      expect(find).not.toHaveBeenCalled()
      find.mockRestore()
    })
  })
})

it("who waits for a record looks again when that one can be referred to, and no other does", async () => {
  const names = (id: string) => ({ heldBack: true, fields: { product: { fp: fingerprint(id), r: 1 } } })
  const member = (went?: string) => ({ "categories#c2": { fp: fingerprint(true), r: 1, ...(went ? { went } : {}) } })
  const { within, marked } = hostWith({
    links: [
      part("v1", names("p1")),
      part("v2", { ...names("p1"), heldBack: false }),
      part("v3", names("p3")),
      { ...emptyLink("product", "p1"), heldBack: true, fields: member() },
      { ...emptyLink("product", "p2"), heldBack: true, fields: member("c3") },
      { ...emptyLink("category", "c1"), heldBack: true, fields: { parent: { fp: fingerprint("c2"), r: 1 } } },
    ],
  })
  await within(async (tx) => {
    const wake = vi.spyOn(tx.marks, "wake")
    await wakeHeldBack(config, tx, "product", ["p1", "p2"])
    expect(wake.mock.calls.filter(([, ids]) => ids.length > 0)).toEqual([["variant", ["v1"]]])
    wake.mockClear()
    await wakeHeldBack(config, tx, "product", [])
    expect(wake).not.toHaveBeenCalled()
    await wakeHeldBack(config, tx, "category", ["c2"])
    wake.mockRestore()
  })
  expect(marked()).toEqual(["v1"])
  expect(marked("product")).toEqual(["p1"])
  expect(marked("category")).toEqual(["c1"])
})
