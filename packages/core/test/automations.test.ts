import { describe, expect, it } from "vitest"
import { otherSide, type Side } from "../src/document/value.ts"
import { receive } from "../src/run/run-apply.ts"
import { preparePush, type Outgoing } from "../src/send/prepare-push.ts"
import { recordReply } from "../src/send/record-reply.ts"
import { pushOnce } from "../src/run/run-push.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import type { Reply } from "../src/ports.ts"
import { Pair } from "./pair.ts"
import { Random } from "./simulation/random.ts"

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

  const WAYS = ["inside its writes", "after them"] as const
  it.each(WAYS.flatMap((medusa) => WAYS.map((directus) => [medusa, directus] as const)))(
    "and write another field than the one that came, in Medusa %s, in Directus %s, are stopped too",
    async (medusa, directus) => {
      const { pair, medusaId, directusId } = await shop({ medusa: () => null, directus: () => null })
      let writes = 0
      const written = { medusa: "material", directus: "title" } as const
      const ids = { medusa: medusaId, directus: directusId }
      for (const side of ["medusa", "directus"] as const) {
        if ({ medusa, directus }[side] === "after them") continue
        pair.host(side).options.at = (point) => {
          const row = pair.host(side).table("product").rows.get(ids[side])
          if (point === "written" && row) row[written[side]] = `${side} ${String(++writes)}`
        }
      }
      const push = async (from: Side) => {
        const to = otherSide(from)
        const value = () => pair.row(to, ids[to])?.[written[from]]
        const [before, after] = [value(), (await pushOnce(pair.host(from).ports), value())]
        if (before !== after && { medusa, directus }[to] === "after them")
          pair.host(to).automate("product", ids[to], { [written[to]]: `${to} ${String(++writes)}` })
        pair.now += 500
      }
      pair.directus.edit("product", directusId, { title: "New" })
      const before = pair.messages.length
      for (let round = 0; round < 30; round++) for (const side of ["directus", "medusa"] as const) await push(side)
      expect(pair.messages.length - before).toBeLessThanOrEqual(12)
      const loops = [...pair.medusa.conflicts.values(), ...pair.directus.conflicts.values()]
      expect(loops).toMatchObject([{ kind: "loop" }])
      // A person's edit begins anew.
      pair.now += 60_000
      pair.directus.edit("product", directusId, { subtitle: "typed" })
      await push("directus")
      expect(pair.row("medusa", medusaId)?.["subtitle"]).toBe("typed")
    },
  )

  it("an import that changes a record twice a second is no chain, though some of its changes are answered in another field", async () => {
    const { pair, medusaId, directusId } = await shop({ medusa: () => null, directus: () => null })
    for (let n = 0; n < 40; n++) {
      pair.directus.automate("product", directusId, { title: `Title ${String(n)}` })
      await pushOnce(pair.directus.ports)
      if (n % 8 === 0) pair.medusa.automate("product", medusaId, { material: `stamp ${String(n)}` })
      await pushOnce(pair.medusa.ports)
      pair.now += 500
    }
    expect(pair.row("medusa", medusaId)?.["title"]).toBe("Title 39")
    expect(pair.medusa.conflicts.size + pair.directus.conflicts.size).toBe(0)
  })

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

  it("an import into Directus that Medusa's automation rewrites is told every night", async () => {
    const { pair, medusaId, directusId, run } = await shop({ medusa: lower, directus: () => null })
    for (let night = 0; night < 10; night++) {
      pair.directus.automate("product", directusId, { title: `Title ${String(night)}` })
      await run(4)
      expect(pair.row("medusa", medusaId)?.["title"]).toBe(`title ${String(night)}`)
      expect(pair.row("directus", directusId)?.["title"]).toBe(`title ${String(night)}`)
      pair.now += 24 * 3_600_000
    }
    expect(pair.medusa.conflicts.size + pair.directus.conflicts.size).toBe(0)
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

  it.each<[how: string, edits: number, disturb: (pair: Pair) => Promise<unknown>]>([
    ["as fast as they can", 20, () => Promise.resolve()],
    [
      "while a process of Directus dies with each edit in its hands",
      6,
      (pair) => pair.directus.ports.lease(100, true).finally(() => (pair.now += 60_000)),
    ],
  ])("people who edit one field in turn, %s, are no loop", async (_how, edits, disturb) => {
    const { pair, medusaId, directusId, run } = await shop({ medusa: () => null, directus: () => null })
    for (let n = 0; n < edits; n++) {
      pair.medusa.edit("product", medusaId, { title: `M${String(n)}` })
      await run(1)
      pair.directus.edit("product", directusId, { title: `D${String(n)}` })
      await disturb(pair)
      await run(1)
    }
    await run()
    const last = `D${String(edits - 1)}`
    expect([pair.row("medusa", medusaId)?.["title"], pair.row("directus", directusId)?.["title"]]).toEqual([last, last])
    expect(pair.medusa.conflicts.size + pair.directus.conflicts.size).toBe(0)
  })

  it("people who edit in turn are no loop either when another message finds their edits before their own sender does", async () => {
    const { pair, medusaId, directusId, run } = await shop({ medusa: () => null, directus: () => null })
    for (let n = 0; n < 6; n++) {
      pair.medusa.edit("product", medusaId, { title: `M${String(n)}` })
      await pushOnce(pair.medusa.ports)
      pair.directus.edit("product", directusId, { title: `D${String(n)}` })
      pair.medusa.edit("product", medusaId, { material: `wool ${String(n)}` })
      await run(1)
    }
    await run()
    expect([pair.row("medusa", medusaId)?.["title"], pair.row("directus", directusId)?.["title"]]).toEqual(["D5", "D5"])
    expect(pair.medusa.conflicts.size + pair.directus.conflicts.size).toBe(0)
  })

  it.each<[found: string, mark: (pair: Pair, id: string, n: number) => Promise<unknown> | undefined]>([
    [
      "while what was told before is told again",
      async (pair, id, n) => {
        pair.directus.edit("product", id, { material: `wool ${String(n)}` })
        pair.network = () => {
          throw new Error("no answer")
        }
        await pushOnce(pair.directus.ports)
        pair.network = () => undefined
        pair.now += 2_000
      },
    ],
    [
      "while another field's automation is told",
      (pair, id, n) => void pair.directus.automate("product", id, { material: `wool ${String(n)}` }),
    ],
  ])("people who edit in turn are no loop either when their edits are found %s", async (_found, mark) => {
    const { pair, medusaId, directusId, run } = await shop({ medusa: () => null, directus: () => null })
    let justThen: (() => void) | null = null
    pair.directus.options.at = (point) => {
      const edit = point === "begin" ? justThen : null
      if (edit) justThen = null
      edit?.()
    }
    for (let n = 0; n < 6; n++) {
      pair.medusa.edit("product", medusaId, { title: `M${String(n)}` })
      await pushOnce(pair.medusa.ports)
      await mark(pair, directusId, n)
      // Its mark is leased after this, and what it holds is read now.
      justThen = () => pair.directus.edit("product", directusId, { title: `D${String(n)}` })
      await pushOnce(pair.directus.ports)
      expect(pair.row("medusa", medusaId)?.["title"]).toBe(`D${String(n)}`)
      await run(1)
    }
    expect([pair.row("medusa", medusaId)?.["title"], pair.row("directus", directusId)?.["title"]]).toEqual(["D5", "D5"])
    expect(pair.medusa.conflicts.size + pair.directus.conflicts.size).toBe(0)
  })
})

