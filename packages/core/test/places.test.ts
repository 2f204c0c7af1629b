import { describe, expect, it } from "vitest"
import type { Side } from "../src/document/value.ts"
import { comparePlaces, type Places } from "../src/mapping/places.ts"
import type { KnownPlaces } from "../src/mapping/entity.ts"
import { ask } from "../src/send/ask-peer.ts"
import { preparePush } from "../src/send/prepare-push.ts"
import { findDrift, sweepOnce } from "../src/repair/sweep.ts"
import { type Drift } from "../src/operate/job.ts"
import { pushOnce } from "../src/run/run-push.ts"
import { SWEEP, shirt, shop, SIX, STATUS } from "./movable.ts"

describe("a column that is added later", () => {
  it("takes the peer's values where it shows its default, and changes none of theirs", async () => {
    const a = await shop(["status"], SIX)
    a.move("directus", "status", "status", "draft")
    await a.sweep("directus")
    expect(a.values("medusa", "status")).toEqual(STATUS)
    expect(a.values("directus", "status")).toEqual(STATUS)
    expect(a.lost()).toEqual([])
    // From here on it is a field like any other.
    const [id = ""] = a.pair.directus.table("product").rows.keys()
    a.pair.directus.edit("product", id, { status: "draft" })
    await a.pair.settle()
    expect(a.values("medusa", "status")[0]).toBe("draft")
  })

  it("says in the history of each record what had no place before", async () => {
    const a = await shop(["subtitle"], [shirt(1, { subtitle: "Soft" })])
    a.move("directus", "subtitle", "subtitle")
    await a.sweep("directus")
    expect(a.pair.directus.journal.at(-1)).toMatchObject({
      direction: "in",
      reason: "had no place here before: subtitle",
    })
  })

  it.each([
    ["medusa", "Of the shop", "directus", "Typed"],
    ["directus", "Typed", "medusa", "Of the shop"],
  ] as const)("keeps what lost where somebody typed before the sweep: %s wins", async (wins, stays, loser, lost) => {
    const mapping = { product: { fields: { description: { wins } } } }
    const a = await shop(["description"], [shirt(1, { description: "Of the shop" })], mapping)
    a.move("directus", "description", "description")
    const [id = ""] = a.pair.directus.table("product").rows.keys()
    a.pair.directus.edit("product", id, { description: "Typed" })
    await a.pair.settle()
    expect(a.values("medusa", "description")).toEqual(["Of the shop"])
    await a.sweep("directus")
    expect([a.values("medusa", "description"), a.values("directus", "description")]).toEqual([[stays], [stays]])
    expect(a.lost()).toEqual([`concurrent description loses ${loser}: "${lost}"`])
  })

  it("is told where the peer has nothing", async () => {
    const a = await shop(["subtitle"], [shirt(1)])
    a.move("directus", "subtitle", "subtitle")
    const [id = ""] = a.pair.directus.table("product").rows.keys()
    a.pair.directus.edit("product", id, { subtitle: "Typed" })
    await a.sweep("directus")
    expect(a.values("medusa", "subtitle")).toEqual(["Typed"])
    expect(a.lost()).toEqual([])
  })

  it("waits while the peer does not answer, and is asked for by the next sweep", async () => {
    const a = await shop(["status"], SIX)
    a.move("directus", "status", "status", "draft")
    a.pair.network = () => {
      throw new Error("down")
    }
    await sweepOnce(a.pair.directus.ports, SWEEP)
    a.pair.network = () => undefined
    a.pair.now += 600_000
    await a.pair.settle()
    expect(a.values("medusa", "status")).toEqual(STATUS)
    await a.sweep("directus")
    expect(a.values("directus", "status")).toEqual(STATUS)
  })

  it("takes values that overtake their announcement within the same sweep", async () => {
    const a = await shop(["status"], SIX)
    a.move("directus", "status", "status", "draft")
    const { transport } = a.pair.directus.ports
    let times = 0
    // A quick sender tells the values while the answer is under way, three times in a row.
    const send: typeof transport.send = async (message) => {
      const reply = await transport.send(message)
      if (message.ask?.kind === "tell" && ++times <= 3) await pushOnce(a.pair.medusa.ports)
      return reply
    }
    Object.assign(a.pair.directus.ports, { transport: { send } })
    await a.sweep("directus")
    expect(times).toBe(4)
    expect(a.values("directus", "status")).toEqual(STATUS)
    expect(a.values("medusa", "status")).toEqual(STATUS)
  })

  it("costs one question, and none when all is agreed on", async () => {
    const a = await shop(["status"], SIX)
    a.move("directus", "status", "status", "draft")
    const asked = (): number => a.pair.messages.filter(({ ask }) => ask?.kind === "tell").length
    await a.sweep("directus")
    expect(asked()).toBe(1)
    await a.sweep("directus", "medusa")
    expect(asked()).toBe(1)
  })
})

