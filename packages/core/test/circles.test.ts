import { afterEach, describe, expect, it } from "vitest"
import { preparePush, type Outgoing } from "../src/send/prepare-push.ts"
import { recordReply } from "../src/send/record-reply.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { pushOnce } from "../src/run/run-push.ts"
import { withSizes } from "../src/sizes.ts"
import { Pair } from "./pair.ts"

let setBack = (): void => undefined
afterEach(() => setBack())

/** Products of both sides, each called like its number. */
async function shopOf(count: number) {
  const pair = new Pair(resolveConfig(), undefined, { medusa: { unique: "handle" } })
  const ids = Array.from({ length: count }, (_, n) =>
    pair.directus.create("product", { title: `t${String(n)}`, handle: `h-${String(n)}` }),
  )
  await pair.settle()
  const call = (n: number, as: number): void =>
    pair.directus.edit("product", ids[n] ?? "", { handle: `h-${String(as)}` })
  const handles = () => ids.map((id) => pair.row("medusa", pair.peer("directus", id))?.["handle"])
  const states = () => ids.map((id) => pair.directus.table("product").links.get(id)?.state)
  return { pair, call, handles, states }
}

/** Two processes of a host take one record each, then both send, then both write their answers down. */
async function inTwoProcesses({ directus: { ports } }: Pair): Promise<void> {
  const taken: Outgoing[] = []
  for (let n = 0; n < 2; n++) taken.push(...(await preparePush(ports, await ports.lease(1), await ports.readControl())))
  const answered = []
  for (const outgoing of taken) answered.push({ outgoing, reply: await ports.transport.send(outgoing.message) })
  for (const { outgoing, reply } of answered) await recordReply(ports, outgoing, reply)
}

describe("who wants a value is told together with all that go round with it", () => {
  it("when two processes have taken one of two that swap each", async () => {
    const { pair, call, handles, states } = await shopOf(2)
    call(0, 1)
    call(1, 0)
    for (let n = 0; n < 3; n++) {
      await inTwoProcesses(pair)
      pair.now += 150_000
    }
    expect(handles()).toEqual(["h-1", "h-0"])
    await pair.settle()
    expect(states()).toEqual(["active", "active"])
  })

  it("when more wait than one message holds", async () => {
    const { pair, call, handles } = await shopOf(6)
    setBack = withSizes({ message: 3 })
    // Three that wait for a value that stays, between two that swap.
    call(0, 4)
    for (const n of [1, 2, 3]) call(n, 5)
    await pushOnce(pair.directus.ports)
    call(4, 0)
    await pair.settle()
    expect(handles()).toEqual(["h-4", "h-1", "h-2", "h-3", "h-0", "h-5"])
  })

  it("and nobody goes along with one that waits for a value which stays", async () => {
    const { pair, call, handles } = await shopOf(3)
    call(0, 1)
    call(1, 2)
    const before = pair.messages.length
    for (let n = 0; n < 3; n++) {
      await inTwoProcesses(pair)
      pair.now += 150_000
    }
    expect(handles()).toEqual(["h-0", "h-1", "h-2"])
    expect(pair.messages.slice(before).map(({ records }) => records.length)).toEqual([1, 1, 1, 1, 1, 1])
  })
})
