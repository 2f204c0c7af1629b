import { SyncError } from "../errors.ts"
import type { HttpResponse } from "./exchange.ts"

const MEGABYTE = 1024 * 1024

/** Bytes that an answer may have when it is unpacked: nobody has looked at its signature yet. */
export const LONGEST_ANSWER = {
  /** The longest right one tells 3,000 links after a restore, of some 150 bytes each. */
  records: MEGABYTE,
  /** 500 items at once, of some 32 kB each. */
  content: 16 * MEGABYTE,
} as const

/** What is used of the `Response` of `fetch`. */
interface Answered {
  status: number
  headers: { get(name: string): string | null }
  body: AsyncIterable<Uint8Array> | ReadableStream<Uint8Array> | null
}

/**
 * Reads an answer up to `longest` bytes. Beyond that nothing more is read or unpacked, and the connection is closed: whoever
 * answers at the peer's address may send without end.
 *
 * @throws SyncError `too_large`
 */
export async function readAnswer({ status, headers, body }: Answered, longest: number): Promise<HttpResponse> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  // To leave the loop cancels the body, and with it the request.
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength
    if (bytes > longest)
      throw new SyncError(
        "too_large",
        `the answer is longer than ${String(longest / MEGABYTE)} MB, and was not read any further`,
      )
    chunks.push(chunk)
  }
  return { status, header: (name) => headers.get(name), body: Buffer.concat(chunks).toString("utf8") }
}
