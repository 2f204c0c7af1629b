import { createServer, type RequestListener, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { gzipSync } from "node:zlib"
import { afterEach, expect, it } from "vitest"
import { LONGEST_ANSWER, readAnswer } from "../src/wire/read-answer.ts"

const MEGABYTE = 1024 * 1024

let server: Server
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

/** What is read of the answer of a server like this. */
async function read(answer: RequestListener, longest: number = LONGEST_ANSWER.records): Promise<string> {
  server = createServer(answer)
  await new Promise<void>((ready) => void server.listen(0, "127.0.0.1", ready))
  const { port } = server.address() as AddressInfo
  return (await readAnswer(await fetch(`http://127.0.0.1:${String(port)}`), longest)).body
}

const tooLong = (megabytes: number) => ({
  code: "too_large",
  message: `the answer is longer than ${String(megabytes)} MB, and was not read any further`,
})

it("an answer up to the limit is read whole, and one byte more is refused", async () => {
  const limit = LONGEST_ANSWER.records
  const whole = "ü".repeat(limit / 2)
  expect(await read((_, response) => void response.end(whole))).toBe(whole)
  server.close()
  await expect(read((_, response) => void response.end(`${whole}x`))).rejects.toMatchObject(tooLong(1))
})

it("an answer without a body is empty, with its status and its headers", async () => {
  const headers = new Headers({ "retry-after": "7" })
  const answer = await readAnswer({ status: 503, headers, body: null }, 10)
  expect([answer.status, answer.header("retry-after"), answer.header("x"), answer.body]).toEqual([503, "7", null, ""])
})

it("what counts are the bytes that come out of the packing: 300 MB in 300 kB cost no more than the limit", async () => {
  // Gzip of one piece after the other is gzip of the whole.
  const packed = Buffer.concat(Array<Buffer>(300).fill(gzipSync(Buffer.alloc(MEGABYTE, "x"))))
  expect(packed.byteLength).toBeLessThan(MEGABYTE)
  const before = process.memoryUsage.rss()
  let highest = before
  const look = setInterval(() => (highest = Math.max(highest, process.memoryUsage.rss())), 1)
  const refused = read((_, response) => void response.writeHead(200, { "content-encoding": "gzip" }).end(packed))
  await expect(refused).rejects.toMatchObject(tooLong(1))
  clearInterval(look)
  expect((Math.max(highest, process.memoryUsage.rss()) - before) / MEGABYTE).toBeLessThan(100)
})

it.each(Object.entries(LONGEST_ANSWER))("who sends %s without end is left at the limit", async (_, longest) => {
  let sent = 0
  const piece = Buffer.alloc(64 * 1024, "x")
  let closed: Promise<unknown> | undefined
  const refused = read((request, response) => {
    const more = (): void => {
      while (!response.destroyed && response.write(piece)) sent += piece.byteLength
    }
    closed = new Promise((done) => void request.socket.once("close", done))
    response.on("drain", more)
    more()
  }, longest)
  await expect(refused).rejects.toMatchObject(tooLong(longest / MEGABYTE))
  await closed
  // What lies in the buffers of both ends comes on top.
  expect(sent).toBeLessThan(longest + 16 * MEGABYTE)
})
