import { AsyncLocalStorage } from "node:async_hooks"
import { createHash } from "node:crypto"
import { subscribe, unsubscribe } from "node:diagnostics_channel"
import type { ClientRequest } from "node:http"
import { Readable } from "node:stream"

/**
 * What is used of Directus's service for files. Its types lack the third argument of `importOne` (12.4: `services/files.js`),
 * which fetches and then calls `uploadOne`.
 */
export interface FileImporter {
  importOne(url: string, body: object, options: { filterMimeType: string[] }): Promise<unknown>
  uploadOne(stream: Readable, ...rest: unknown[]): Promise<unknown>
}

interface Bounds {
  /** Bytes, when they are unpacked: neither Directus's import nor its own request has a limit. */
  longest: number
  /** When it aborts, the download ends, and what has come is thrown away. */
  signal: AbortSignal
}

/**
 * Brings one picture into Directus's files by Directus's own import.
 *
 * @returns the SHA-256 of its bytes, in hex.
 * @throws what Directus throws: `CONTENT_TOO_LARGE`, `INVALID_PAYLOAD`, `SERVICE_UNAVAILABLE`
 */
export async function importFile(
  files: FileImporter,
  address: string,
  body: object,
  { longest, signal }: Bounds,
): Promise<string> {
  const hash = createHash("sha256")
  const upload = files.uploadOne.bind(files)
  files.uploadOne = (stream, ...rest) => {
    // It may be destroyed before somebody reads it, and an error that nobody hears ends the server.
    stream.on("error", () => undefined)
    signal.addEventListener("abort", () => stream.destroy(signal.reason as Error), { once: true })
    return upload(
      bounded(stream, longest, (chunk) => void hash.update(chunk)),
      ...rest,
    )
  }
  await endingWith(signal, () => files.importOne(address, body, { filterMimeType: ["image/*"] }))
  return hash.digest("hex")
}

/** Ends at the limit, and says so as an upload does that is too large: Directus then takes away what it has written. */
function bounded(stream: Readable, longest: number, look: (chunk: Buffer) => void): Readable {
  async function* pieces(): AsyncGenerator<Buffer> {
    let bytes = 0
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      bytes += chunk.byteLength
      // To leave the loop destroys the stream, and with it the request.
      if (bytes > longest) return void (limited.truncated = true)
      look(chunk)
      yield chunk
    }
  }
  const limited = Object.assign(Readable.from(pieces(), { objectMode: false }), { truncated: false })
  return limited
}

const START = "http.client.request.start"
const importing = new AsyncLocalStorage<Set<ClientRequest>>()

/**
 * Ends the requests of this work, those that follow a redirect too. Directus hands none of them out before the answer has
 * begun (12.4), and has no limit of time for that; Node tells of each that starts.
 */
async function endingWith<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const requests = new Set<ClientRequest>()
  const end = (): void => requests.forEach((request) => request.destroy())
  const note = (message: unknown): void => {
    if (importing.getStore() !== requests) return
    requests.add((message as { request: ClientRequest }).request)
    if (signal.aborted) end()
  }
  subscribe(START, note)
  signal.addEventListener("abort", end)
  try {
    return await importing.run(requests, work)
  } finally {
    unsubscribe(START, note)
    signal.removeEventListener("abort", end)
    // Of one that was not read to its end nobody else takes care.
    end()
  }
}
