import { createHash } from "node:crypto"
import { createServer, get, type IncomingMessage, type RequestListener, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { PassThrough, Writable, type Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { createUnzip, gzipSync } from "node:zlib"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { importFile, type FileImporter } from "../src/images/import-file"
import { inMegabytes, longestFile } from "../src/images/longest-file"

const LIMIT = 100_000

/** Fetches, unpacks and writes as Directus's service does (12.4: `services/files.js`). */
class Files implements FileImporter {
  written: Buffer | null = null
  isBroken = false
  begun: () => void = () => undefined

  async importOne(url: string): Promise<unknown> {
    const response = await this.#fetch(url)
    return this.uploadOne(unpacked(response))
  }

  async uploadOne(stream: Readable): Promise<unknown> {
    if (this.isBroken) throw new Error("The database is away.")
    this.begun()
    const chunks: Buffer[] = []
    const disk = new Writable({ write: (chunk: Buffer, _, done) => (chunks.push(chunk), done()) })
    await pipeline(stream, disk)
    if ("truncated" in stream && stream.truncated === true)
      throw Object.assign(new Error("too large"), { code: "CONTENT_TOO_LARGE" })
    this.written = Buffer.concat(chunks)
    return "id"
  }

  async #fetch(url: string): Promise<IncomingMessage> {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      get(url, { agent: false }, resolve).on("error", reject)
    })
    const { location } = response.headers
    return location === undefined ? response : this.#fetch(new URL(location, url).href)
  }
}

function unpacked(response: IncomingMessage): Readable {
  if (response.headers["content-encoding"] !== "gzip") return response
  const through = new PassThrough({
    autoDestroy: false,
    destroy(error, done) {
      response.destroy()
      done(error)
    },
  })
  response
    .pipe(createUnzip())
    .on("error", (error) => through.destroy(error))
    .pipe(through)
  return through
}

let server: Server
let answer: RequestListener
let address: string
let open: Set<unknown>
const closed: (() => void)[] = []
beforeEach(async () => {
  open = new Set()
  server = createServer((request, response) => answer(request, response)).on("connection", (socket) => {
    open.add(socket)
    socket.on("close", () => {
      open.delete(socket)
      if (open.size === 0) for (const tell of closed.splice(0)) tell()
    })
  })
  await new Promise<void>((ready) => void server.listen(0, "127.0.0.1", ready))
  address = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/picture.png`
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

const allClosed = (): Promise<void> =>
  open.size === 0 ? Promise.resolve() : new Promise((resolve) => void closed.push(resolve))

const bring = (files: FileImporter, signal = new AbortController().signal) =>
  importFile(files, address, {}, { longest: LIMIT, signal })

describe("a picture", () => {
  it.each([
    ["as it is", {}, (bytes: Buffer) => bytes],
    ["packed", { "content-encoding": "gzip" }, (bytes: Buffer) => gzipSync(bytes)],
  ])("comes whole up to the limit, with what it holds: %s", async (_, headers, pack) => {
    const bytes = Buffer.alloc(LIMIT, "picture")
    answer = (_, response) => void response.writeHead(200, headers).end(pack(bytes))
    const files = new Files()
    expect(await bring(files)).toBe(createHash("sha256").update(bytes).digest("hex"))
    expect(files.written).toEqual(bytes)
  })

  it.each([
    ["as it is", {}, (bytes: Buffer) => bytes],
    ["packed", { "content-encoding": "gzip" }, (bytes: Buffer) => gzipSync(bytes)],
  ])("ends above the limit, and so does its connection: %s", async (_, headers, pack) => {
    const bytes = pack(Buffer.alloc(300 * LIMIT, "picture"))
    // The end never comes.
    answer = (_, response) => void response.writeHead(200, headers).write(bytes)
    const files = new Files()
    await expect(bring(files)).rejects.toMatchObject({ code: "CONTENT_TOO_LARGE" })
    expect(files.written).toBeNull()
    await allClosed()
  })

  const drip: RequestListener = (_, response) => void response.writeHead(200).write("x")
  const packedDrip: RequestListener = (_, response) =>
    void response.writeHead(200, { "content-encoding": "gzip" }).write(gzipSync("x").subarray(0, 12))
  const moved =
    (to: RequestListener): RequestListener =>
    (request, response) =>
      request.url === "/there" ? to(request, response) : void response.writeHead(302, { location: "/there" }).end()
  const late = () => new DOMException("It took too long.", "TimeoutError")

  it.each([
    ["at its address", "/picture.png", (to: RequestListener) => to],
    ["behind a redirect", "/there", moved],
  ])("that never begins %s ends with its time, and so does its connection", async (_, path, way) => {
    const time = new AbortController()
    answer = way((request) => {
      expect(request.url).toBe(path)
      time.abort(late())
    })
    await expect(bring(new Files(), time.signal)).rejects.toThrow()
    await allClosed()
  })

  it.each([
    ["as it is", drip],
    ["packed", packedDrip],
    ["behind a redirect", moved(drip)],
  ])("that never ends ends with its time, and so does its connection: %s", async (_, endless) => {
    const time = new AbortController()
    answer = endless
    const files = new Files()
    files.begun = () => void setImmediate(() => time.abort(late()))
    await expect(bring(files, time.signal)).rejects.toThrow()
    await allClosed()
    expect(files.written).toBeNull()
  })

  it("that cannot be kept leaves no connection open", async () => {
    answer = drip
    const files = new Files()
    files.isBroken = true
    await expect(bring(files)).rejects.toThrow("The database is away.")
    await allClosed()
  })

  it("takes no other request of the program along when it ends", async () => {
    const time = new AbortController()
    let finish: (() => void) | undefined
    answer = (request, response) => {
      if (request.url === "/other") finish = () => response.end("other")
      else time.abort(new Error("Enough."))
    }
    const other = new Promise<string>((resolve, reject) => {
      get(new URL("/other", address), (response) => {
        response.setEncoding("utf8").on("data", resolve)
      }).on("error", reject)
    })
    await new Promise<void>((asked) => void server.once("request", () => asked()))
    await expect(bring(new Files(), time.signal)).rejects.toThrow()
    finish?.()
    expect(await other).toBe("other")
  })
})

it.each([
  [undefined, 50 * 1024 ** 2],
  [null, 50 * 1024 ** 2],
  ["", 50 * 1024 ** 2],
  ["much", 50 * 1024 ** 2],
  [1000, 1000],
  ["1000", 1000],
  ["10mb", 10 * 1024 ** 2],
  ["1.5 GB", 1.5 * 1024 ** 3],
  ["100kb", 100 * 1024],
  ["7b", 7],
])("FILES_MAX_UPLOAD_SIZE=%j limits pictures to %d bytes", (setting, bytes) => {
  expect(longestFile(setting)).toBe(bytes)
})

it("is told in megabytes", () => {
  expect([longestFile(undefined), 500 * 1024].map(inMegabytes)).toEqual(["50 MB", "0.49 MB"])
})
