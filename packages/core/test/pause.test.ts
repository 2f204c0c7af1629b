import { describe, expect, it } from "vitest"
import { sayHello } from "../src/send/ask-peer.ts"
import { pushOnce } from "../src/run/run-push.ts"
import { CLOSED } from "../src/guard/breaker.ts"
import { pauseByPerson } from "../src/guard/pause.ts"
import { readHealth } from "../src/health/health.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { compareLinks } from "../src/repair/repair-records.ts"
import type { MemoryHost } from "../src/testing/memory-host.ts"
import { Pair } from "./pair.ts"

const SHIRT = { title: "T-Shirt", handle: "t-shirt" }

/** What `resume` of both hosts does. */
const resume = (host: MemoryHost) => host.ports.updateControl({ paused: null, breaker: CLOSED })

async function shirts() {
  const pair = new Pair(resolveConfig())
  const id = pair.medusa.create("product", SHIRT)
  await pair.settle()
  return { pair, id, twin: pair.peer("medusa", id) }
}

const codeOf = async (host: MemoryHost) => (await host.ports.readControl()).paused?.code

describe("a pause by a person", () => {
  it("keeps what changes here, and lets the other direction go on", async () => {
    const { pair, id, twin } = await shirts()
    await pauseByPerson(pair.medusa.ports)
    pair.medusa.edit("product", id, { title: "Hemd" })
    pair.directus.edit("product", twin, { subtitle: "of cotton" })
    expect(await pushOnce(pair.medusa.ports)).toMatchObject({ kind: "resting" })
    await pushOnce(pair.directus.ports)
    expect(pair.row("directus", twin)?.["title"]).toBe("T-Shirt")
    expect(pair.row("medusa", id)?.["subtitle"]).toBe("of cotton")
    expect(await readHealth(pair.medusa.ports, null)).toMatchObject({
      state: "stopped",
      problems: [{ code: "by_person" }],
    })
    await resume(pair.medusa)
    await pair.settle()
    expect(pair.row("directus", twin)?.["title"]).toBe("Hemd")
  })

  it("is ended neither by the peer's messages, nor by its answers, nor by another pause that comes and goes", async () => {
    const { pair } = await shirts()
    await pauseByPerson(pair.medusa.ports)
    const since = pair.medusa.control.paused?.since
    await sayHello(pair.directus.ports)
    await sayHello(pair.medusa.ports)
    const epoch = pair.directus.control.epoch
    pair.directus.control = { ...pair.directus.control, epoch: "of another database" }
    await sayHello(pair.medusa.ports)
    pair.directus.control = { ...pair.directus.control, epoch }
    pair.now += 120_000
    await sayHello(pair.medusa.ports)
    expect(pair.medusa.control.paused).toMatchObject({ code: "by_person", since })
    expect(pair.medusa.control.breaker).toEqual(CLOSED)
  })

  it("of both ways takes nothing either, and the other side knows why until it is resumed here", async () => {
    const { pair, id, twin } = await shirts()
    await pauseByPerson(pair.medusa.ports, { both: true })
    pair.medusa.edit("product", id, { title: "Hemd" })
    pair.directus.edit("product", twin, { subtitle: "of cotton" })
    for (let i = 0; i < 3; i++) {
      await sayHello(pair.medusa.ports)
      await sayHello(pair.directus.ports)
      await pushOnce(pair.directus.ports)
      expect(await codeOf(pair.directus)).toBe("peer_paused")
      pair.now += 120_000
    }
    expect(pair.row("medusa", id)?.["subtitle"]).toBeUndefined()
    await expect(compareLinks(pair.medusa.ports)).rejects.toMatchObject({ code: "by_person" })
    await resume(pair.medusa)
    await sayHello(pair.medusa.ports)
    expect(await codeOf(pair.directus)).toBeUndefined()
    await pair.settle()
    expect(pair.row("medusa", id)).toMatchObject({ title: "Hemd", subtitle: "of cotton" })
    expect(pair.row("directus", twin)).toMatchObject({ title: "Hemd", subtitle: "of cotton" })
  })

  it("does not take the place of the question whether a database is a copy", async () => {
    const { pair } = await shirts()
    const paused = {
      code: "database_moved",
      message: "It was elsewhere.",
      since: new Date(pair.now).toISOString(),
    } as const
    pair.medusa.control = { ...pair.medusa.control, paused }
    await expect(pauseByPerson(pair.medusa.ports, { both: true })).rejects.toMatchObject({ code: "database_moved" })
    expect(pair.medusa.control.paused).toEqual(paused)
  })
})
