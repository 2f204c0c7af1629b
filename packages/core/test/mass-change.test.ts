import { describe, expect, it } from "vitest"
import type { Document } from "../src/document/value.ts"
import { holdMassChange } from "../src/guard/mass-change.ts"
import { resumeByPerson } from "../src/guard/pause.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { sweepOnce } from "../src/repair/sweep.ts"
import { Pair } from "./pair.ts"

const shirt = (n: number): Document => ({ title: `Shirt ${String(n)}`, handle: `shirt-${String(n)}`, status: "draft" })

async function shop(products: number): Promise<{ pair: Pair; sweep: () => Promise<number>; titles: () => unknown[] }> {
  const pair = new Pair(resolveConfig())
  for (let n = 0; n < products; n++) pair.medusa.create("product", shirt(n))
  await pair.settle()
  return {
    pair,
    sweep: () =>
      sweepOnce(pair.directus.ports, {
        newAmong: () => Promise.resolve([]),
        rest: () => Promise.resolve(true),
        before: (changed) => holdMassChange(pair.directus.ports, changed),
      }),
    titles: () => [...pair.medusa.table("product").rows.values()].map(({ title }) => title),
  }
}

/** Plain SQL, of which no hook hears. */
function bySql({ directus }: Pair, many: number): void {
  for (const id of [...directus.table("product").rows.keys()].slice(0, many))
    directus.edit("product", id, { title: "by SQL" }, false)
}

describe("more than fifty records that a sweep finds changed", () => {
  it("stops the direction before one of them is told", async () => {
    const { pair, sweep, titles } = await shop(60)
    bySql(pair, 51)
    expect(await sweep()).toBe(51)
    await pair.settle(1).catch(() => undefined)
    expect(titles()).not.toContain("by SQL")
    expect(pair.directus.control.paused).toMatchObject({ code: "mass_change" })
    expect(pair.directus.control.paused?.message).toMatch(
      /^Changed in Directus without a word of it: 51 of 60 product records \(title\)\..* resume, and Medusa gets it/,
    )
  })

  it("are told when a person resumes", async () => {
    const { pair, sweep, titles } = await shop(60)
    bySql(pair, 51)
    await sweep()
    await resumeByPerson(pair.directus.ports)
    await pair.settle()
    expect(titles().filter((title) => title === "by SQL")).toHaveLength(51)
    expect(await sweep()).toBe(0)
    expect(pair.directus.control.paused).toBeNull()
  })

  it("are asked about once, however many sweeps find them before they are told", async () => {
    const { pair, sweep } = await shop(60)
    bySql(pair, 51)
    for (let i = 0; i < 2; i++) await sweep()
    await resumeByPerson(pair.directus.ports)
    await sweep()
    expect(pair.directus.control.paused).toMatchObject({ code: "mass_change", accepted: true })
    await pair.settle()
    expect(pair.directus.control.paused).toBeNull()
  })

  it("let no mass of deletes through with them", async () => {
    const { pair, sweep } = await shop(60)
    bySql(pair, 51)
    await sweep()
    await resumeByPerson(pair.directus.ports)
    for (const id of [...pair.directus.table("product").rows.keys()].slice(0, 40)) pair.directus.remove("product", id)
    await pair.settle().catch(() => undefined)
    expect(pair.directus.control.paused).toMatchObject({ code: "mass_delete" })
    expect(pair.medusa.table("product").rows.size).toBe(60)
  })

  it("leave another pause as it is", async () => {
    const { pair, sweep } = await shop(60)
    const paused = { code: "by_person", message: "m", since: "2026-01-01T00:00:00.000Z" } as const
    pair.directus.control = { ...pair.directus.control, paused }
    bySql(pair, 51)
    await sweep()
    expect(pair.directus.control.paused).toEqual(paused)
  })
})

it.each([
  ["fifty of sixty", 60, 50],
  ["5 % of a large catalogue", 1_200, 60],
])("%s go by themselves", async (_, products, changed) => {
  const { pair, sweep, titles } = await shop(products)
  bySql(pair, changed)
  await sweep()
  expect(pair.directus.control.paused).toBeNull()
  await pair.settle()
  expect(titles().filter((title) => title === "by SQL")).toHaveLength(changed)
})
