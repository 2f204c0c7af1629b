import { describe, expect, it } from "vitest"
import { resolveConfig } from "../src/mapping/config.ts"
import { isExternalSync } from "../src/link/sync-metadata.ts"
import type { Side } from "../src/document/value.ts"
import { SyncError } from "../src/errors.ts"
import { Pair } from "./pair.ts"

const SHIRT = { title: "Shirt", handle: "shirt", status: "published" }
const SIDES: Side[] = ["medusa", "directus"]

describe("one product on two hosts", () => {
  it.each(SIDES)("a product made in %s costs one request and arrives whole", async (side) => {
    const pair = new Pair(resolveConfig())
    const id = pair.host(side).create("product", { ...SHIRT, description: "<p>é 👕</p>", weight: "1.5" })
    await pair.settle()
    const other = side === "medusa" ? "directus" : "medusa"
    expect(pair.row(other, pair.peer(side, id))).toEqual(pair.row(side, id))
    expect(pair.requests).toHaveLength(1)
  })

  it("a second edit right after a sync is never swallowed", async () => {
    const pair = new Pair(resolveConfig())
    const id = pair.medusa.create("product", SHIRT)
    await pair.settle()
    pair.directus.edit("product", pair.peer("medusa", id), { title: "Chemise" })
    await pair.settle()
    pair.medusa.edit("product", id, { title: "Hemd" })
    pair.medusa.edit("product", id, { subtitle: "neu" })
    await pair.settle()
    expect(pair.row("directus", pair.peer("medusa", id))).toMatchObject({ title: "Hemd", subtitle: "neu" })
  })

  it("edits of different fields on both sides are both kept", async () => {
    const pair = new Pair(resolveConfig())
    const id = pair.medusa.create("product", SHIRT)
    await pair.settle()
    pair.medusa.edit("product", id, { title: "Medusa's" })
    pair.directus.edit("product", pair.peer("medusa", id), { subtitle: "Directus's" })
    await pair.settle()
    for (const side of SIDES)
      expect(pair.row(side, side === "medusa" ? id : pair.peer("medusa", id))).toMatchObject({
        title: "Medusa's",
        subtitle: "Directus's",
      })
    expect([...pair.medusa.conflicts.values(), ...pair.directus.conflicts.values()]).toEqual([])
  })

  it("of two edits of one field the owner's wins and the other is kept, under one id on both hosts", async () => {
    const pair = new Pair(resolveConfig({ product: { fields: { title: { wins: "directus" } } } }))
    const id = pair.medusa.create("product", SHIRT)
    await pair.settle()
    pair.medusa.edit("product", id, { title: "lost" })
    pair.directus.edit("product", pair.peer("medusa", id), { title: "kept" })
    await pair.settle()
    expect(pair.row("medusa", id)?.["title"]).toBe("kept")
    const rows = [...pair.medusa.conflicts.values(), ...pair.directus.conflicts.values()]
    expect(new Set(rows.map((row) => row.id)).size).toBe(1)
    expect(rows[0]).toMatchObject({ field: "title", losingSide: "medusa", losingValue: "lost", kind: "concurrent" })
  })

  it("a field that the other side owns is put back, and what was typed is kept", async () => {
    const pair = new Pair(resolveConfig({ product: { fields: { material: { owner: "medusa" } } } }))
    const id = pair.medusa.create("product", { ...SHIRT, material: "wool" })
    await pair.settle()
    pair.directus.edit("product", pair.peer("medusa", id), { material: "plastic" })
    await pair.settle()
    expect(pair.row("directus", pair.peer("medusa", id))?.["material"]).toBe("wool")
    expect([...pair.medusa.conflicts.values()]).toMatchObject([{ kind: "read_only", losingValue: "plastic" }])
  })

  it("an empty string is not null", async () => {
    const pair = new Pair(resolveConfig())
    const id = pair.medusa.create("product", { ...SHIRT, subtitle: "" })
    await pair.settle()
    expect(pair.row("directus", pair.peer("medusa", id))?.["subtitle"]).toBe("")
  })

  it("a product that lived on both sides is matched by its handle, and blanks are filled", async () => {
    const pair = new Pair(resolveConfig())
    const m = pair.medusa.create("product", { ...SHIRT, weight: "2" })
    const d = pair.directus.create("product", { ...SHIRT, title: "Other", subtitle: "from the CMS" })
    await pair.settle()
    expect(pair.peer("medusa", m)).toBe(d)
    expect(pair.row("directus", d)).toEqual(pair.row("medusa", m))
    expect(pair.row("medusa", m)).toEqual({ ...SHIRT, weight: "2", subtitle: "from the CMS" })
    expect(
      [...pair.directus.conflicts.values(), ...pair.medusa.conflicts.values()].map((row) => row.losingValue),
    ).toContain("Other")
  })

  it("two candidates are never guessed at: both are named and everything else goes on", async () => {
    const pair = new Pair(resolveConfig())
    const twins = [pair.directus.create("product", SHIRT, false), pair.directus.create("product", SHIRT, false)]
    const shirt = pair.medusa.create("product", SHIRT)
    const hat = pair.medusa.create("product", { title: "Hat", handle: "hat" })
    await pair.settle()
    const link = pair.medusa.table("product").links.get(shirt)
    expect(link?.state).toBe("quarantined")
    for (const twin of twins) expect(link?.reason).toContain(twin)
    expect(pair.row("directus", pair.peer("medusa", hat))).toMatchObject({ title: "Hat" })
    pair.medusa.edit("product", shirt, { handle: "another-shirt" })
    await pair.settle()
    expect(pair.row("directus", pair.peer("medusa", shirt))).toMatchObject({ handle: "another-shirt" })
    expect(twins).not.toContain(pair.peer("medusa", shirt))
  })

  it("of two that could be the same one none is paired before their keys differ", async () => {
    const pair = new Pair(resolveConfig())
    const only = pair.directus.create("product", SHIRT, false)
    const twins = [pair.medusa.create("product", SHIRT), pair.medusa.create("product", SHIRT)]
    await pair.settle()
    for (const twin of twins) {
      const link = pair.medusa.table("product").links.get(twin)
      expect(link?.state).toBe("quarantined")
      for (const id of [only, ...twins]) expect(link?.reason).toContain(id)
    }
    const [first = "", second = ""] = twins
    pair.medusa.edit("product", first, { handle: "another-shirt" })
    pair.medusa.edit("product", second, { title: "The shirt" })
    await pair.settle()
    expect(pair.peer("medusa", second)).toBe(only)
    expect(pair.row("directus", pair.peer("medusa", first))).toMatchObject({ handle: "another-shirt" })
    expect(pair.directus.table("product").rows.size).toBe(2)
  })

  it("a record that the host refuses delays no other one of its batch (I8)", async () => {
    const pair = new Pair(resolveConfig(), undefined, {
      directus: {
        rewrite: (_, value) => {
          if (value === "poison") throw new SyncError("rejected_by_host", "no")
          return value
        },
      },
    })
    const ids = Array.from({ length: 20 }, (_, i) =>
      pair.medusa.create("product", { title: i === 7 ? "poison" : `t${String(i)}`, handle: `h${String(i)}` }),
    )
    await pair.settle()
    const states = ids.map((id) => pair.medusa.table("product").links.get(id))
    expect(states.filter((link) => link?.peerId)).toHaveLength(19)
    expect(states[7]).toMatchObject({ state: "quarantined", attempts: 5 })
    expect(states[7]?.reason).toContain("rejected_by_host")
    // A change by a person is another chance.
    pair.medusa.edit("product", ids[7] ?? "", { title: "mended" })
    await pair.settle()
    expect(pair.row("directus", pair.peer("medusa", ids[7] ?? ""))).toMatchObject({ title: "mended" })
  })
})

