import { LONGEST_ANSWER, readAnswer, withDeadline, type Post } from "medusa-directus-core/host"
import type { Connection } from "../options"

const TIMEOUT = 30_000

/** Where Medusa takes messages: its own guard stands before the second address and wants a secret API key. */
const PATHS = { signed: "hooks/directus", apiKey: "admin/directus/records" } as const

/**
 * Posts to Medusa. By `fetch` and not by `@medusajs/js-sdk`: for any status from 300 the SDK throws an error that holds
 * the status and `message` only (2.21, `client.js` normalizeResponse), and a signed refusal cannot be verified without
 * its headers and its bytes.
 *
 * @param stopped - aborts a request that is under way when the sync ends.
 */
export function makePost({ url, apiKey }: Pick<Connection, "url" | "apiKey">, stopped: AbortSignal): Post {
  const base = url.href.split(/[?#]/)[0]?.replace(/\/*$/, "/") ?? url.href
  const target = new URL(apiKey === null ? PATHS.signed : PATHS.apiKey, base)
  const guard: Record<string, string> =
    apiKey === null ? {} : { authorization: `Basic ${Buffer.from(`${apiKey}:`).toString("base64")}` }
  return (body, headers) =>
    withDeadline(TIMEOUT, stopped, async (signal) => {
      const init = { method: "POST", headers: { ...headers, ...guard }, body, redirect: "manual", signal } as const
      return readAnswer(await fetch(target, init), LONGEST_ANSWER.records)
    })
}
