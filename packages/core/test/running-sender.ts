import { vi } from "vitest"
import { runSender, type Sender, type SenderOptions } from "../src/run/run-sender.ts"
import { resolveConfig } from "../src/mapping/config.ts"
import type { Reply } from "../src/ports.ts"
import { packBuckets } from "../src/link/digest.ts"
import type { Message } from "../src/wire/messages.ts"
import { Pair } from "./pair.ts"

export const POLL = 10_000
export const EPOCH = "00000000-0000-4000-8000-00000000000d"
export const AWAY: Reply = { kind: "unreachable", message: "away", retryAfter: null }

/** Medusa's sender on a clock that the test moves, and a peer that answers as it is told. */
export function running(options: Partial<SenderOptions> = {}, answer?: (message: Message) => Reply | Promise<Reply>) {
  const lines: string[] = []
  const pair = new Pair(resolveConfig(), undefined, {
    medusa: { clock: () => Date.now(), log: (line) => void lines.push(line) },
  })
  const { medusa } = pair
  const sent: { at: number; what: string }[] = []
  const started = Date.now()
  const reply =
    answer ??
    (({ records, ask }): Reply => ({
      kind: "results",
      epoch: EPOCH,
      results: records.map(({ id, rev }) => ({ st: "created", ack: rev, peer: `d-${id}`, rev: 1 })),
      ...(ask?.kind === "digest" ? { answer: { kind: "digest", buckets: digest } } : {}),
    }))
  let digest = ""
  Object.assign(medusa.ports, {
    transport: {
      send: (message: Message) => {
        const what = message.ask?.kind ?? (message.records.length > 0 ? String(message.records.length) : "hello")
        sent.push({ at: Date.now() - started, what })
        return Promise.resolve(reply(message))
      },
    },
  })
  const sender: Sender = runSender(medusa.ports, { poll: POLL, ...options })
  sender.wake()
  const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds)
  const times = (what: string) => sent.filter((each) => each.what === what).map(({ at }) => Math.round(at / 1000))
  /** As a peer with the same links would answer. */
  const agree = async (): Promise<void> => {
    digest = packBuckets(await medusa.ports.transaction(({ links }) => links.digest()))
  }
  return { pair, medusa, sender, pass, sent, times, lines, agree }
}
