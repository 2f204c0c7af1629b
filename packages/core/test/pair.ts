import { randomUUID } from "node:crypto"
import { otherSide, type Document, type Side } from "../src/document/value.ts"
import { pushOnce } from "../src/run/run-push.ts"
import type { SyncConfig } from "../src/mapping/config.ts"
import type { Reply, Transport } from "../src/ports.ts"
import { MemoryHost } from "../src/testing/memory-host.ts"
import type { MemoryHostOptions } from "../src/testing/memory-table.ts"
import { makeTransport } from "../src/run/client.ts"
import { makeEndpoint } from "../src/run/endpoint.ts"
import type { EndpointAnswer, EndpointRequest } from "../src/wire/signed-answer.ts"
import { readHeaders } from "../src/wire/sign.ts"
import type { Message } from "../src/wire/messages.ts"

export const SECRET = "a-shared-secret-of-some-length"

type Handler = (request: EndpointRequest) => Promise<EndpointAnswer>

/** Two hosts in memory that talk through real signatures and real JSON. */
export class Pair {
  readonly medusa: MemoryHost
  readonly directus: MemoryHost
  readonly requests: { from: Side; body: string; headers: Record<string, string>; status: number }[] = []
  readonly endpoints: Record<Side, Handler>
  readonly messages: Message[] = []
  now = Date.UTC(2026, 0, 1)
  /** Added to each host's clock, in milliseconds. */
  readonly skew: Record<Side, number> = { medusa: 0, directus: 0 }
  /** What the network does to a request before it arrives: throw to lose it. */
  network: (from: Side) => void = () => undefined

  constructor(
    config: SyncConfig,
    secrets: Record<Side, string[]> = { medusa: [SECRET], directus: [SECRET] },
    options: Partial<Record<Side, Partial<MemoryHostOptions>>> = {},
  ) {
    const host = (side: Side): MemoryHost =>
      new MemoryHost({
        side,
        config,
        epoch: randomUUID(),
        clock: () => this.now + this.skew[side],
        newId: randomUUID,
        transport: this.#transport(side, secrets[side]),
        ...options[side],
      })
    this.medusa = host("medusa")
    this.directus = host("directus")
    this.endpoints = {
      medusa: makeEndpoint(this.medusa.ports, secrets.medusa, () => undefined),
      directus: makeEndpoint(this.directus.ports, secrets.directus, () => undefined),
    }
  }

  host(side: Side): MemoryHost {
    return this[side]
  }

  #transport(side: Side, secrets: string[]): Transport {
    const ports = { side, now: () => new Date(this.now + this.skew[side]), newId: () => randomUUID() as string }
    const transport = makeTransport(ports, secrets, async (body, headers) => {
      this.network(side)
      const answer = await this.endpoints[otherSide(side)]({
        headers: readHeaders((name) => headers[name]),
        rawBody: body,
        trusted: false,
      })
      this.requests.push({ from: side, body, headers, status: answer.status })
      return { status: answer.status, body: answer.body, header: (name) => answer.headers[name] ?? null }
    })
    return {
      send: (message): Promise<Reply> => {
        this.messages.push(message)
        return transport.send(message)
      },
    }
  }

  /** Both senders run until nothing is due. */
  async settle(rounds = 40): Promise<void> {
    for (let i = 0; i < rounds; i++) {
      const outcomes = [await pushOnce(this.medusa.ports), await pushOnce(this.directus.ports)]
      if (
        outcomes.every((outcome) => outcome.kind === "idle") &&
        !this.medusa.hasDueMarks() &&
        !this.directus.hasDueMarks()
      )
        return
      this.now += 120_000
    }
    throw new Error("The pair does not come to rest.")
  }

  row(side: Side, id: string): Document | undefined {
    return this.host(side).table("product").rows.get(id)
  }

  /** The other side's id of a record. */
  peer(side: Side, id: string): string {
    const peer = this.host(side).table("product").links.get(id)?.peerId
    if (!peer) throw new Error(`${side} ${id} has no peer`)
    return peer
  }
}
