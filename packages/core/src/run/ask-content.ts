import type { HostPorts } from "../ports.ts"
import { contentReplySchema, type ContentItem, type ContentRequest } from "../wire/content.ts"
import { makeExchange, type Exchanged, type Post } from "../wire/exchange.ts"
import { directionKey } from "../wire/sign.ts"
import { saysTooLarge } from "../wire/too-large.ts"

export type ContentAnswer =
  | { kind: "items"; items: Record<string, ContentItem> }
  /** Directus does not take the asker for its peer: asking again helps nobody before a person has done something. */
  | { kind: "refused"; message: string }
  /** This question gets no answer; another one may. `tooLarge`: one for fewer records. */
  | { kind: "rejected"; message: string; tooLarge?: boolean }
  | { kind: "unreachable"; message: string }

/**
 * Medusa's questions to Directus for the content of records.
 *
 * @param secrets - the first one signs; answers to it are checked with it.
 */
export function makeContentClient(
  ports: Pick<HostPorts, "now" | "newId">,
  secrets: string[],
  post: Post,
): (request: ContentRequest) => Promise<ContentAnswer> {
  const secret = secrets[0] ?? ""
  const exchange = makeExchange(
    ports,
    { key: directionKey(secret, "medusa", "content"), answerKey: directionKey(secret, "directus", "content") },
    post,
  )
  return async (request) => {
    const body = JSON.stringify(request)
    const ask = async () => read(await exchange(ports.newId(), body))
    const first = await ask()
    // The answer has told the peer's clock, which the next signature goes by.
    const answer = first === "clock" ? await ask() : first
    return answer === "clock"
      ? { kind: "refused", message: "The clocks of the two hosts differ and keep moving. Set both by NTP." }
      : answer
  }
}

function read(exchanged: Exchanged): ContentAnswer | "clock" {
  if (exchanged.kind === "unreachable")
    return exchanged.code === "too_large"
      ? { kind: "rejected", message: exchanged.message, tooLarge: true }
      : { kind: "unreachable", message: exchanged.message }
  const { status } = exchanged.response
  const parsed = contentReplySchema.safeParse(exchanged.value)
  if (parsed.success && "items" in parsed.data) return { kind: "items", items: parsed.data.items }
  const error = parsed.success && "error" in parsed.data ? parsed.data.error : null
  if (error?.code === "clock_skew") return "clock"
  if (error && status < 500)
    return { kind: "rejected", message: error.message, ...(error.code === "too_large" ? { tooLarge: true } : {}) }
  if (status === 401 || status === 403)
    return {
      kind: "refused",
      message: `Directus answered ${String(status)}: the secret differs, or a proxy asks for a login. Give both sides the same secret.`,
    }
  if (status === 200)
    return {
      kind: "refused",
      message: "The answer is not signed by Directus. Check the address and give both sides the same secret.",
    }
  if (saysTooLarge(exchanged.response))
    return {
      kind: "rejected",
      message: "Directus, or a proxy before it, takes no question of this size.",
      tooLarge: true,
    }
  if (status === 404)
    return {
      kind: "unreachable",
      message: "HTTP 404: its extension is missing or older than this plugin, or the address is wrong",
    }
  return { kind: "unreachable", message: `HTTP ${String(status)}` }
}
