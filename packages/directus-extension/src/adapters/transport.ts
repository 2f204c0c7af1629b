import type { HttpResponse, Post } from "medusa-directus-core"
import type { Connection } from "../options"

const TIMEOUT = 30_000
/** An answer holds one short result for each of at most 100 records. */
const LONGEST_ANSWER = 1024 * 1024

/** Where Medusa takes messages: its own guard stands before the second address and wants a secret API key. */
const PATHS = { signed: "hooks/directus", apiKey: "admin/directus/records" } as const

/**
 * Posts to Medusa. By `fetch` and not by `@medusajs/js-sdk`: for any status from 300 the SDK throws an error that holds
 * the status and `message` only (2.21, `client.js` normalizeResponse), and a signed refusal cannot be verified without
 * its headers and its bytes.
 */
export function makePost({ url, apiKey }: Pick<Connection, "url" | "apiKey">): Post {
  const base = url.href.split(/[?#]/)[0]?.replace(/\/*$/, "/") ?? url.href
  const target = new URL(apiKey === null ? PATHS.signed : PATHS.apiKey, base)
  const guard: Record<string, string> =
    apiKey === null ? {} : { authorization: `Basic ${Buffer.from(`${apiKey}:`).toString("base64")}` }
  return async (body, headers) => {
    const response = await fetch(target, {
      method: "POST",
      headers: { ...headers, ...guard },
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT),
    })
    return {
      status: response.status,
      header: (name) => response.headers.get(name),
      body: await readBody(response),
    } satisfies HttpResponse
  }
}

async function readBody(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  const stream = response.body as AsyncIterable<Uint8Array> | null
  for await (const chunk of stream ?? []) {
    bytes += chunk.byteLength
    if (bytes > LONGEST_ANSWER) throw new Error("The answer is too long.")
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString("utf8")
}
