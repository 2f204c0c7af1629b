import { otherSide, type Side } from "../../src/document/value.ts"
import { watched } from "../../src/guard/silence.ts"
import { SIZES } from "../../src/sizes.ts"
import type { MemoryHost } from "../../src/testing/memory-host.ts"
import { makeTransport } from "../../src/wire/client.ts"
import { makeEndpoint, type EndpointAnswer, type EndpointRequest } from "../../src/wire/endpoint.ts"
import type { HttpResponse } from "../../src/wire/exchange.ts"
import type { Message } from "../../src/wire/messages.ts"
import { readHeaders } from "../../src/wire/sign.ts"
import type { SimulatedTime } from "./simulated-time.ts"

/** Milliseconds after which a request without an answer is given up, as on both hosts. */
const DEADLINE = 30_000
const SECRETS = ["a-shared-secret-of-some-length"]

/** What may happen to a request. */
export interface Weather {
  /** Milliseconds on the way. */
  latency: (from: Side) => number
  /** Milliseconds that the receiver takes for it. */
  work: (to: Side) => number
  isLost: () => boolean
}

/** Requests and answers between two hosts, with the signatures, parsers and limits that ship. */
export class Wire {
  readonly #time: SimulatedTime
  readonly #weather: Weather
  readonly #endpoints = new Map<Side, (request: EndpointRequest) => Promise<EndpointAnswer>>()
  /** Requests that are under way, or worked at. */
  open = 0
  /** What no host may send. */
  failure: string | null = null
  readonly onMessage: (from: Side, message: Message, answer: EndpointAnswer) => void

  constructor(time: SimulatedTime, weather: Weather, onMessage: Wire["onMessage"]) {
    this.#time = time
    this.#weather = weather
    this.onMessage = onMessage
  }

  connect(side: Side, { ports }: MemoryHost, heard: () => void): void {
    this.#endpoints.set(side, makeEndpoint(ports, SECRETS, heard))
    const transport = makeTransport(ports, SECRETS, (body, headers) => this.#post(side, body, headers))
    Object.assign(ports, { transport: watched(transport, ports) })
  }

  /** Rejects when there is no answer in time; the receiver may be at work all the same. */
  #post(from: Side, body: string, headers: Record<string, string>): Promise<HttpResponse> {
    return new Promise((resolve, reject) => {
      const giveUp = this.#time.after(DEADLINE, () => reject(new DOMException("late", "TimeoutError")))
      this.open++
      void this.#deliver(from, body, headers).then((answer) => {
        this.open--
        if (answer === null) return
        giveUp()
        resolve({ status: answer.status, body: answer.body, header: (name) => answer.headers[name] ?? null })
      }, reject)
    })
  }

  /** `null`: nothing comes back. */
  async #deliver(from: Side, rawBody: string, headers: Record<string, string>): Promise<EndpointAnswer | null> {
    const to = otherSide(from)
    const message = JSON.parse(rawBody) as Message
    this.#check(message)
    await this.#time.wait(this.#weather.latency(from))
    if (this.#weather.isLost()) return null
    if (message.records.length > 0) await this.#time.wait(this.#weather.work(to))
    const answer = await this.#endpoints.get(to)?.({
      headers: readHeaders((name) => headers[name]),
      rawBody,
      trusted: false,
    })
    if (answer) this.onMessage(from, message, answer)
    await this.#time.wait(this.#weather.latency(from))
    return answer === undefined || this.#weather.isLost() ? null : answer
  }

  #check({ records, ask, past = [] }: Message): void {
    const asked = ask && "records" in ask ? ask.records.length : 0
    const most = ask?.kind === "preview" ? SIZES.message : SIZES.question
    if (records.length > SIZES.message) this.failure ??= `I11 a message of ${String(records.length)} records`
    if (asked > most) this.failure ??= `I11 a question about ${String(asked)} records`
    if (past.length > SIZES.epochs) this.failure ??= `I11 a past of ${String(past.length)} epochs`
  }
}