describe("deletes", () => {
  it("a delete in Medusa archives in Directus; restoring brings the same item back as it was", async () => {
    const pair = new Pair(resolveConfig())
    const id = pair.medusa.create("product", SHIRT)
    await pair.settle()
    const item = pair.peer("medusa", id)
    pair.medusa.remove("product", id)
    await pair.settle()
    expect(pair.row("directus", item)).toMatchObject({ title: "Shirt", status: "archived" })
    pair.medusa.restore("product", id)
    await pair.settle()
    expect(pair.row("directus", item)).toEqual(SHIRT)
    expect(pair.peer("medusa", id)).toBe(item)
  })

  it("a delete in Directus sets Medusa to draft; publishing it there brings the item back", async () => {
    const pair = new Pair(resolveConfig())
    const id = pair.medusa.create("product", SHIRT)
    await pair.settle()
    const item = pair.peer("medusa", id)
    pair.directus.remove("product", item)
    await pair.settle()
    expect(pair.row("medusa", id)?.["status"]).toBe("draft")
    pair.medusa.edit("product", id, { status: "published" })
    await pair.settle()
    expect(pair.row("directus", item)).toEqual(SHIRT)
  })

  it.each([
    ["propagate", undefined],
    ["archive", "archived"],
    ["unlink", "published"],
    ["ignore", "published"],
  ] as const)("the policy %s leaves status %s in Directus", async (policy, status) => {
    const pair = new Pair(resolveConfig({ product: { deletes: { directus: policy } } }))
    const id = pair.medusa.create("product", SHIRT)
    await pair.settle()
    const item = pair.peer("medusa", id)
    pair.medusa.remove("product", id)
    await pair.settle()
    expect(pair.row("directus", item)?.["status"]).toBe(status)
  })

  it("an edit that the deleter had not seen wins over the delete, and puts nothing on sale", async () => {
    const pair = new Pair(resolveConfig())
    const id = pair.medusa.create("product", SHIRT)
    await pair.settle()
    const item = pair.peer("medusa", id)
    pair.directus.edit("product", item, { subtitle: "just added" })
    pair.medusa.remove("product", id)
    await pair.settle()
    expect(pair.row("medusa", id)).toEqual({ ...SHIRT, subtitle: "just added", status: "draft" })
    expect(pair.row("directus", item)).toEqual({ ...SHIRT, subtitle: "just added" })
  })
})

