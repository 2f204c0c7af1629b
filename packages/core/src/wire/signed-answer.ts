import { sign, type SignedHeaders } from "./sign.ts"

export interface EndpointRequest {
  headers: SignedHeaders
  /** The body exactly as it came over the wire. */
  rawBody: string | Buffer
  /** The host's own guard has let the request through (a Medusa secret API key): a signature is welcome, not required. */
  trusted: boolean
}

/** An HTTP answer that the host's route writes as it is. */
export interface EndpointAnswer {
  status: number
  headers: Record<string, string>
  body: string
}

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

/**
 * The answer to who has to wait.
 *
 * @param wait - milliseconds until a stranger may ask again.
 * @param key - of who has the secret and another clock: the time of this answer puts it right.
 */
export function heldOff(
  { id }: Pick<SignedHeaders, "id">,
  { wait, now, key }: { wait: number; now: Date; key: Buffer | undefined },
): EndpointAnswer {
  const error = key
    ? {
        code: "clock_skew",
        message: "Too many requests, and the message's time is not this host's. Ask again by the time of this answer.",
      }
    : {
        code: "too_many_requests",
        message: "Too many requests without a right signature. Wait as long as Retry-After says.",
      }
  const { headers, ...answer } = signedAnswer({ id }, { status: 429, body: { v: 1, error }, key, now })
  return { ...answer, headers: { ...headers, "retry-after": String(Math.ceil(wait / 1000)) } }
}
