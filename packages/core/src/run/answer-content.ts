import { STATUS, SyncError, whereFrom } from "../errors.ts"
import type { HostPorts } from "../ports.ts"
import { contentRequestSchema, type ContentItem, type ContentRequest } from "../wire/content.ts"
import { makeDoor } from "./door.ts"
import { signedAnswer, type EndpointAnswer, type EndpointRequest } from "../wire/signed-answer.ts"
import { LIMITS } from "../wire/messages.ts"
import { parseJson } from "../wire/parse-json.ts"
import { checkTime, directionKey, isSigned } from "../wire/sign.ts"

/**
 * The receiving end of questions for content: hold off a flood, verify, then parse, then read, then sign the answer. A
 * question that is repeated gets the same answer again: it changes nothing, and what it gets is published.
 *
 * @param secrets - all of them are accepted; the answer is signed with the one that the asker used.
 */
export function makeContentEndpoint(
  { now: clock, log }: Pick<HostPorts, "now" | "log">,
  secrets: string[],
  read: (request: ContentRequest) => Promise<Record<string, ContentItem>>,
): (request: Omit<EndpointRequest, "trusted">) => Promise<EndpointAnswer> {
  const keys = secrets.map((secret) => directionKey(secret, "medusa", "content"))
  const answerKeys = secrets.map((secret) => directionKey(secret, "directus", "content"))
  const door = makeDoor(keys, answerKeys)
  return async ({ headers, rawBody }) => {
    const now = clock()
    const held = door(headers, now)
    if (held) return held
    let key: Buffer | undefined
    try {
      if (Buffer.byteLength(rawBody) > LIMITS.bodyBytes)
        throw new SyncError("too_large", "The question is too large. Ask for fewer records at once.")
      const signer = keys.findIndex((one) => isSigned([one], headers, rawBody))
      if (signer === -1)
        throw new SyncError("unauthorized", "The signature is not right. Give both sides the same secret.")
      key = answerKeys[signer]
      checkTime(headers, now)
      const items = await read(parseQuestion(rawBody))
      return signedAnswer(headers, { status: 200, body: { v: 1, items }, key, now })
    } catch (error) {
      const known = error instanceof SyncError ? error : null
      if (!known) log.error(`Content could not be read: ${whereFrom(error)}`)
      const code = known?.code ?? "internal"
      const message = known?.message ?? "The content could not be read; the reason is in this host's log."
      return signedAnswer(headers, {
        status: STATUS[code] ?? 500,
        body: { v: 1, error: { code, message } },
        key,
        now,
      })
    }
  }
}

function parseQuestion(body: string | Buffer): ContentRequest {
  const parsed = contentRequestSchema.safeParse(parseJson(body.toString(), "The question"))
  if (parsed.success) return parsed.data
  const place = parsed.error.issues[0]?.path.map(String).join(".") || "its top"
  throw new SyncError(
    "invalid_message",
    `The question for content is not valid at ${place}. Use the same version of the plugin and of the extension.`,
  )
}
