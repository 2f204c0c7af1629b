import { describe, expect, it } from "vitest"
import { pushOnce } from "../src/flow/run-push.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { Pair } from "./pair.ts"

interface Automations {
  /** What each host's automation makes of a title that has just arrived; `null` = it leaves it. */
  medusa: (title: string) => string | null
  directus: (title: string) => string | null
}

interface Shop {
  pair: Pair
  medusaId: string
  directusId: string
  pushesOf: (field: string) => number
  /** Both senders run; after each message the automations look at what arrived. */
  run: (rounds?: number) => Promise<void>
}

async function shop({ medusa, directus }: Automations): Promise<Shop> {
  const pair = new Pair(resolveConfig())
  const medusaId = pair.medusa.create("product", { title: "Shirt", handle: "shirt" })
  await pair.settle()
  const directusId = pair.peer("medusa", medusaId)
  const before = pair.messages.length
  const titleOf = (side: "medusa" | "directus") =>
    String(pair.row(side, side === "medusa" ? medusaId : directusId)?.["title"])
  const run = async (rounds = 12): Promise<void> => {
    for (let round = 0; round < rounds; round++) {
      const [was, is] = [titleOf("directus"), (await pushOnce(pair.medusa.ports), titleOf("directus"))]
      const answer = was === is ? null : directus(is)
      if (answer !== null && answer !== is) pair.directus.automate("product", directusId, { title: answer })
      const [old, now] = [titleOf("medusa"), (await pushOnce(pair.directus.ports), titleOf("medusa"))]
      const reply = old === now ? null : medusa(now)
      if (reply !== null && reply !== now) pair.medusa.automate("product", medusaId, { title: reply })
      pair.now += 500
    }
  }
  return {
    pair,
    medusaId,
    directusId,
    run,
    pushesOf: (field) =>
      pair.messages.slice(before).filter(({ records }) => records.some(({ fields }) => field in fields)).length,
  }
}

const upper = (title: string) => title.toUpperCase()
const lower = (title: string) => title.toLowerCase()

describe("automations of both hosts that rewrite one field", () => {
  it.each(["medusa", "directus"] as const)(
    "an edit in %s causes at most 4 pushes, and the inbox tells why",
    async (side) => {
      const { pair, medusaId, directusId, run, pushesOf } = await shop({ medusa: lower, directus: upper })
      pair.host(side).edit("product", side === "medusa" ? medusaId : directusId, { title: "New Title" })
      await run()
      expect(pushesOf("title")).toBeLessThanOrEqual(4)
      const loops = [...pair.medusa.conflicts.values(), ...pair.directus.conflicts.values()]
      expect(loops).toMatchObject([{ kind: "loop", field: "title" }])
      const told = [...pair.medusa.journal, ...pair.directus.journal]
      expect(loops.length + told.length).toBeGreaterThan(0)
    },
  )

  it("other fields of the record flow on", async () => {
    const { pair, medusaId, directusId, run } = await shop({ medusa: lower, directus: upper })
    pair.medusa.edit("product", medusaId, { title: "New Title" })
    await run()
    pair.medusa.edit("product", medusaId, { subtitle: "from Medusa" })
    pair.directus.edit("product", directusId, { material: "wool" })
    await run()
    expect(pair.row("directus", directusId)).toMatchObject({ subtitle: "from Medusa", material: "wool" })
    expect(pair.row("medusa", medusaId)).toMatchObject({ subtitle: "from Medusa", material: "wool" })
  })

  it("a person's next edit is told again, once one of the two was stopped", async () => {
    const automations = { medusa: lower as Automations["medusa"], directus: upper as Automations["directus"] }
    const { pair, medusaId, directusId, run } = await shop({
      medusa: (title) => automations.medusa(title),
      directus: (title) => automations.directus(title),
    })
    pair.medusa.edit("product", medusaId, { title: "New Title" })
    await run()
    automations.directus = () => null
    pair.now += 60_000
    pair.directus.edit("product", directusId, { title: "settled" })
    await run()
    expect(pair.row("medusa", medusaId)?.["title"]).toBe("settled")
  })

  it("one automation alone is no loop, however often people edit", async () => {
    const { pair, medusaId, directusId, run } = await shop({ medusa: () => null, directus: upper })
    for (let n = 0; n < 10; n++) {
      pair.medusa.edit("product", medusaId, { title: `Title ${String(n)}` })
      await run(2)
      pair.now += 10_000
    }
    await run()
    expect(pair.row("medusa", medusaId)?.["title"]).toBe("TITLE 9")
    expect(pair.row("directus", directusId)?.["title"]).toBe("TITLE 9")
    expect(pair.medusa.conflicts.size + pair.directus.conflicts.size).toBe(0)
  })

  it("people who edit one field in turn, as fast as they can, are no loop", async () => {
    const { pair, medusaId, directusId, run } = await shop({ medusa: () => null, directus: () => null })
    for (let n = 0; n < 20; n++) {
      pair.medusa.edit("product", medusaId, { title: `M${String(n)}` })
      await run(1)
      pair.directus.edit("product", directusId, { title: `D${String(n)}` })
      await run(1)
    }
    await run()
    expect(pair.row("medusa", medusaId)?.["title"]).toBe("D19")
    expect(pair.medusa.conflicts.size + pair.directus.conflicts.size).toBe(0)
  })
})