/** Both automations and both senders take their steps in any order, as they do on real servers. */
class Crossing {
  readonly #pair: Pair
  readonly #ids: Record<Side, string>
  /** Changes that the side's automation has not looked at yet. */
  readonly #unseen: Record<Side, number> = { medusa: 0, directus: 0 }
  readonly #sent: Partial<Record<Side, { outgoing: Outgoing; reply: Reply | null }>> = {}
  titles = 0

  constructor(pair: Pair, ids: Record<Side, string>) {
    this.#pair = pair
    this.#ids = ids
  }

  #title(side: Side): string {
    return String(this.#pair.row(side, this.#ids[side])?.["title"])
  }

  edit(side: Side, title: string): void {
    this.#pair.host(side).edit("product", this.#ids[side], { title })
    this.#unseen[side] += 1
  }

  #look(side: Side): void {
    this.#unseen[side] -= 1
    const title = this.#title(side)
    const answer = side === "medusa" ? lower(title) : upper(title)
    if (answer === title) return
    this.#pair.host(side).automate("product", this.#ids[side], { title: answer })
    this.#unseen[side] += 1
  }

  async #send(side: Side): Promise<void> {
    const { ports } = this.#pair.host(side)
    const [outgoing] = await preparePush(ports, await ports.lease(100), await ports.readControl())
    if (!outgoing) return
    this.#sent[side] = { outgoing, reply: null }
    if (outgoing.message.records.some(({ fields }) => "title" in fields)) this.titles += 1
  }

  async #carry(side: Side, under: { outgoing: Outgoing; reply: Reply | null }): Promise<void> {
    if (under.reply) {
      await recordReply(this.#pair.host(side).ports, under.outgoing, under.reply)
      delete this.#sent[side]
      return
    }
    const there = otherSide(side)
    const before = this.#title(there)
    const to = `${there}:`
    under.reply = await receive(this.#pair.host(there).ports, { ...under.outgoing.message, to })
    if (this.#title(there) !== before) this.#unseen[there] += 1
  }

  /** @returns whether there was anything to do. */
  async step(random: Random): Promise<boolean> {
    const steps: (() => Promise<void>)[] = []
    for (const side of ["medusa", "directus"] as const) {
      const under = this.#sent[side]
      if (this.#unseen[side] > 0) steps.push(() => Promise.resolve(this.#look(side)))
      if (under) steps.push(() => this.#carry(side, under))
      else if (this.#pair.host(side).hasDueMarks()) steps.push(() => this.#send(side))
    }
    if (steps.length === 0) return false
    await random.pick(steps)()
    this.#pair.now += 100
    return true
  }
}

it.each(["medusa", "directus"] as const)(
  "an edit in %s causes at most 4 pushes in whatever order all happens",
  async (side) => {
    for (let seed = 1; seed <= 150; seed++) {
      const { pair, medusaId, directusId } = await shop({ medusa: lower, directus: upper })
      pair.now += 60_000
      const crossing = new Crossing(pair, { medusa: medusaId, directus: directusId })
      const random = new Random(seed)
      crossing.edit(side, "New Title")
      while (await crossing.step(random)) expect(crossing.titles, `seed ${String(seed)}`).toBeLessThanOrEqual(4)
      const loops = [...pair.medusa.conflicts.values(), ...pair.directus.conflicts.values()].filter(
        ({ kind }) => kind === "loop",
      )
      expect(
        loops.map(({ field }) => field),
        `seed ${String(seed)}`,
      ).toEqual(["title"])
    }
  },
  60_000,
)
