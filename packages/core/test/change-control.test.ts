import { describe, expect, it } from "vitest"
import { startBackfill, steerBackfill, stepBackfill } from "../src/backfill/backfill.ts"
import { changeControl } from "../src/change-control.ts"
import { sayHello } from "../src/send/ask-peer.ts"
import { pushOnce } from "../src/run/run-push.ts"
import { checkHome } from "../src/guard/home.ts"
import { pauseByPerson, resumeByPerson } from "../src/guard/pause.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import type { ControlChange, Pause } from "../src/control.ts"
import type { HostPorts } from "../src/ports.ts"
import { Pair } from "./pair.ts"

/** Lets `other` happen once, when `ports` has read the control row and is about to write what follows from it. */
function inBetween(ports: HostPorts, other: () => Promise<unknown>, isMeant = (_change: ControlChange) => true): void {
  const { updateControl } = ports
  const interrupted = async (change: ControlChange, from?: ControlChange) => {
    if (isMeant(change)) {
      Object.assign(ports, { updateControl })
      await other()
    }
    return updateControl(change, from)
  }
  Object.assign(ports, { updateControl: interrupted })
}

function shop(products = 3): Pair {
  const pair = new Pair(resolveConfig())
  for (let n = 0; n < products; n++)
    pair.medusa.create("product", { title: `Shirt ${String(n)}`, handle: `shirt-${String(n)}` }, false)
  return pair
}

const MOVED: Pause = { code: "database_moved", message: "Is it a copy?", since: "2026-01-01T00:00:00.000Z" }

describe("what a person says while a round of the sender writes down where it is", () => {
  it.each([
    ["cancel", "cancelled"],
    ["pause", "paused"],
  ] as const)("%s of a backfill is kept, and so is what the round has taken", async (action, state) => {
    const { ports } = shop().medusa
    await startBackfill(ports, { kinds: ["product"] })
    inBetween(ports, () => steerBackfill(ports, action))
    expect(await stepBackfill(ports, await ports.readControl())).toBe(true)
    expect((await ports.readControl()).backfill).toMatchObject({ state, taken: 3, cursor: null })
  })

  it("a backfill is not done that a person cancels at its end", async () => {
    const pair = shop()
    const { ports } = pair.medusa
    await startBackfill(ports, { kinds: ["product"] })
    inBetween(
      ports,
      () => steerBackfill(ports, "cancel"),
      ({ backfill }) => backfill?.state === "done",
    )
    await stepBackfill(ports, await ports.readControl())
    while ((await pushOnce(ports)).kind === "sent");
    await stepBackfill(ports, await ports.readControl())
    expect((await ports.readControl()).backfill).toMatchObject({ state: "cancelled" })
  })

  it("a page that another process takes at the same time counts once", async () => {
    const { ports } = shop(1500).medusa
    await startBackfill(ports, { kinds: ["product"] })
    const read = await ports.readControl()
    inBetween(ports, () => stepBackfill(ports, read))
    expect(await stepBackfill(ports, read)).toBe(false)
    expect((await ports.readControl()).backfill).toMatchObject({ taken: 1000 })
  })

  it("of two people who start a backfill one is refused", async () => {
    const { ports } = shop().medusa
    inBetween(ports, () => startBackfill(ports, { kinds: ["product"] }))
    await expect(startBackfill(ports)).rejects.toThrow(/running since/)
    expect((await ports.readControl()).backfill).toMatchObject({ kinds: ["product"] })
  })

  it("a pause outlives the answer that ends another pause", async () => {
    const pair = shop(0)
    const { ports } = pair.medusa
    await ports.updateControl({ paused: { code: "unauthorized", message: "The secret differs.", since: MOVED.since } })
    inBetween(ports, () => pauseByPerson(ports))
    await sayHello(ports)
    expect((await ports.readControl()).paused).toMatchObject({ code: "by_person" })
  })

  it("a pause outlives the refusal that begins another pause", async () => {
    const pair = shop(0)
    const { ports } = pair.medusa
    await sayHello(ports)
    pair.directus.control = { ...pair.directus.control, epoch: "of another database" }
    inBetween(ports, () => pauseByPerson(ports))
    await sayHello(ports)
    expect((await ports.readControl()).paused).toMatchObject({ code: "by_person" })
  })

  it("nobody pauses or resumes a database that was found elsewhere meanwhile", async () => {
    for (const act of [pauseByPerson, resumeByPerson]) {
      const { ports } = shop(0).medusa
      await pauseByPerson(ports, { both: true })
      inBetween(ports, () => ports.updateControl({ paused: MOVED }))
      await expect(act(ports)).rejects.toThrow("Is it a copy?")
      expect((await ports.readControl()).paused).toEqual(MOVED)
    }
  })

  it("a person's pause waits behind that of a database that is found elsewhere at the same time", async () => {
    const { ports } = shop().medusa
    await checkHome(ports, "here")
    inBetween(ports, () => pauseByPerson(ports))
    await checkHome(ports, "elsewhere")
    expect((await ports.readControl()).paused).toMatchObject({ code: "database_moved", before: { code: "by_person" } })
  })

  it("a database that is set back while its links are compared has them compared again", async () => {
    const { ports } = shop(0).medusa
    await sayHello(ports)
    await ports.updateControl({ repair: "restored" })
    inBetween(ports, () => ports.updateControl({ repair: "restored", epoch: "anew" }))
    await pushOnce(ports)
    expect(await ports.readControl()).toMatchObject({ epoch: "anew", repair: "restored" })
  })
})

