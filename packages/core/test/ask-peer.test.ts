import { describe, expect, it } from "vitest"
import { answerAsk } from "../src/run/answer-ask.ts"
import { ask, greet, sayHello } from "../src/send/ask-peer.ts"
import { envelope } from "../src/send/envelope.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import { Pair } from "./pair.ts"

function mute(): Pair {
  const pair = new Pair(resolveConfig())
  pair.network = () => {
    throw new Error("nobody there")
  }
  return pair
}

describe("a greeting", () => {
  it("says whether it was answered", async () => {
    expect(await sayHello(new Pair(resolveConfig()).medusa.ports)).toBe(true)
    expect(await sayHello(mute().medusa.ports)).toBe(false)
  })

  it("that is not answered opens no breaker: nothing waits for it", async () => {
    const { ports } = mute().medusa
    for (let n = 0; n < 9; n++) expect(await greet(ports)).toMatchObject({ kind: "unreachable" })
    expect((await ports.readControl()).breaker).toEqual({ failures: 0, openUntil: null })
  })

  it("raises the beat only when the peer has taken it", async () => {
    const pair = new Pair(resolveConfig())
    const { ports } = pair.medusa
    const { beat } = await ports.readControl()
    const { transport } = ports
    Object.assign(ports, {
      transport: { send: () => Promise.resolve({ kind: "refused", code: "unauthorized", message: "no" }) },
    })
    expect(await greet(ports)).toMatchObject({ kind: "refused" })
    expect((await ports.readControl()).beat).toBe(beat)
    Object.assign(ports, { transport })
    await greet(ports)
    expect((await ports.readControl()).beat).toBe(beat + 1)
  })
})

describe("what a message says of its sender", () => {
  it("names earlier databases of it, where there are any, while it holds no record", async () => {
    const { ports } = new Pair(resolveConfig()).medusa
    const control = await ports.readControl()
    expect(envelope(ports, control, [])).not.toHaveProperty("past")
    const restored = { ...control, past: ["00000000-0000-4000-8000-000000000009"] }
    expect(envelope(ports, restored, []).past).toEqual(restored.past)
    const record = { entity: "product", id: "m1" } as never
    expect(envelope(ports, restored, [record])).not.toHaveProperty("past")
  })
})

describe("a question", () => {
  it("is answered in kind", async () => {
    const { ports } = new Pair(resolveConfig()).directus
    expect(await answerAsk(ports, { kind: "resolved", ids: [] }, [])).toEqual({ kind: "resolved" })
    expect(await answerAsk(ports, { kind: "missing", records: [] }, [])).toMatchObject({ kind: "missing" })
    expect(await answerAsk(ports, { kind: "preview", records: [], pairs: [] }, [])).toEqual({
      kind: "preview",
      outcomes: [],
      sample: [],
      channels: [],
    })
  })

  it("is not asked of a peer that rests", async () => {
    const pair = mute()
    const { ports } = pair.medusa
    for (let n = 0; n < 9; n++) await ask(ports, { kind: "resolved", ids: [] })
    const sent = pair.messages.length
    expect(sent).toBeLessThan(9)
    expect(await ask(ports, { kind: "resolved", ids: [] })).toBeNull()
    expect(pair.messages).toHaveLength(sent)
  })
})