describe("a database that was restored from a backup", () => {
  /** Takes one host back to where it was; the other one does not notice. */
  function backUp(pair: Pair, side: Side): () => void {
    const { rows, links, marks } = pair.host(side).table("product")
    const saved = [new Map(rows), new Map(links), new Map(marks)] as const
    return () => {
      for (const [table, old] of [
        [rows, saved[0]],
        [links, saved[1]],
        [marks, saved[2]],
      ] as const) {
        table.clear()
        for (const [id, value] of old) (table as Map<string, unknown>).set(id, value)
      }
    }
  }

  it.each(SIDES)("in %s: new edits are not mistaken for old ones", async (side) => {
    const pair = new Pair(resolveConfig())
    const m = pair.medusa.create("product", SHIRT)
    await pair.settle()
    const id = side === "medusa" ? m : pair.peer("medusa", m)
    const restore = backUp(pair, side)
    for (let i = 0; i < 5; i++) {
      pair.host(side).edit("product", id, { title: `forgotten ${String(i)}` })
      await pair.settle()
    }
    restore()
    pair.host(side).edit("product", id, { title: "after the restore" })
    await pair.settle()
    for (const [host, key] of [
      ["medusa", m],
      ["directus", pair.peer("medusa", m)],
    ] as const)
      expect(pair.row(host, key)?.["title"]).toBe("after the restore")
  })

  it("notices it from the peer's edits as well", async () => {
    const pair = new Pair(resolveConfig())
    const id = pair.medusa.create("product", SHIRT)
    await pair.settle()
    const restore = backUp(pair, "medusa")
    for (let i = 0; i < 5; i++) {
      pair.medusa.edit("product", id, { title: `forgotten ${String(i)}` })
      await pair.settle()
    }
    restore()
    pair.directus.edit("product", pair.peer("medusa", id), { subtitle: "from Directus" })
    await pair.settle()
    const before = pair.requests.length
    pair.medusa.edit("product", id, { title: "after the restore" })
    await pair.settle()
    expect(pair.row("directus", pair.peer("medusa", id))).toMatchObject({
      title: "after the restore",
      subtitle: "from Directus",
    })
    expect(pair.requests.length - before).toBe(1)
  })
})

describe("loop prevention", () => {
  it("what a sync wrote is an echo for ever, and an edit is not for a moment", async () => {
    const pair = new Pair(resolveConfig())
    const id = pair.medusa.create("product", SHIRT)
    await pair.settle()
    const item = pair.peer("medusa", id)
    const link = pair.directus.table("product").links.get(item) ?? null
    expect(isExternalSync(link, pair.row("directus", item) ?? null)).toBe(true)
    expect(isExternalSync(link, { ...pair.row("directus", item), title: "edited in the same millisecond" })).toBe(false)
    expect(isExternalSync(null, SHIRT)).toBe(false)
    expect(isExternalSync(link, null)).toBe(false)
  })

  it("a hundred alternating edits are a hundred pushes and no echo", async () => {
    const pair = new Pair(resolveConfig())
    const id = pair.medusa.create("product", SHIRT)
    await pair.settle()
    const before = pair.requests.length
    for (let i = 0; i < 100; i++) {
      const side = i % 2 === 0 ? "medusa" : "directus"
      pair.host(side).edit("product", side === "medusa" ? id : pair.peer("medusa", id), { title: `edit ${String(i)}` })
      await pair.settle()
    }
    expect(pair.requests.length - before).toBe(100)
    expect(pair.medusa.writes).toBe(50)
  })

  it("a value that the host changes at every write comes to rest", async () => {
    let n = 0
    const noisy = {
      rewrite: (field: string, value: unknown) =>
        (field === "title" && typeof value === "string" ? `${value} ${String(++n)}` : value) as string,
      marksOwn: () => true,
    }
    const pair = new Pair(resolveConfig(), undefined, { directus: noisy })
    const id = pair.medusa.create("product", SHIRT)
    await pair.settle()
    pair.medusa.edit("product", id, { title: "Hemd" })
    await pair.settle()
    expect(pair.requests).toHaveLength(2)
  })
})