describe("a resume", () => {
  it("tells what was before, so that it can be undone", async () => {
    const { ports } = shop(0).medusa
    await sayHello(ports)
    await ports.updateControl({ home: "a", paused: MOVED, breaker: { failures: 3, openUntil: MOVED.since } })
    const { peerEpoch, paused, breaker, repair, home } = await ports.readControl()
    const before = await resumeByPerson(ports, { home: "b", acceptPeerEpoch: true })
    expect(before).toEqual({ peerEpoch, paused, breaker, repair, home })
    expect(await ports.readControl()).toMatchObject({
      home: "b",
      paused: null,
      peerEpoch: null,
      repair: "peer_restored",
      breaker: { failures: 0, openUntil: null },
    })
    await ports.updateControl(before)
    expect(await ports.readControl()).toMatchObject(before)
  })

  it("accepts deletes once, and no other pause", async () => {
    const { ports } = shop(0).medusa
    const stopped: Pause = { ...MOVED, code: "mass_delete" }
    await ports.updateControl({ paused: stopped })
    await resumeByPerson(ports, { acceptDeletes: true })
    expect((await ports.readControl()).paused).toEqual({ ...stopped, accepted: true })
    await ports.updateControl({ paused: { ...MOVED, code: "by_person" } })
    await resumeByPerson(ports, { acceptDeletes: true })
    expect((await ports.readControl()).paused).toBeNull()
  })
})

describe("a host that does not find again what it wrote", () => {
  it("is an error, and no endless loop", async () => {
    const { ports } = shop(0).medusa
    let reads = 0
    const broken = {
      readControl: () => {
        reads++
        return ports.readControl()
      },
      updateControl: () => Promise.resolve(false),
    }
    await expect(changeControl(broken, () => ({ repair: null }))).rejects.toThrow(/changes faster/)
    expect(reads).toBe(51)
  })

  it("writes nothing for a plan that changes nothing", async () => {
    const { ports } = shop(0).medusa
    Object.assign(ports, { updateControl: () => Promise.reject(new Error("written")) })
    expect(await changeControl(ports, () => ({}))).toBeNull()
    expect(await changeControl(ports, () => null)).toBeNull()
  })
})
