import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import { findFreePort } from "../scripts/stack/index.ts"

/** One request that a host made to the other. */
export type Exchange = {
  at: number
  method: string
  path: string
  headers: IncomingMessage["headers"]
  body: Buffer
  /** Bytes of the whole request: its first line, headers and body. */
  size: number
  /** null: the peer was never asked, or never answered. */
  status: number | null
  answer: Buffer
  /** Bytes of the whole answer. */
  answerSize: number
  /** Did the sender get the answer? */
  delivered: boolean
}

type SentRecord = { entity: string; id: string; fields: Record<string, [unknown, number]>; alive: boolean }

type Fault =
  | { kind: "none" }
  /** The connection ends before the peer is asked. */
  | { kind: "reset" }
  /** The connection stays open and nothing comes. */
  | { kind: "blackhole" }
  /** The peer does the work and its answer is lost; this many times, of those that `when` chooses. */
  | { kind: "drop-answers"; left: number; when: (exchange: Exchange) => boolean }

/** Stands between the two hosts, counts what passes and breaks what a network breaks. */
export class Proxy {
  readonly port: number
  /** Several: they take turns, and one that does not listen is passed over, as behind a load balancer. */
  #targets: number[]
  #turn = 0
  readonly exchanges: Exchange[] = []
  #forgotAt = Date.now()
  delayMs = 0
  /** Slows answers down; Infinity = as fast as it goes. */
  bytesPerSecond = Infinity
  #fault: Fault = { kind: "none" }
  #server: Server | undefined
  readonly #hanging = new Set<ServerResponse>()

  private constructor(port: number, target: number) {
    this.port = port
    this.#targets = [target]
  }

  static async before(target: number): Promise<Proxy> {
    const proxy = new Proxy(await findFreePort(), target)
    await proxy.mend()
    return proxy
  }

  /** Another instance of the host that stands behind it. */
  alsoTo(target: number): void {
    this.#targets.push(target)
  }

  get url(): string {
    return `http://localhost:${this.port}`
  }

  /** Requests that carried records. */
  get pushes(): Exchange[] {
    return this.exchanges.filter((exchange) => recordsOf(exchange).length > 0)
  }

  /** Requests that carried neither records nor a question. */
  get greetings(): Exchange[] {
    return this.exchanges.filter((exchange) => {
      const { records, ask } = messageOf(exchange)
      return !ask && records?.length === 0
    })
  }

