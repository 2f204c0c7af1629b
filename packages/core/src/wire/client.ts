import { otherSide } from "../document/value.ts"
import type { ErrorCode } from "../errors.ts"
import { measured } from "../health/metrics.ts"
import type { HostPorts, Reply, Transport } from "../ports.ts"
import { replySchema, type Message, type ReplyBody } from "./messages.ts"
import { directionKey, isSigned, readHeaders, sign } from "./sign.ts"

export interface HttpResponse {
  status: number
  header(name: string): string | null
  body: string
}

/** Posts exactly these bytes. Rejects when there is no answer; follows no redirect. */
export type Post = (body: string, headers: Record<string, string>) => Promise<HttpResponse>

const PAUSING = new Set([
  "unauthorized",
  "clock_skew",
  "wrong_receiver",
  "config_mismatch",
  "epoch_mismatch",
  "peer_paused",
  "old_beat",
  "too_large",
  "invalid_message",
])

/**
 * Signs, posts and verifies the answer. The peer's clock is learnt from the time of each signed answer, so a clock that
 * is off does not stop the sync.
 *
 * @param secrets - the first one signs; answers to it are checked with it.
 */
export function makeTransport(
  ports: Pick<HostPorts, "side" | "now" | "newId">,
  secrets: string[],
  post: Post,
): Transport {
  const secret = secrets[0] ?? ""
  const key = directionKey(secret, ports.side, "message")
  const answerKey = directionKey(secret, otherSide(ports.side), "answer")
  let offset = 0

  async function once(message: Message): Promise<Reply | "clock"> {
    const body = JSON.stringify(message)
    let response: HttpResponse
    try {
      response = await post(body, {
        "content-type": "application/json",
        ...sign(key, message.id, new Date(ports.now().getTime() + offset), body),
      })
    } catch (error) {
      return { kind: "unreachable", message: networkReason(error), retryAfter: null }
    }
    const { status } = response
    const headers = readHeaders((name) => response.header(name))
    const genuine = headers.id === message.id && isSigned([answerKey], headers, response.body)
    if (genuine) offset = Number(headers.timestamp) * 1000 - ports.now().getTime()
    const parsed = genuine ? replySchema.safeParse(parseJson(response.body)) : null
    if (parsed?.success && "results" in parsed.data) return resultsOf(parsed.data, offset)
    const error = parsed?.success && "error" in parsed.data ? parsed.data.error : null
    if (error?.code === "clock_skew") return "clock"
    if (error && PAUSING.has(error.code))
      return {
        kind: "refused",
        code: error.code as ErrorCode,
        message: error.message,
        ...(error.mapping === undefined ? {} : { mapping: error.mapping }),
        ...(error.beat === undefined ? {} : { beat: error.beat }),
      }
    if (status === 401 || status === 403) {
      return {
        kind: "refused",
        code: "unauthorized",
        message: `The other side answered ${String(status)}: the secret differs, or a proxy asks for a login. Give both sides the same secret.`,
      }
    }
    if (status === 413)
      return {
        kind: "refused",
        code: "too_large",
        message: "The other side, or a proxy before it, takes no body of this size.",
      }
    if (status === 200)
      return {
        kind: "refused",
        code: "unauthorized",
        message: "The answer is not signed by the other side. Check the address and give both sides the same secret.",
      }
    if (status === 404)
      return {
        kind: "unreachable",
        message: "HTTP 404: the other half of the sync is not installed there, or the address is wrong",
        retryAfter: null,
      }
    return {
      kind: "unreachable",
      message: `HTTP ${String(status)}`,
      retryAfter: retryAfter(response.header("retry-after")),
    }
  }

  return measured(ports.side, {
    async send(message) {
      const first = await once(message)
      const reply = first === "clock" ? await once({ ...message, id: ports.newId() }) : first
      return reply === "clock"
        ? {
            kind: "refused",
            code: "clock_skew",
            message: "The clocks of the two hosts differ and keep moving. Set both by NTP.",
          }
        : reply
    },
  })
}

const resultsOf = (
  { epoch, results, past, answer }: Extract<ReplyBody, { results: unknown }>,
  clockOffset: number,
): Reply => ({
  kind: "results",
  clockOffset,
  epoch,
  results,
  ...(past === undefined ? {} : { past }),
  ...(answer === undefined ? {} : { answer }),
})

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Seconds or a date, in milliseconds. */
function retryAfter(header: string | null): number | null {
  if (!header) return null
  const seconds = Number(header)
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000)
  const at = Date.parse(header)
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now())
}

/** The system's own code (ECONNREFUSED …): a message could hold an address with a password in it. */
function networkReason(error: unknown): string {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const { code } = at as Error & { code?: unknown }
    if (typeof code === "string") return code
    if (at.name === "TimeoutError" || at.name === "AbortError") return "no answer in time"
  }
  return "no connection"
}
