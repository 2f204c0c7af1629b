import { createServer, type Server, type ServerResponse } from "node:http"
import { crc32, deflateSync } from "node:zlib"
import { findFreePort } from "../scripts/stack/index.ts"

type Answer = { type: string; body: Buffer }

/** A web server of the shop's that holds pictures and counts who asks for them. */
export class PictureServer {
  readonly url: string
  readonly #port: number
  readonly #answers = new Map<string, Answer>()
  readonly #asked: string[] = []
  readonly #holding = new Set<string>()
  readonly #held = new Set<() => void>()
  #server: Server | undefined

  private constructor(port: number) {
    this.#port = port
    this.url = `http://127.0.0.1:${String(port)}`
  }

  static async start(): Promise<PictureServer> {
    const server = new PictureServer(await findFreePort())
    await server.open()
    return server
  }

  /** @param content - pictures of one content have the same bytes. @returns its address */
  put(name: string, content = name): string {
    return this.putText(name, "image/png", png(content))
  }

  /** @returns its address */
  putText(name: string, type: string, body: string | Buffer): string {
    this.#answers.set(`/${name}`, { type, body: Buffer.from(body) })
    return `${this.url}/${name}`
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
      server.listen(this.#port, "127.0.0.1", ready)
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
    if (!answer) {
      response.writeHead(404).end()
      return
    }
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
