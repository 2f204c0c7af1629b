import { makeTransport, type Post } from "medusa-directus-core/host"
import { createServer, type RequestListener, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { gzipSync } from "node:zlib"
import { afterEach, expect, it } from "vitest"
import { makePost } from "../src/ports/transport"

const MEGABYTE = 1024 * 1024
const KEY = "sk_4fd1c0a9b8e7265370f1e2d3c4b5a697"

let server: Server
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

/** What is at the address of Medusa. */
async function medusa(answer: RequestListener): Promise<URL> {
  server = createServer(answer)
  await new Promise<void>((ready) => void server.listen(0, "127.0.0.1", ready))
  return new URL(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}/shop/?x#y`)
}

const post = (send: Post) => send("{}", { "content-type": "application/json" })
const { signal } = new AbortController()

it("an answer of 300 MB in 300 kB is refused before it is in memory, and the sender is told so", async () => {
  const url = await medusa((_, response) => {
    const packed = Buffer.concat(Array<Buffer>(300).fill(gzipSync(Buffer.alloc(MEGABYTE, "x"))))
    response.writeHead(200, { "content-encoding": "gzip" }).end(packed)
  })
  const clock = { side: "directus" as const, now: () => new Date(), newId: () => "id" }
  const transport = makeTransport(clock, ["a-secret-of-16-characters"], makePost({ url, apiKey: null }, signal))
  const before = process.memoryUsage.rss()
  expect(await transport.send({ id: "id" } as never)).toEqual({
    kind: "unreachable",
    message: "the answer is longer than 1 MB, and was not read any further",
    retryAfter: null,
  })
  expect((process.memoryUsage.rss() - before) / MEGABYTE).toBeLessThan(150)
})

it.each([
  [null, "/shop/hooks/directus", undefined],
  [KEY, "/shop/admin/directus/records", `Basic ${Buffer.from(`${KEY}:`).toString("base64")}`],
])("goes to the address for the key %s, and follows no redirect", async (apiKey, path, authorization) => {
  const seen: unknown[] = []
  const url = await medusa((request, response) => {
    seen.push([request.method, request.url, request.headers.authorization])
    response.writeHead(307, { location: "/elsewhere" }).end("moved")
  })
  expect(await post(makePost({ url, apiKey }, signal))).toMatchObject({ status: 307, body: "moved" })
  expect(seen).toEqual([["POST", path, authorization]])
})

it("lets go of who answers bit by bit when the sync ends", async () => {
  const stopped = new AbortController()
  let left: Promise<unknown> = Promise.resolve()
  const url = await medusa((request, response) => {
    left = new Promise((done) => void request.socket.once("close", done))
    response.writeHead(200).write("{", () => stopped.abort(new Error("The sync ends.")))
  })
  await expect(post(makePost({ url, apiKey: null }, stopped.signal))).rejects.toThrow("The sync ends.")
  await left
})
