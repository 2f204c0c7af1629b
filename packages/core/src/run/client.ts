import { otherSide } from "../document/value.ts"
import type { ErrorCode } from "../errors.ts"
import { measured } from "../health/metrics.ts"
import type { HostPorts, Reply, Transport } from "../ports.ts"
import { replySchema, type Message, type ReplyBody } from "../wire/messages.ts"
import { makeExchange, type Post } from "../wire/exchange.ts"
import { directionKey } from "../wire/sign.ts"
import { isTooLong, saysTooLarge, TOO_LONG, whoseLimit } from "../wire/too-large.ts"

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
  const keys = {
    key: directionKey(secret, ports.side, "message"),
    answerKey: directionKey(secret, otherSide(ports.side), "answer"),
  }
  const exchange = makeExchange(ports, keys, post)

  async function once(message: Message): Promise<Reply | "clock"> {
    const text = JSON.stringify(message)
    // Whoever receives it would say so after all of it has been sent, and a host before its route in words of its own.
    if (isTooLong(text)) return { kind: "refused", code: "too_large", message: TOO_LONG }
    const exchanged = await exchange(message.id, text)
    if (exchanged.kind === "unreachable") return { kind: "unreachable", message: exchanged.message, retryAfter: null }
    const { response, value, offset } = exchanged
    const { status } = response
    const parsed = value === undefined ? null : replySchema.safeParse(value)
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
    if (saysTooLarge(response))
      return { kind: "refused", code: "too_large", message: whoseLimit[otherSide(ports.side)] }
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

/** Seconds or a date, in milliseconds. */
function retryAfter(header: string | null): number | null {
  if (!header) return null
  const seconds = Number(header)
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000)
  const at = Date.parse(header)
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now())
}
