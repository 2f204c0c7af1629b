import { makeAllowance } from "../guard/rate-limit.ts"
import { makeRememberedIds } from "../guard/remembered-ids.ts"
import { heldOff, type EndpointAnswer } from "../wire/signed-answer.ts"
import { isHeadSigned, isInTime, TOLERANCE, type SignedHeaders } from "../wire/sign.ts"

/**
 * Requests of those who do not show that they have the secret. One allowance for all, not one for each address: an
 * address can be made up (X-Forwarded-For), and behind a proxy everybody has the same. The peer needs none of it.
 */
const STRANGERS = { burst: 60, perSecond: 5 }

/** Milliseconds for which a message may come once more: from the fastest clock to the slowest. */
export const VALID = 2 * TOLERANCE * 1000

/** @returns `null` for who may come in; the answer for who has to wait. */
export type Door = (headers: SignedHeaders, now: Date) => EndpointAnswer | null

/**
 * Holds off a flood by the headers alone. The peer is told by a head that is signed, of now, and was not shown before: what
 * somebody has read in a log lets nobody past the others. A peer whose clock is off counts among the strangers until it has
 * learnt the difference, which it does from any answer that is signed for it, also from the one that holds it off.
 *
 * @param keys - of the peer, and `answerKeys` for the answers to it, in the same order.
 */
export function makeDoor(keys: Buffer[], answerKeys: Buffer[]): Door {
  const strangers = makeAllowance(STRANGERS)
  const isNew = makeRememberedIds(VALID)

  return (headers, now) => {
    const signer = keys.findIndex((key) => isHeadSigned([key], headers))
    const isLate = signer !== -1 && !isInTime(headers, now)
    if (signer !== -1 && !isLate && isNew(headers.id, now.getTime())) return null
    const wait = strangers(now.getTime())
    return wait > 0 ? heldOff(headers, { wait, now, key: isLate ? answerKeys[signer] : undefined }) : null
  }
}