describe("a column that goes", () => {
  it("empties nothing on the peer, also when the peer writes something else meanwhile", async () => {
    const a = await shop([], [shirt(1, { description: "Of the shop", tags: null, "tags#a": true })])
    a.move("directus", "description", null)
    a.move("directus", "tags", null)
    const found: Drift[] = []
    await findDrift(a.pair.directus.ports, SWEEP, (drifts) => found.push(...drifts))
    expect(found).toEqual([])
    await a.sweep("directus")
    const [id = ""] = a.pair.medusa.table("product").rows.keys()
    a.pair.medusa.edit("product", id, { title: "Another" })
    await a.pair.settle()
    const told = a.pair.messages.filter(({ from, records }) => from.startsWith("directus") && records.length > 0)
    expect(told).toEqual([])
    await a.sweep("directus", "medusa")
    expect(a.values("directus", "title")).toEqual(["Another"])
    expect(a.values("medusa", "description")).toEqual(["Of the shop"])
    expect(a.values("medusa", "tags#a")).toEqual([true])
    // And comes back.
    a.move("directus", "description", "description")
    a.move("directus", "tags", "tags")
    await a.sweep("directus")
    expect(a.values("directus", "description")).toEqual(["Of the shop"])
    expect(a.values("directus", "tags#a")).toEqual([true])
  })
})

