import type { EndpointAnswer } from "./endpoint.ts"
import { sign, type SignedHeaders } from "./sign.ts"

/**
 * Requests of those who do not show that they have the secret. One allowance for all, not one for each address: an
 * address can be made up (X-Forwarded-For), and behind a proxy everybody has the same. The peer needs none of it.
 */
export const STRANGERS = { burst: 60, perSecond: 5 }

/** An answer to the request with these headers; signed when the asker's key is known. */
export function signedAnswer(
  { id }: Pick<SignedHeaders, "id">,
  { status, body, key, now }: { status: number; body: object; key: Buffer | undefined; now: Date },
): EndpointAnswer {
  const text = JSON.stringify(body)
  const signed = key && id ? sign(key, id, now, text) : {}
  return {
    status,
    headers: { ...signed, "content-type": "application/json; charset=utf-8", "cache-control": "no-store" },
    body: text,
  }
}

/** @param wait - milliseconds until a stranger may ask again. */
export function tooMany(wait: number, now: Date): EndpointAnswer {
  const message = "Too many requests without a right signature. Wait as long as Retry-After says."
  const body = { v: 1, error: { code: "too_many_requests", message } }
  const { headers, ...answer } = signedAnswer({ id: "" }, { status: 429, body, key: undefined, now })
  return { ...answer, headers: { ...headers, "retry-after": String(Math.ceil(wait / 1000)) } }
}