  /** Requests without records beyond those that the clock sends: a greeting in 30 seconds, and one comparison of links. */
  get chatter(): number {
    const due = 2 + Math.floor((Date.now() - this.#forgotAt) / 30_000)
    return Math.max(0, this.exchanges.length - this.pushes.length - due)
  }

  /** Pushes that the peer answered, and whose answer was lost. */
  get lostAnswers(): Exchange[] {
    return this.pushes.filter(({ status, delivered }) => status === 200 && !delivered)
  }

  /** Questions about the other side's links. */
  get questions(): Exchange[] {
    return this.exchanges.filter(({ body }) => body.includes('"ask":'))
  }

  /** All records that were sent, in order; `id` narrows it to one. */
  sent(id?: string): SentRecord[] {
    return this.exchanges.flatMap(recordsOf).filter((record) => id === undefined || record.id === id)
  }

  get bytes(): { up: number; down: number } {
    return {
      up: this.exchanges.reduce((sum, { body }) => sum + body.byteLength, 0),
      down: this.exchanges.reduce((sum, { answer }) => sum + answer.byteLength, 0),
    }
  }

  forget(): void {
    this.exchanges.length = 0
    this.#forgotAt = Date.now()
  }

  /** Nobody listens: ECONNREFUSED. */
  async cut(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (!server) return
    await new Promise<void>((done) => {
      server.close(() => done())
      server.closeAllConnections()
    })
  }

  /** The host behind the address is another one from now on. */
  leadTo(target: number): void {
    this.#targets = [target]
  }

  reset(): void {
    this.#fault = { kind: "reset" }
  }

  blackhole(): void {
    this.#fault = { kind: "blackhole" }
  }

  dropAnswers(count = Infinity, when: (exchange: Exchange) => boolean = () => true): void {
    this.#fault = { kind: "drop-answers", left: count, when }
  }

  /** Everything passes again. */
  async mend(): Promise<void> {
    this.#fault = { kind: "none" }
    this.delayMs = 0
    this.bytesPerSecond = Infinity
    for (const response of this.#hanging) response.destroy()
    this.#hanging.clear()
    if (this.#server) return
    const server = createServer((incoming, outgoing) => {
      this.#pass(incoming, outgoing).catch(() => outgoing.destroy())
    })
    await new Promise<void>((ready, failed) => {
      server.once("error", failed)
      server.listen(this.port, "127.0.0.1", ready)
    })
    this.#server = server
  }

  async #ask(incoming: IncomingMessage, body: Buffer): ReturnType<typeof ask> {
    const first = this.#turn++
    for (let i = 0; ; i++) {
      const target = this.#targets[(first + i) % this.#targets.length] ?? 0
      try {
        return await ask(target, incoming, body)
      } catch (error) {
        if (i + 1 >= this.#targets.length || !isRefused(error)) throw error
      }
    }
  }

  async #pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await readAll(incoming)
    const exchange: Exchange = {
      at: Date.now(),
      method: incoming.method ?? "",
      path: incoming.url ?? "",
      headers: incoming.headers,
      body,
      size: headSize(incoming) + body.byteLength,
      status: null,
      answer: Buffer.alloc(0),
      answerSize: 0,
      delivered: false,
    }
    this.exchanges.push(exchange)
    const fault = this.#fault
    if (fault.kind === "reset") {
      outgoing.destroy()
      return
    }
    if (fault.kind === "blackhole") {
      this.#hanging.add(outgoing)
      return
    }
    await wait(this.delayMs / 2)
    const answer = await this.#ask(incoming, body)
    exchange.status = answer.status
    exchange.answer = answer.body
    exchange.answerSize = answer.size
    await wait(this.delayMs / 2 + (answer.body.byteLength / this.bytesPerSecond) * 1000)
    if (fault.kind === "drop-answers" && fault.left > 0 && fault.when(exchange)) {
      fault.left -= 1
      outgoing.destroy()
      return
    }
    const { "transfer-encoding": _, connection: __, ...headers } = answer.headers
    outgoing.writeHead(answer.status, { ...headers, "content-length": answer.body.byteLength })
    outgoing.end(answer.body)
    exchange.delivered = true
  }
}

/** Nobody listens: the request was never read. */
const isRefused = (error: unknown): boolean =>
  error instanceof Error && (error as Error & { code?: string }).code === "ECONNREFUSED"

/** What HTTP/1.1 spends before the body. */
function headSize({ method, url, httpVersion, rawHeaders, statusCode, statusMessage }: IncomingMessage): number {
  const http = `HTTP/${httpVersion}`
  const first = method ? `${method} ${url ?? ""} ${http}` : `${http} ${statusCode ?? ""} ${statusMessage ?? ""}`
  const lines = [first, ""]
  for (let at = 0; at < rawHeaders.length; at += 2) lines.push(`${rawHeaders[at] ?? ""}: ${rawHeaders[at + 1] ?? ""}`)
  return lines.reduce((sum, line) => sum + Buffer.byteLength(line, "latin1") + "\r\n".length, 0)
}

/** What was sent, as far as it is a message. */
function messageOf({ body }: Pick<Exchange, "body">): { records?: SentRecord[]; ask?: unknown } {
  try {
    return JSON.parse(body.toString()) as { records?: SentRecord[] }
  } catch {
    return {}
  }
}

/** The records of a message; none when it is not one. */
export const recordsOf = (exchange: Pick<Exchange, "body">): SentRecord[] => messageOf(exchange).records ?? []

function ask(port: number, { method, url, headers }: IncomingMessage, body: Buffer) {
  type Answer = { status: number; headers: IncomingMessage["headers"]; body: Buffer; size: number }
  return new Promise<Answer>((resolve, reject) => {
    const upstream = request({ host: "localhost", port, method, path: url, headers, agent: false }, (response) => {
      readAll(response).then((answer) => {
        const size = headSize(response) + answer.byteLength
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: answer, size })
      }, reject)
    })
    upstream.once("error", reject)
    upstream.end(body)
  })
}

async function readAll(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const wait = (ms: number) => (ms > 0 ? new Promise((wake) => setTimeout(wake, ms)) : undefined)
