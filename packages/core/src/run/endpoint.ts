import { changeControl } from "../change-control.ts"
import { STATUS, SyncError, whereFrom } from "../errors.ts"
import { otherSide, type Side } from "../document/value.ts"
import { receive } from "./run-apply.ts"
import { CLOSED } from "../guard/breaker.ts"
import { needsPerson } from "../guard/pause.ts"
import { makeRememberedIds } from "../guard/remembered-ids.ts"
import { countReceived } from "../health/metrics.ts"
import type { ControlChange } from "../control.ts"
import type { HostPorts, Reply } from "../ports.ts"
import { makeDoor, VALID } from "./door.ts"
import { isLook, LIMITS, parseMessage, type ReplyBody } from "../wire/messages.ts"
import { checkTime, directionKey, isSigned, type SignedHeaders } from "../wire/sign.ts"
import { signedAnswer, type EndpointAnswer, type EndpointRequest } from "../wire/signed-answer.ts"

const MINUTE = 60_000

/**
 * The receiving end of both hosts: hold off a flood, verify, then parse, then apply, then sign the answer.
 *
 * @param secrets - first the one to sign with; the others are accepted while a secret is being rotated.
 * @param heard - called after each message that was taken: the peer answers again, and there may be something to tell it. Not
 *   after a question of somebody who only looks, which may come many times a second.
 */
export function makeEndpoint(
  ports: HostPorts,
  secrets: string[],
  heard: () => void,
): (request: EndpointRequest) => Promise<EndpointAnswer> {
  const peer: Side = otherSide(ports.side)
  const keys = secrets.map((secret) => directionKey(secret, peer, "message"))
  const answerKeys = secrets.map((secret) => directionKey(secret, ports.side, "answer"))
  const isNew = makeRememberedIds(VALID)
  const door = makeDoor(keys, answerKeys)

  const reply = (headers: SignedHeaders, status: number, body: ReplyBody, key: Buffer | undefined): EndpointAnswer =>
    signedAnswer(headers, { status, body, key, now: ports.now() })

  return async ({ headers, rawBody, trusted }) => {
    const now = ports.now()
    const held = trusted ? null : door(headers, now)
    if (held) return held
    let answerKey: Buffer | undefined
    try {
      if (Buffer.byteLength(rawBody) > LIMITS.bodyBytes)
        throw new SyncError("too_large", "The body is too large. Send fewer records at once.")
      const signer = keys.findIndex((key) => isSigned([key], headers, rawBody))
      // The answer is signed with the secret that the sender used, so that it can be checked in the middle of a rotation.
      answerKey = answerKeys[signer]
      if (signer !== -1) checkTime(headers, now)
      else if (!trusted || headers.signature)
        throw new SyncError("unauthorized", "The signature is not right. Give both sides the same secret.")
      const message = parseMessage(rawBody)
      if (!isNew(message.id, now.getTime())) throw new SyncError("replayed", "This message was received before.")
      const outcome = await receive(ports, message)
      if (outcome.kind === "results") {
        // A peer that speaks is a peer that answers, with our mapping and secret: do not wait for the next probe.
        await changeControl(ports, ({ breaker, paused, lastReceivedAt }): ControlChange => ({
          ...(!(paused && needsPerson(paused)) && (breaker.failures > 0 || paused)
            ? { breaker: CLOSED, paused: null }
            : {}),
          // Also one that lies ahead: the clock has been set back since.
          ...(Math.abs(now.getTime() - Date.parse(lastReceivedAt ?? "1970-01-01")) >= MINUTE
            ? { lastReceivedAt: now.toISOString() }
            : {}),
        }))
        countReceived(ports.side, outcome.results)
        if (!isLook(message)) heard()
      }
      if (outcome.kind === "results") return reply(headers, 200, bodyOf(outcome), answerKey)
      const code = outcome.kind === "refused" ? outcome.code : "internal"
      const { mapping, beat } = outcome.kind === "refused" ? outcome : {}
      const error = {
        code,
        message: outcome.message,
        ...(mapping === undefined ? {} : { mapping }),
        ...(beat === undefined ? {} : { beat }),
      }
      return reply(headers, STATUS[code] ?? 500, { v: 1, error }, answerKey)
    } catch (error) {
      const known = error instanceof SyncError ? error : null
      if (!known || known.scope !== "record") ports.log.error(`A message could not be handled: ${whereFrom(error)}`)
      const code = known?.code ?? "internal"
      const details = {
        code,
        message: known?.message ?? "The message could not be handled; the reason is in this host's log.",
      }
      return reply(headers, STATUS[code] ?? 500, { v: 1, error: details }, answerKey)
    }
  }
}

const bodyOf = ({ kind: _, ...results }: Extract<Reply, { kind: "results" }>): ReplyBody => ({ v: 1, ...results })
