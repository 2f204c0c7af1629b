import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { envelope } from "../src/send/envelope.ts"
import { watched } from "../src/guard/silence.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import type { Reply } from "../src/ports.ts"
import type { Ask, Message } from "../src/wire/messages.ts"
import { Pair } from "./pair.ts"

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const ANSWER: Reply = { kind: "unreachable", message: "late", retryAfter: null }

/** A request that is answered after so many milliseconds. */
function asked(after: number, database: "well" | "busy" = "well") {
  const { ports } = new Pair(resolveConfig()).medusa
  if (database === "busy") Object.assign(ports, { updateControl: () => Promise.reject(new Error("busy")) })
  const slow = { send: () => new Promise<Reply>((resolve) => setTimeout(() => resolve(ANSWER), after)) }
  return { ports, reply: watched(slow, ports).send({} as Message) }
}

it("a request that hangs opens the breaker before it is given up, and its answer still counts", async () => {
  const { ports, reply } = asked(20_000)
  await vi.advanceTimersByTimeAsync(7_999)
  expect((await ports.readControl()).breaker.openUntil).toBeNull()
  await vi.advanceTimersByTimeAsync(1)
  expect((await ports.readControl()).breaker.openUntil).not.toBeNull()
  await vi.advanceTimersByTimeAsync(12_000)
  expect(await reply).toBe(ANSWER)
})

it("a question of somebody who looks at a page opens nothing, however long it hangs", async () => {
  const { ports, control } = new Pair(resolveConfig()).medusa
  const slow = { send: () => new Promise<Reply>((resolve) => setTimeout(() => resolve(ANSWER), 30_000)) }
  const looks: Ask[] = [
    { kind: "states", records: [] },
    { kind: "inbox", limit: 1 },
  ]
  const replies = looks.map((ask) => watched(slow, ports).send({ ...envelope(ports, control, []), ask }))
  await vi.advanceTimersByTimeAsync(30_000)
  expect(await Promise.all(replies)).toEqual([ANSWER, ANSWER])
  expect((await ports.readControl()).breaker.openUntil).toBeNull()
})

it("one that is answered in time opens nothing, also later", async () => {
  const { ports, reply } = asked(5_000)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(await reply).toBe(ANSWER)
  expect((await ports.readControl()).breaker.openUntil).toBeNull()
})

it("a database that is busy meanwhile loses no answer", async () => {
  const { reply } = asked(20_000, "busy")
  await vi.advanceTimersByTimeAsync(20_000)
  expect(await reply).toBe(ANSWER)
})
