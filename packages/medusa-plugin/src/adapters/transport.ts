import { createDirectus, customEndpoint, rest } from "@directus/sdk"
import { withDeadline, type HttpResponse, type Post } from "medusa-directus-core"

/** What is posted where, and the milliseconds that Directus has for one answer. */
const RECORDS = { path: "/medusa-sync/records", timeout: 30_000 }

/**
 * Posts to Directus through its SDK. The SDK parses what it receives and rejects on 4xx, so its `fetch` is replaced by one
 * that reads the answer itself and hands it through: a value under `data` comes out of the SDK as it is (26.0).
 *
 * @param stopped - aborts a request that is under way when the server goes down.
 */
export function makePost(directusUrl: string, stopped: AbortSignal, { path, timeout } = RECORDS): Post {
  const exchange = (url: string, init: RequestInit): Promise<{ data: HttpResponse }> =>
    withDeadline(timeout, stopped, async (signal) => {
      const response = await fetch(url, { ...init, redirect: "manual", signal })
      const body = await response.text()
      return { data: { status: response.status, header: (name) => response.headers.get(name), body } }
    })

  const directus = createDirectus(directusUrl, { globals: { fetch: exchange } }).with(rest())

  return (body, { "content-type": contentType, ...headers }) =>
    directus.request(
      customEndpoint<HttpResponse>({
        method: "POST",
        path,
        body,
        // In this spelling the SDK finds it; in another one it adds a second.
        headers: { ...headers, "Content-Type": contentType ?? "application/json" },
      }),
    )
}
