import { describe, expect, it } from "vitest"
import { SyncError } from "../src/errors.ts"
import { sweepOnce } from "../src/repair/sweep.ts"
import { refusedValue } from "../src/record/taken.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { Pair } from "./pair.ts"

/** Medusa takes no text that begins so in any field. */
const BAD = "bad"

/** A product of both sides; `says` is what Medusa answers to a value that it does not take. */
async function shirt(says = (field: string): SyncError => refusedValue(field, "Medusa takes another kind of value.")) {
  const options = {
    unique: "handle",
    rewrite: (field: string, value: unknown) => {
      if (typeof value === "string" && value.startsWith(BAD)) throw says(field)
      return value as string
    },
  }
  const pair = new Pair(resolveConfig(), undefined, { medusa: options })
  const inShop = pair.medusa.create("product", { title: "Shirt", handle: "shirt", status: "published" })
  await pair.settle()
  const item = pair.peer("medusa", inShop)
  return {
    pair,
    inShop,
    item,
    edit: (values: Record<string, string | null>) => pair.directus.edit("product", item, values),
    row: () => pair.row("medusa", inShop),
    link: () => pair.directus.table("product").links.get(item),
  }
}

describe("a value of one field that the host does not take", () => {
  it("keeps no other field of the record from it, before or after", async () => {
    const { pair, edit, row, link } = await shirt()
    edit({ status: BAD, title: "Typed with it" })
    await pair.settle()
    expect(row()).toMatchObject({ title: "Typed with it", status: "published" })
    expect(link()).toMatchObject({
      state: "quarantined",
      reason: "rejected_by_host: status: Medusa takes another kind of value.",
    })
    const before = pair.requests.length
    edit({ subtitle: "Typed afterwards" })
    await pair.settle()
    expect(row()).toMatchObject({ subtitle: "Typed afterwards" })
    expect(link()).toMatchObject({ state: "quarantined" })
    expect(pair.requests.length - before).toBe(2)
  })

  it("goes on when somebody gives it another one, on either side", async () => {
    for (const side of ["directus", "medusa"] as const) {
      const { pair, edit, inShop, row, link } = await shirt()
      edit({ status: BAD })
      await pair.settle()
      if (side === "directus") edit({ status: "draft" })
      else pair.medusa.edit("product", inShop, { status: "draft" })
      await pair.settle()
      expect(row()).toMatchObject({ status: "draft" })
      expect(link()).toMatchObject({ state: "active", reason: null, heldBack: false })
    }
  })

  it("stops alone also when there are several, of which the host names one at a time", async () => {
    const { pair, edit, row, link } = await shirt()
    edit({ status: BAD, description: BAD, title: "Typed with them" })
    await pair.settle()
    expect(row()).toMatchObject({ title: "Typed with them", status: "published" })
    edit({ subtitle: "Typed afterwards" })
    await pair.settle()
    expect(row()).toMatchObject({ subtitle: "Typed afterwards" })
    edit({ status: "draft" })
    await pair.settle()
    expect(row()).toMatchObject({ status: "draft" })
    edit({ description: "good" })
    await pair.settle()
    expect(row()).toMatchObject({ description: "good" })
    expect(link()).toMatchObject({ state: "active", reason: null })
  })

  it("stops alone beside one that another record has", async () => {
    const { pair, edit, row, link } = await shirt()
    const other = pair.directus.create("product", { title: "Other", handle: "other" })
    await pair.settle()
    edit({ status: BAD, handle: "other", title: "Typed with them" })
    await pair.settle()
    expect(row()).toMatchObject({ title: "Typed with them", status: "published", handle: "shirt" })
    pair.directus.edit("product", other, { handle: "free" })
    await pair.settle()
    edit({ status: "draft" })
    await pair.settle()
    expect(row()).toMatchObject({ status: "draft", handle: "other" })
    expect(link()).toMatchObject({ state: "active", reason: null })
  })

  it.each([
    ["the other one's new value is told", true],
    ["the other one gave it up unseen, by the next sweep", false],
  ])("is named beside one that another record has, which arrives by itself when %s", async (_, isTold) => {
    const { pair, edit, row, link } = await shirt()
    const other = pair.medusa.create("product", { title: "Other", handle: "other" })
    await pair.settle()
    for (const subtitle of ["Typed with them", "Typed afterwards"]) {
      edit({ status: BAD, handle: "other", subtitle })
      await pair.settle()
      const fields = (link()?.reason ?? "").match(/status: |handle is taken by /g)
      expect(fields?.sort()).toEqual(["handle is taken by ", "status: "])
    }
    pair.medusa.edit("product", other, { handle: "free" }, isTold)
    const sweep = { newAmong: () => Promise.resolve([]), rest: () => Promise.resolve(true) }
    if (!isTold) await sweepOnce(pair.directus.ports, sweep)
    await pair.settle()
    expect(row()).toMatchObject({ status: "published", handle: "other", subtitle: "Typed afterwards" })
    expect(link()).toMatchObject({
      state: "quarantined",
      reason: "rejected_by_host: status: Medusa takes another kind of value.",
    })
  })

  it.each([
    ["that names no field", () => new SyncError("rejected_by_host", "A hook refuses it.")],
    ["that names none of the record's", () => refusedValue("product_option.value", "It is too long.")],
  ])("stops the record when it comes with a reason %s", async (_, says) => {
    const { pair, edit, row, link } = await shirt(says)
    edit({ status: BAD, title: "Typed with it" })
    await pair.settle()
    expect(row()).toMatchObject({ title: "Shirt" })
    expect(link()).toMatchObject({ state: "quarantined", attempts: 5, heldBack: false })
  })

  it("stops a record that is new there as a whole", async () => {
    const { pair } = await shirt()
    const id = pair.directus.create("product", { title: "New", handle: "new", status: BAD })
    await pair.settle()
    expect(pair.directus.table("product").links.get(id)).toMatchObject({ state: "quarantined", peerId: null })
    pair.directus.edit("product", id, { status: "draft" })
    await pair.settle()
    expect(pair.row("medusa", pair.peer("directus", id))).toMatchObject({ title: "New", status: "draft" })
  })
})