describe("a field that is mapped to another place", () => {
  it.each<Side>(["medusa", "directus"])("in %s takes over what the peer has", async (side) => {
    const a = await shop([], [shirt(1, { description: "Both know it" })])
    a.move(side, "description", "elsewhere")
    await a.sweep(side)
    expect([a.values("medusa", "description"), a.values("directus", "description")]).toEqual([
      ["Both know it"],
      ["Both know it"],
    ])
    expect(a.lost()).toEqual([])
  })

  it("on both sides at once is compared once, and what loses is kept", async () => {
    const a = await shop([], [shirt(1, { description: "Of before" })])
    a.move("medusa", "description", "metadata.text", "M")
    a.move("directus", "description", "text", "D")
    // Both were filled by people: neither shows a default.
    a.move("medusa", "description", "metadata.text2")
    a.move("directus", "description", "text2")
    const [m = ""] = a.pair.medusa.table("product").rows.keys()
    const [d = ""] = a.pair.directus.table("product").rows.keys()
    a.pair.medusa.edit("product", m, { description: "M" })
    a.pair.directus.edit("product", d, { description: "D" })
    await a.sweep("directus", "medusa", "directus", "medusa")
    expect([a.values("medusa", "description"), a.values("directus", "description")]).toEqual([["M"], ["M"]])
    expect(a.lost()).toEqual(['concurrent description loses directus: "D"'])
  })

  it("hears of an edit that has crossed its question under that edit's name", async () => {
    const a = await shop([], [shirt(1)], { product: { fields: { description: { wins: "directus" } } } })
    const { ports, control } = a.pair.directus
    const [id = ""] = a.pair.directus.table("product").rows.keys()
    a.pair.directus.edit("product", id, { description: "D" })
    const [outgoing] = await preparePush(ports, await ports.lease(1), control)
    a.move("directus", "description", "text")
    await sweepOnce(ports, SWEEP)
    if (outgoing) await ports.transport.send(outgoing.message)
    await pushOnce(a.pair.medusa.ports)
    const told = a.pair.messages.flatMap(({ from, records }) => (from.startsWith("medusa") ? records : [])).at(-1)
    expect(told?.fields["description"]).toEqual(["D", told?.rev, 0, 0])
  })

  it.each([null, "M"])(
    "says what came of an edit that arrives behind the answer to its question, where it is %s",
    async (said) => {
      const a = await shop([], [shirt(1)], { product: { fields: { description: { wins: "directus" } } } })
      const { ports, control } = a.pair.directus
      const [m = ""] = a.pair.medusa.table("product").rows.keys()
      const [d = ""] = a.pair.directus.table("product").rows.keys()
      a.pair.directus.edit("product", d, { description: "D" })
      const [outgoing] = await preparePush(ports, await ports.lease(1), control)
      a.move("directus", "description", "text")
      if (said !== null) a.pair.medusa.edit("product", m, { description: said })
      await sweepOnce(ports, SWEEP)
      await pushOnce(a.pair.medusa.ports)
      if (outgoing) await ports.transport.send(outgoing.message)
      expect(a.values("medusa", "description")).toEqual(["D"])
      await a.pair.settle()
      expect([a.values("medusa", "description"), a.values("directus", "description")]).toEqual([[said], [said]])
    },
  )

  it("is no answer to who had that pair before: what the one of now has told is compared", async () => {
    const a = await shop([], [shirt(1)], { product: { deletes: { medusa: "ignore", directus: "ignore" } } })
    const { ports } = a.pair.directus
    const [m = ""] = a.pair.medusa.table("product").rows.keys()
    const [before = ""] = a.pair.directus.table("product").rows.keys()
    a.pair.directus.remove("product", before)
    await a.pair.settle()
    a.move("medusa", "description", "metadata.text")
    a.pair.medusa.edit("product", m, { description: "M" })
    a.pair.directus.create("product", shirt(1, { description: "D" }))
    await pushOnce(ports)
    const records = [{ id: m, peer: before }]
    expect(await ask(ports, { kind: "tell", entity: "product", places: ["description"], records })).toEqual({
      kind: "tell",
      revs: [null],
    })
    await a.pair.settle()
    await a.sweep("medusa", "directus")
    expect([a.values("medusa", "description"), a.values("directus", "description")]).toEqual([["M"], ["M"]])
    expect(a.lost()).toEqual(['concurrent description loses directus: "D"'])
  })

  it.each(["D", null])("calls what was copied there by the name of its edit, where the peer has %s", async (said) => {
    const a = await shop([], [shirt(1)], { product: { fields: { description: { wins: "directus" } } } })
    const [m = ""] = a.pair.medusa.table("product").rows.keys()
    const [d = ""] = a.pair.directus.table("product").rows.keys()
    a.pair.medusa.edit("product", m, { description: "M" })
    a.pair.directus.edit("product", d, { description: "D" })
    await pushOnce(a.pair.medusa.ports)
    a.pair.directus.edit("product", d, { description: said })
    a.move("medusa", "description", "metadata.text")
    a.pair.medusa.edit("product", m, { description: "M" })
    await sweepOnce(a.pair.medusa.ports, SWEEP)
    await pushOnce(a.pair.directus.ports)
    await pushOnce(a.pair.medusa.ports)
    a.pair.directus.edit("product", d, { description: "E" })
    await a.pair.settle()
    const ofM = [a.pair.medusa, a.pair.directus].flatMap(({ conflicts }) =>
      [...conflicts.values()].filter(({ losingValue }) => losingValue === "M"),
    )
    expect([...new Set(ofM.map(({ id }) => id))]).toHaveLength(1)
    expect([a.values("medusa", "description"), a.values("directus", "description")]).toEqual([["E"], ["E"]])
    const told = a.pair.messages.flatMap(({ from, records }) => (from.startsWith("medusa") ? records : []))
    const edits = told.flatMap(({ fields }) => (fields["description"]?.[0] === "M" ? [fields["description"]] : []))
    expect(new Set(edits.map(([, r, , e]) => e ?? r)).size).toBe(1)
    expect(edits).toHaveLength(said === null ? 2 : 1)
  })

  it("joins the members of a set, and takes none away", async () => {
    const a = await shop([], [shirt(1, { "tags#a": true, "tags#b": true }), shirt(2)])
    a.move("directus", "tags", "labels")
    const [id = ""] = a.pair.directus.table("product").rows.keys()
    a.pair.directus.edit("product", id, { "tags#c": true })
    await a.sweep("directus", "medusa")
    for (const side of ["medusa", "directus"] as const)
      for (const tag of ["a", "b", "c"]) expect(a.values(side, `tags#${tag}`)).toEqual([true, null])
    a.pair.directus.edit("product", id, { "tags#a": null })
    await a.pair.settle()
    expect(a.values("medusa", "tags#a")).toEqual([null, null])
  })
})

