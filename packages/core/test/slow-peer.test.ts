import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { watched } from "../src/guard/silence.ts"
import type { Message } from "../src/wire/messages.ts"
import { EPOCH, running } from "./running-sender.ts"

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A sender with so many records to tell a peer that takes so many milliseconds for a message. */
function telling(size: number, takes: number) {
  const made = running({}, async ({ records }: Message) => {
    if (records.length > 0) await new Promise((resolve) => setTimeout(resolve, takes))
    return {
      kind: "results",
      epoch: EPOCH,
      results: records.map(({ id, rev }) => ({ st: "created", ack: rev, peer: `d-${id}`, rev: 1 })),
    }
  })
  const { ports } = made.medusa
  Object.assign(ports, { transport: watched(ports.transport, ports) })
  for (let n = 0; n < size; n++) made.medusa.create("product", { title: "T", handle: `t-${String(n)}` })
  const sizes = () => made.sent.flatMap(({ what }) => (/^\d+$/.test(what) ? [Number(what)] : []))
  return { ...made, sizes }
}

describe("32: a peer that takes long for a message", () => {
  it.each([1_000, 7_000, 8_000, 8_001, 9_500, 11_000, 15_000, 29_000])("%i ms, is sent full ones", async (takes) => {
    const { sender, pass, sizes, medusa } = telling(450, takes)
    await pass(5 * takes + 1_000)
    expect(sizes()).toEqual([100, 100, 100, 100, 50])
    expect(medusa.table("product").marks.size).toBe(0)
    await sender.stop()
  })
})
