import { otherSide, type Side } from "../../src/document/value.ts"
import { watched } from "../../src/guard/silence.ts"
import { SIZES } from "../../src/sizes.ts"
import type { HostPorts, Transport } from "../../src/ports.ts"
import type { MemoryHost } from "../../src/testing/memory-host.ts"
import { makeTransport } from "../../src/run/client.ts"
import { makeEndpoint } from "../../src/run/endpoint.ts"
import type { EndpointAnswer, EndpointRequest } from "../../src/wire/signed-answer.ts"
import type { HttpResponse } from "../../src/wire/exchange.ts"
import type { Ask, Message, WireRecord } from "../../src/wire/messages.ts"
import { readHeaders } from "../../src/wire/sign.ts"
import type { SimulatedTime } from "./simulated-time.ts"

/** Milliseconds after which a request without an answer is given up, as on both hosts. */
const DEADLINE = 30_000
const SECRETS = ["a-shared-secret-of-some-length"]

/** Questions that came with a later version. */
const LATER: ReadonlySet<string> = new Set(["tell", "states", "inbox"])

/** As an older peer finds it: a question of a kind that it does not know. */
const forOlder = (message: Message): Message =>
  message.ask && LATER.has(message.ask.kind)
    ? { ...message, ask: { ...message.ask, kind: `later ${message.ask.kind}` } as unknown as Ask }
    : message

/** What may happen to a request. */
export interface Weather {
  /** Milliseconds on the way. */
  latency: (from: Side) => number
  /** Milliseconds that the receiver takes for it. */
  work: (to: Side) => number
  isLost: () => boolean
  /** Is the receiver of a version that knows no question of {@link LATER}? */
  isOlder: (to: Side) => boolean
  /** Does a message that was made ready leave at once, so that what is due by then could have been in it? */
  isPrompt: boolean
}

/** How one process of a host sends and is reached. */
export interface Line {
  transport: Transport
  answer: (request: EndpointRequest) => Promise<EndpointAnswer>
}

/** Who takes a request: `null` = no process of that host is up. */
export type Receiver = (request: EndpointRequest) => Promise<EndpointAnswer | null>

/** Requests and answers between two hosts, with the signatures, parsers and limits that ship. */
export class Wire {
  readonly #time: SimulatedTime
  readonly #weather: Weather
  readonly #hosts: Record<Side, MemoryHost>
  readonly #receiver: (to: Side) => Receiver | null
  readonly #wanted = new Map<Side, number>()
  /** Whose last request was answered in time. */
  readonly #isAnswered = new Set<Side>()
  readonly #given = new Map<string, string>()
  /** Requests that are under way, or worked at. */
  open = 0
  /** What no host may send. */
  failure: string | null = null
  readonly onMessage: (from: Side, message: Message, answer: EndpointAnswer) => void

  constructor(
    time: SimulatedTime,
    weather: Weather,
    hosts: Record<Side, MemoryHost>,
    receiver: (to: Side) => Receiver | null,
    onMessage: Wire["onMessage"],
  ) {
    this.#time = time
    this.#weather = weather
    this.#hosts = hosts
    this.#receiver = receiver
    this.onMessage = onMessage
  }

  connect(ports: HostPorts, heard: () => void): Line {
    const { lease, side } = ports
    // A message of one record is a probe when no more was asked for last.
    ports.lease = (limit, woken) => {
      this.#wanted.set(side, limit)
      return lease(limit, woken)
    }
    const { send } = makeTransport(ports, SECRETS, (body, headers) => this.#post(side, body, headers))
    const transport: Transport = {
      send: (message) => send(this.#weather.isOlder(otherSide(side)) ? forOlder(message) : message),
    }
    return { transport: watched(transport, ports), answer: makeEndpoint(ports, SECRETS, heard) }
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
        if (answer === "cut") {
          this.#isAnswered.delete(from)
          reject(new TypeError("fetch failed"))
          return
        }
        if (answer.status === 200) this.#isAnswered.add(from)
        else this.#isAnswered.delete(from)
        resolve({ status: answer.status, body: answer.body, header: (name) => answer.headers[name] ?? null })
      }, reject)
    })
  }

  /** `null`: nothing comes back; `cut`: nobody is there, or the process has died meanwhile. */
  async #deliver(
    from: Side,
    message: Message,
    rawBody: string,
    headers: Record<string, string>,
  ): Promise<EndpointAnswer | "cut" | null> {
    const to = otherSide(from)
    await this.#time.wait(this.#weather.latency(from))
    if (this.#weather.isLost()) return null
    if (message.records.length > 0) await this.#time.wait(this.#weather.work(to))
    const began = this.#time.now
    const answer = await this.#receiver(to)?.({
      headers: readHeaders((name) => headers[name]),
      rawBody,
      trusted: false,
    })
    if (this.#time.now - began > DEADLINE)
      this.failure ??= `I11 ${to} held a message for ${String((this.#time.now - began) / 1_000)} s`
    if (!answer) return "cut"
    this.onMessage(from, message, answer)
    // What a peer refuses as a whole, such as the first words of a database that was set back, gives out nothing.
    if (answer.status === 200) for (const record of message.records) this.#checkRevs(from, record)
    await this.#time.wait(this.#weather.latency(from))
    return this.#weather.isLost() ? null : answer
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
    if (this.#weather.isPrompt && isProbe && this.#isAnswered.has(from) && this.#hosts[from].hasWork())
      this.failure ??= `I11 ${from} probes a peer that has answered`
    const asked = ask && "records" in ask ? ask.records.length : 0
    const most = ask?.kind === "preview" ? SIZES.message : SIZES.question
    if (records.length > SIZES.message) this.failure ??= `I11 a message of ${String(records.length)} records`
    if (asked > most) this.failure ??= `I11 a question about ${String(asked)} records`
    if (past.length > SIZES.epochs) this.failure ??= `I11 a past of ${String(past.length)} epochs`
  }
}
