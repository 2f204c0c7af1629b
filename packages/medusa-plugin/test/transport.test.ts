import { LONGEST_ANSWER, makeContentClient, type Post } from "medusa-directus-core/host"
import { createServer, type RequestListener, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { gzipSync } from "node:zlib"
import { afterEach, describe, expect, it } from "vitest"
import { makePost } from "../src/ports/transport"

const MEGABYTE = 1024 * 1024
const CONTENT = { path: "/medusa-sync/content", timeout: 10_000 }

let server: Server
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

/** What is at the address of Directus. */
async function directus(answer: RequestListener): Promise<string> {
  server = createServer(answer)
  await new Promise<void>((ready) => void server.listen(0, "127.0.0.1", ready))
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/cms`
}

/** 300 MB in 300 kB. */
const bomb: RequestListener = (_, response) => {
  const packed = Buffer.concat(Array<Buffer>(300).fill(gzipSync(Buffer.alloc(MEGABYTE, "x"))))
  response.writeHead(200, { "content-encoding": "gzip" }).end(packed)
}

async function growth(work: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage.rss()
  let highest = before
  const look = setInterval(() => (highest = Math.max(highest, process.memoryUsage.rss())), 1)
  await work()
  clearInterval(look)
  return (Math.max(highest, process.memoryUsage.rss()) - before) / MEGABYTE
}

const post = (send: Post) => send("{}", { "content-type": "application/json" })
const { signal } = new AbortController()

describe("an answer of 300 MB", () => {
  it.each([
    ["a message", undefined, LONGEST_ANSWER.records],
    ["a question for content", CONTENT, LONGEST_ANSWER.content],
  ])("to %s is refused before it is in memory", async (_, route, longest) => {
    const send = makePost(await directus(bomb), signal, route)
    const refused = () =>
      expect(post(send)).rejects.toMatchObject({
        code: "too_large",
        message: `the answer is longer than ${String(longest / MEGABYTE)} MB, and was not read any further`,
      })
    expect(await growth(refused)).toBeLessThan(150)
  })

  it("is told in words to who asked", async () => {
    const clock = { now: () => new Date(), newId: () => "id" }
    const ask = makeContentClient(clock, ["a-secret-of-16-characters"], makePost(await directus(bomb), signal, CONTENT))
    expect(await ask({ v: 1, entity: "product", ids: [], fields: ["*"], published: ["x"], locale: null })).toEqual({
      kind: "rejected",
      tooLarge: true,
      message: "the answer is longer than 16 MB, and was not read any further",
    })
  })
})

it("an answer of content may be longer than one of records", async () => {
  const text = "x".repeat(2 * MEGABYTE)
  const send = makePost(await directus((_, response) => void response.end(text)), signal, CONTENT)
  expect((await post(send)).body).toBe(text)
})

it("who answers bit by bit has the time of the route, and is left when the server goes down", async () => {
  const drip: RequestListener = (_, response) => void response.writeHead(200).write("{")
  const late = makePost(await directus(drip), signal, { ...CONTENT, timeout: 50 })
  await expect(post(late)).rejects.toMatchObject({ name: "TimeoutError" })
  server.closeAllConnections()
  server.close()

  const stopped = new AbortController()
  let left: Promise<unknown> = Promise.resolve()
  const address = await directus((request, response) => {
    left = new Promise((done) => void request.socket.once("close", done))
    response.writeHead(200).write("{", () => stopped.abort(new Error("Medusa goes down.")))
  })
  await expect(post(makePost(address, stopped.signal))).rejects.toThrow("Medusa goes down.")
  await left
})
