import { otherSide, type Side } from "../../src/document/value.ts"
import { watched } from "../../src/guard/silence.ts"
import { SIZES } from "../../src/sizes.ts"
import type { MemoryHost } from "../../src/testing/memory-host.ts"
import { makeTransport } from "../../src/wire/client.ts"
import { makeEndpoint, type EndpointAnswer, type EndpointRequest } from "../../src/wire/endpoint.ts"
import type { HttpResponse } from "../../src/wire/exchange.ts"
import type { Message, WireRecord } from "../../src/wire/messages.ts"
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
  /** Does a message that was made ready leave at once, so that what is due by then could have been in it? */
  isPrompt: boolean
}

/** Requests and answers between two hosts, with the signatures, parsers and limits that ship. */
export class Wire {
  readonly #time: SimulatedTime
  readonly #weather: Weather
  readonly #endpoints = new Map<Side, (request: EndpointRequest) => Promise<EndpointAnswer>>()
  readonly #hosts = new Map<Side, MemoryHost>()
  readonly #wanted = new Map<Side, number>()
  /** Whose last request was answered in time. */
  readonly #isAnswered = new Set<Side>()
  readonly #given = new Map<string, string>()
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

  connect(side: Side, host: MemoryHost, heard: () => void): void {
    const { ports } = host
    const { lease } = ports
    // A message of one record is a probe when no more was asked for last.
    ports.lease = (limit, woken) => {
      this.#wanted.set(side, limit)
      return lease(limit, woken)
    }
    this.#hosts.set(side, host)
    this.#endpoints.set(side, makeEndpoint(ports, SECRETS, heard))
    const transport = makeTransport(ports, SECRETS, (body, headers) => this.#post(side, body, headers))
    Object.assign(ports, { transport: watched(transport, ports) })
  }

  /** Rejects when there is no answer in time; the receiver may be at work all the same. */
  #post(from: Side, body: string, headers: Record<string, string>): Promise<HttpResponse> {
    const message = JSON.parse(body) as Message
    this.#check(from, message)
    return new Promise((resolve, reject) => {
      const giveUp = this.#time.after(DEADLINE, () => {
        this.#isAnswered.delete(from)
        reject(new DOMException("late", "TimeoutError"))
      })
      this.open++
      void this.#deliver(from, message, body, headers).then((answer) => {
        this.open--
        if (answer === null) return
        giveUp()
        if (answer.status === 200) this.#isAnswered.add(from)
        else this.#isAnswered.delete(from)
        resolve({ status: answer.status, body: answer.body, header: (name) => answer.headers[name] ?? null })
      }, reject)
    })
  }

  /** `null`: nothing comes back. */
  async #deliver(
    from: Side,
    message: Message,
    rawBody: string,
    headers: Record<string, string>,
  ): Promise<EndpointAnswer | null> {
    const to = otherSide(from)
    await this.#time.wait(this.#weather.latency(from))
    if (this.#weather.isLost()) return null
    if (message.records.length > 0) await this.#time.wait(this.#weather.work(to))
    const began = this.#time.now
    const answer = await this.#endpoints.get(to)?.({
      headers: readHeaders((name) => headers[name]),
      rawBody,
      trusted: false,
    })
    if (this.#time.now - began > DEADLINE)
      this.failure ??= `I11 ${to} held a message for ${String((this.#time.now - began) / 1_000)} s`
    if (answer) this.onMessage(from, message, answer)
    // What a peer refuses as a whole, such as the first words of a database that was set back, gives out nothing.
    if (answer?.status === 200) for (const record of message.records) this.#checkRevs(from, record)
    await this.#time.wait(this.#weather.latency(from))
    return answer === undefined || this.#weather.isLost() ? null : answer
  }

  /** A rev stands for one edit of a field, also after its database was set back. */
  #checkRevs(from: Side, { entity, id, fields }: WireRecord): void {
    for (const [name, [value, rev]] of Object.entries(fields)) {
      const key = `${from} ${entity} ${id}.${name} ${String(rev)}`
      const known = this.#given.get(key)
      if (known === undefined) this.#given.set(key, JSON.stringify(value))
      else if (known !== JSON.stringify(value))
        this.failure ??= `I5 ${key} was given out twice: ${known}, ${JSON.stringify(value)}`
    }
  }

  #check(from: Side, { records, ask, past = [] }: Message): void {
    const isProbe = records.length === 1 && this.#wanted.get(from) === 1
    if (this.#weather.isPrompt && isProbe && this.#isAnswered.has(from) && this.#hosts.get(from)?.hasWork())
      this.failure ??= `I11 ${from} probes a peer that has answered`
    const asked = ask && "records" in ask ? ask.records.length : 0
    const most = ask?.kind === "preview" ? SIZES.message : SIZES.question
    if (records.length > SIZES.message) this.failure ??= `I11 a message of ${String(records.length)} records`
    if (asked > most) this.failure ??= `I11 a question about ${String(asked)} records`
    if (past.length > SIZES.epochs) this.failure ??= `I11 a past of ${String(past.length)} epochs`
  }
}