describe("a language that is added later", () => {
  const two = { translations: { locales: { "de-DE": "de", "fr-FR": "fr" } } }
  const place = "translations#fr-FR/title"

  it("is compared by itself: the others are as before", async () => {
    const a = await shop([place], [shirt(1, { "translations#de-DE/title": "Hemd", [place]: "Chemise" })], two)
    expect(a.values("directus", "translations#de-DE/title")).toEqual(["Hemd"])
    expect(a.values("directus", place)).toEqual([null])
    a.move("directus", place, place)
    const [id = ""] = a.pair.directus.table("product").rows.keys()
    a.pair.directus.edit("product", id, { "translations#de-DE/title": "Bluse", [place]: "Blouse" })
    await a.sweep("directus")
    for (const side of ["medusa", "directus"] as const) {
      expect(a.values(side, "translations#de-DE/title")).toEqual(["Bluse"])
      expect(a.values(side, place)).toEqual(["Chemise"])
    }
    expect(a.lost()).toEqual([`concurrent ${place} loses directus: "Blouse"`])
  })

  it("brings the texts of options, and tells those that only this side has", async () => {
    const options = "translations#fr-FR/options"
    const a = await shop([options], [shirt(1, { [`${options}/Size`]: "Taille" })], two)
    a.move("directus", options, options)
    const [id = ""] = a.pair.directus.table("product").rows.keys()
    a.pair.directus.edit("product", id, { [`${options}/Size`]: "Pointure", [`${options}/Size/S`]: "P" })
    await a.sweep("directus", "medusa")
    for (const side of ["medusa", "directus"] as const) {
      expect(a.values(side, `${options}/Size`)).toEqual(["Taille"])
      expect(a.values(side, `${options}/Size/S`)).toEqual(["P"])
    }
    expect(a.lost()).toEqual([`concurrent ${options}/Size loses directus: "Pointure"`])
  })
})

describe("what a database remembers of its places", () => {
  const at = (text: string | null): Places => ({ product: { status: { at: text } } })
  const since = (...seen: (string | null)[]): number | undefined => {
    let known: KnownPlaces | null = null
    for (const text of seen) known = comparePlaces(known, at(text))
    return known?.["product"]?.["status"]?.since
  }

  it("begins with the first start, and counts each place that appears, comes back or moves", () => {
    expect(since("status")).toBe(0)
    expect(since("status", "status")).toBe(0)
    expect(since(null, "status")).toBe(1)
    expect(since("status", null)).toBe(0)
    expect(since("status", null, "status")).toBe(1)
    expect(since("status", "state", "state", "status")).toBe(2)
  })

  it("keeps a field that is mapped no more as it was, and begins a kind that is new from the start", () => {
    const first = comparePlaces(null, { product: { status: { at: "status" }, title: { at: "title" } } })
    const less = comparePlaces(first, { product: { title: { at: "title" } }, tag: { value: { at: "value" } } })
    expect(less).toEqual({ ...first, tag: { value: { at: "value", since: 0 } } })
    expect(comparePlaces(less, at("status"))["product"]?.["status"]).toEqual({ at: "status", since: 0 })
    expect(comparePlaces(first, { product: { weight: { at: "weight" } } })["product"]?.["weight"]?.since).toBe(1)
  })
})
