import { describe, expect, it } from "vitest"
import type { Side } from "../src/document/value.ts"
import { resolveConflict, tellResolved, type Decision } from "../src/inbox/resolve-conflict.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { Pair } from "./pair.ts"

interface Quarrel {
  pair: Pair
  medusaId: string
  directusId: string
  conflictId: string
}

/** Both sides change the title at once: Medusa's stays, Directus's lies in the inbox. */
async function quarrel(): Promise<Quarrel> {
  const pair = new Pair(resolveConfig())
  const medusaId = pair.medusa.create("product", { title: "Shirt", handle: "shirt" })
  await pair.settle()
  const directusId = pair.peer("medusa", medusaId)
  pair.medusa.edit("product", medusaId, { title: "of Medusa" })
  pair.directus.edit("product", directusId, { title: "of Directus" })
  await pair.settle()
  const ids = new Set([...pair.medusa.conflicts.keys(), ...pair.directus.conflicts.keys()])
  const [conflictId = ""] = ids
  expect(ids.size).toBe(1)
  return { pair, medusaId, directusId, conflictId }
}

const holder = ({ pair, conflictId }: Quarrel): Side => (pair.medusa.conflicts.has(conflictId) ? "medusa" : "directus")

async function decide(found: Quarrel, decision: Decision): Promise<string[]> {
  const { pair, medusaId, directusId, conflictId } = found
  const { ports } = pair.host(holder(found))
  await resolveConflict(ports, conflictId, decision)
  await tellResolved(ports)
  await pair.settle()
  return [pair.row("medusa", medusaId), pair.row("directus", directusId)].map((row) => String(row?.["title"]))
}

const isOpen = ({ pair, conflictId }: Quarrel): boolean =>
  (["medusa", "directus"] as const).some((side) => {
    const conflict = pair.host(side).conflicts.get(conflictId)
    return conflict !== undefined && conflict.resolvedAt === null
  })

describe("a conflict of the inbox", () => {
  it("keep: the value stays on both sides, and no push is needed", async () => {
    const found = await quarrel()
    const pushes = found.pair.messages.filter(({ records }) => records.length > 0).length
    expect(await decide(found, { kind: "keep" })).toEqual(["of Medusa", "of Medusa"])
    expect(isOpen(found)).toBe(false)
    expect(found.pair.messages.filter(({ records }) => records.length > 0)).toHaveLength(pushes)
  })

  it("take: what had lost is the value of both sides", async () => {
    const found = await quarrel()
    expect(await decide(found, { kind: "take" })).toEqual(["of Directus", "of Directus"])
    expect(isOpen(found)).toBe(false)
  })

  it("edit: a third value is the value of both sides", async () => {
    const found = await quarrel()
    expect(await decide(found, { kind: "edit", value: "of both" })).toEqual(["of both", "of both"])
  })

  it("edit: what the field cannot hold is refused in words, and the conflict stays open", async () => {
    const found = await quarrel()
    const { ports } = found.pair.host(holder(found))
    for (const value of [{ title: "x" }, ["x"]])
      await expect(resolveConflict(ports, found.conflictId, { kind: "edit", value })).rejects.toThrow(
        /title takes a text or null/,
      )
    expect(isOpen(found)).toBe(true)
  })

  it("names who decided in the journal", async () => {
    const found = await quarrel()
    const host = found.pair.host(holder(found))
    await resolveConflict(host.ports, found.conflictId, { kind: "keep" }, "user_1")
    const reason = "the value was kept by user_1"
    expect(host.journal).toMatchObject([{ event: "resolved", fields: ["title"], reason }])
  })

  it("is decided once", async () => {
    const found = await quarrel()
    await decide(found, { kind: "keep" })
    const { ports } = found.pair.host(holder(found))
    await expect(resolveConflict(ports, found.conflictId, { kind: "take" })).rejects.toThrow(/It was decided at/)
    await expect(resolveConflict(ports, "nothing", { kind: "keep" })).rejects.toThrow(/no conflict nothing/)
  })

  it("ends in the other inbox too, once the peer can be reached", async () => {
    const found = await quarrel()
    const { pair, conflictId } = found
    const here = pair.host(holder(found))
    const there = pair.host(holder(found) === "medusa" ? "directus" : "medusa")
    const copy = here.conflicts.get(conflictId)
    if (copy) there.conflicts.set(conflictId, { ...copy })
    pair.network = () => {
      throw new Error("down")
    }
    await resolveConflict(here.ports, conflictId, { kind: "keep" })
    await tellResolved(here.ports)
    expect(there.conflicts.get(conflictId)?.resolvedAt).toBeNull()
    pair.network = () => undefined
    // A peer that did not answer is left alone for a while.
    pair.now += 10_000
    await tellResolved(here.ports)
    expect(there.conflicts.get(conflictId)?.resolvedAt).not.toBeNull()
    // The peer need not tell it back.
    expect(await there.ports.transaction(({ conflicts }) => conflicts.untold(10))).toEqual([])
  })

  it("of a field that only Medusa may change is decided in Medusa", async () => {
    const pair = new Pair(resolveConfig({ product: { fields: { material: { owner: "medusa" } } } }))
    const id = pair.medusa.create("product", { title: "Shirt", handle: "shirt", material: "wool" })
    await pair.settle()
    pair.directus.edit("product", pair.peer("medusa", id), { material: "silk" })
    await pair.settle()
    const [conflict] = [...pair.medusa.conflicts.values()]
    expect(conflict).toMatchObject({ kind: "read_only", losingValue: "silk", losingSide: "directus" })
    if (!conflict) return
    pair.directus.conflicts.set(conflict.id, { ...conflict, localId: conflict.peerId, peerId: conflict.localId })
    await expect(resolveConflict(pair.directus.ports, conflict.id, { kind: "take" })).rejects.toThrow(
      /product\.material can only be changed in medusa/,
    )
    await resolveConflict(pair.medusa.ports, conflict.id, { kind: "take" })
    await pair.settle()
    expect(pair.row("directus", pair.peer("medusa", id))?.["material"]).toBe("silk")
  })
})
