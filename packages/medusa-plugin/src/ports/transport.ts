import { createDirectus, customEndpoint, rest } from "@directus/sdk"
import { LONGEST_ANSWER, readAnswer, withDeadline, type HttpResponse, type Post } from "medusa-directus-core/host"

/** What is posted where, the milliseconds that Directus has for one answer, and the bytes. */
interface Route {
  path: string
  timeout: number
  /** By default those of content. */
  longest?: number
}

const RECORDS: Route = { path: "/medusa-sync/records", timeout: 30_000, longest: LONGEST_ANSWER.records }

/**
 * Posts to Directus through its SDK. The SDK parses what it receives and rejects on 4xx, so its `fetch` is replaced by one
 * that reads the answer itself and hands it through: a value under `data` comes out of the SDK as it is (26.0).
 *
 * @param stopped - aborts a request that is under way when the server goes down.
 */
export function makePost(
  directusUrl: string,
  stopped: AbortSignal,
  { path, timeout, longest = LONGEST_ANSWER.content }: Route = RECORDS,
): Post {
  const exchange = (url: string, init: RequestInit): Promise<{ data: HttpResponse }> =>
    withDeadline(timeout, stopped, async (signal) => {
      const response = await fetch(url, { ...init, redirect: "manual", signal })
      return { data: await readAnswer(response, longest) }
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
