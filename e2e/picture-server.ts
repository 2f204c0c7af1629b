import { createServer, type Server, type ServerResponse } from "node:http"
import { crc32, deflateSync } from "node:zlib"
import { findFreePort } from "../scripts/stack/index.ts"

type Answer =
  | { kind: "whole"; type: string; body: Buffer }
  | { kind: "moved"; to: string }
  /** `silent` does not begin; `drip` and `flood` do not end. */
  | { kind: "silent" | "drip" | "flood" }

/** A web server of the shop's that holds pictures and counts who asks for them. */
export class PictureServer {
  readonly url: string
  readonly #host: string
  readonly #port: number
  readonly #answers = new Map<string, Answer>()
  readonly #asked: string[] = []
  readonly #left: string[] = []
  readonly #holding = new Set<string>()
  readonly #held = new Set<() => void>()
  #server: Server | undefined

  private constructor(host: string, port: number) {
    this.#host = host
    this.#port = port
    this.url = `http://${host}:${String(port)}`
  }

  /** @param host - an address of this machine. */
  static async start(host = "127.0.0.1"): Promise<PictureServer> {
    const server = new PictureServer(host, await findFreePort())
    await server.open()
    return server
  }

  /** @param content - pictures of one content have the same bytes. @returns its address */
  put(name: string, content = name): string {
    return this.putText(name, "image/png", png(content))
  }

  /** @returns its address */
  putText(name: string, type: string, body: string | Buffer): string {
    return this.#set(name, { kind: "whole", type, body: Buffer.from(body) })
  }

  /** @returns an address that leads to another one */
  redirect(name: string, to: string): string {
    return this.#set(name, { kind: "moved", to })
  }

  /** @returns an address whose answer never begins, comes slowly for ever, or fast for ever */
  endless(name: string, kind: "silent" | "drip" | "flood"): string {
    return this.#set(name, { kind })
  }

  #set(name: string, answer: Answer): string {
    this.#answers.set(`/${name}`, answer)
    return `${this.url}/${name}`
  }

  /** How often an answer was left before its end. */
  left(address: string): number {
    return this.#left.filter((path) => this.url + path === address).length
  }

  /** How often this address was asked for. */
  asked(address: string): number {
    return this.#asked.filter((path) => this.url + path === address).length
  }

  /** Answers the head of this picture and half of it, until `release`. */
  hold(address: string): void {
    this.#holding.add(address.slice(this.url.length))
  }

  release(): void {
    this.#holding.clear()
    for (const go of this.#held) go()
    this.#held.clear()
  }

  async open(): Promise<void> {
    const server = createServer((request, response) => this.#answer(request.url ?? "", response))
    await new Promise<void>((ready, failed) => {
      server.once("error", failed)
      server.listen(this.#port, this.#host, ready)
    })
    this.#server = server
  }

  async close(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (!server) return
    await new Promise<void>((done) => {
      server.close(() => done())
      server.closeAllConnections()
    })
  }

  #answer(path: string, response: ServerResponse): void {
    this.#asked.push(path)
    const answer = this.#answers.get(path)
    response.on("close", () => {
      if (!response.writableFinished) this.#left.push(path)
    })
    if (!answer) return void response.writeHead(404).end()
    if (answer.kind === "moved") return void response.writeHead(302, { location: answer.to }).end()
    if (answer.kind !== "whole") return goOn(response, answer.kind)
    response.writeHead(200, { "content-type": answer.type, "content-length": answer.body.byteLength })
    if (!this.#holding.has(path)) {
      response.end(answer.body)
      return
    }
    const half = Math.floor(answer.body.byteLength / 2)
    response.write(answer.body.subarray(0, half))
    this.#held.add(() => response.end(answer.body.subarray(half)))
  }
}

/** Answers as a picture that does not end. */
function goOn(response: ServerResponse, kind: "silent" | "drip" | "flood"): void {
  if (kind === "silent") return
  response.writeHead(200, { "content-type": "image/png" })
  if (kind === "drip") {
    const timer = setInterval(() => response.write("."), 200)
    return void response.on("close", () => clearInterval(timer))
  }
  const piece = Buffer.alloc(64 * 1024)
  const more = (): void => {
    while (!response.destroyed && response.write(piece));
  }
  response.on("drain", more)
  more()
}

/** One pixel, with a word in it. */
function png(word: string): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data])
    const ends = Buffer.alloc(8)
    ends.writeUInt32BE(data.byteLength, 0)
    ends.writeUInt32BE(crc32(body), 4)
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)])
  }
  const header = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0])
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("tEXt", Buffer.from(`Comment\0${word}`, "latin1")),
    chunk("IDAT", deflateSync(Buffer.from([0, 0]))),
    chunk("IEND", Buffer.alloc(0)),
  ])
}
