import { SyncError, whereFrom, type ErrorCode } from "../errors.ts"
import { parseJson } from "./parse-json.ts"
import { isSigned, readHeaders, sign } from "./sign.ts"

export interface HttpResponse {
  status: number
  header(name: string): string | null
  body: string
}

/** Posts exactly these bytes. Rejects when there is no answer; follows no redirect. */
export type Post = (body: string, headers: Record<string, string>) => Promise<HttpResponse>

export type Exchanged =
  /** Also when the peer has signed what nobody should read. */
  | { kind: "unreachable"; message: string; code?: ErrorCode }
  /** `value` is the answer's JSON when the peer signed it for this request, otherwise `undefined`. */
  | { kind: "answered"; response: HttpResponse; value: unknown; offset: number }

/**
 * Signs, posts and verifies the answer. The peer's clock is learnt from the time of each signed answer, so a clock that
 * is off does not stop the sync.
 */
export function makeExchange(
  { now }: { now: () => Date },
  { key, answerKey }: { key: Buffer; answerKey: Buffer },
  post: Post,
): (id: string, body: string) => Promise<Exchanged> {
  let offset = 0
  return async (id, body) => {
    let response: HttpResponse
    try {
      response = await post(body, {
        "content-type": "application/json",
        ...sign(key, id, new Date(now().getTime() + offset), body),
      })
    } catch (error) {
      return {
        kind: "unreachable",
        message: networkReason(error),
        ...(error instanceof SyncError ? { code: error.code } : {}),
      }
    }
    const headers = readHeaders((name) => response.header(name))
    const genuine = headers.id === id && isSigned([answerKey], headers, response.body)
    if (!genuine) return { kind: "answered", response, value: undefined, offset }
    offset = Number(headers.timestamp) * 1000 - now().getTime()
    try {
      return { kind: "answered", response, value: parseJson(response.body, "the answer"), offset }
    } catch (error) {
      return { kind: "unreachable", message: whereFrom(error) }
    }
  }
}

/** The system's own code (ECONNREFUSED …): a message could hold an address with a password in it. */
function networkReason(error: unknown): string {
  if (error instanceof SyncError) return error.message
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const { code } = at as Error & { code?: unknown }
    if (typeof code === "string") return code
    if (at.name === "TimeoutError" || at.name === "AbortError") return "no answer in time"
  }
  return "no connection"
}
