import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto"
import type { Side } from "../document/value.ts"
import { SyncError } from "../errors.ts"

export { faultOfSecrets, SECRET_COMMAND } from "./check-secrets.ts"
export { goesInClear } from "./in-clear.ts"

/** The headers of the Standard Webhooks scheme. */
export const HEADERS = { id: "webhook-id", timestamp: "webhook-timestamp", signature: "webhook-signature" } as const

/** Seconds by which a message's time may differ from the receiver's clock. */
export const TOLERANCE = 300

/** `content`: Medusa's questions for content, and Directus's answers to them. */
export type Purpose = "message" | "answer" | "content"

/** One key per direction and purpose, so that nothing can be reflected: an answer is never a message, nor a message the peer's. */
export function directionKey(secret: string, from: Side, purpose: Purpose): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, "medusa-directus", `v1:${from}:${purpose}`, 32))
}

/** The same key as Standard Webhooks libraries take it: `whsec_` and base64. */
export const webhookSecret = (key: Buffer): string => `whsec_${key.toString("base64")}`

function mac(key: Buffer, id: string, timestamp: string, body: string | Buffer): Buffer {
  return createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest()
}

/**
 * A second signature, over the headers alone: a receiver that is flooded tells its peer's requests by it, whatever their
 * bodies' size. Libraries of the scheme pass over versions that they do not know.
 */
const HEAD = "mdh1"

/** Cut to what nobody guesses: it opens nothing by itself. */
const headMac = (key: Buffer, id: string, timestamp: string): Buffer => mac(key, id, timestamp, HEAD).subarray(0, 12)

/** The three headers for a body. `at` is the sender's time, corrected by the offset that the peer told. */
export function sign(key: Buffer, id: string, at: Date, body: string | Buffer): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000))
  return {
    [HEADERS.id]: id,
    [HEADERS.timestamp]: timestamp,
    [HEADERS.signature]: `v1,${mac(key, id, timestamp, body).toString("base64")} ${HEAD},${headMac(key, id, timestamp).toString("base64")}`,
  }
}

export interface SignedHeaders {
  id: string
  timestamp: string
  signature: string
}

/** Reads the three headers; a missing one is an empty string, which never verifies. */
export function readHeaders(get: (name: string) => unknown): SignedHeaders {
  const text = (name: string): string => {
    const value = get(name)
    return typeof value === "string" ? value : ""
  }
  return { id: text(HEADERS.id), timestamp: text(HEADERS.timestamp), signature: text(HEADERS.signature) }
}

/** Is one of the signatures of this version made by one of the keys? Constant time for each comparison. */
function hasSignature(
  version: string,
  keys: Buffer[],
  headers: SignedHeaders,
  right: (key: Buffer) => Buffer,
): boolean {
  if (!headers.id || !/^\d{1,12}$/.test(headers.timestamp)) return false
  const given = headers.signature
    .split(" ")
    .slice(0, 8)
    .flatMap((part) => (part.startsWith(`${version},`) ? [Buffer.from(part.slice(version.length + 1), "base64")] : []))
  if (given.length === 0) return false
  let good = false
  for (const key of keys) {
    const wanted = right(key)
    for (const signature of given)
      if (signature.length === wanted.length && timingSafeEqual(signature, wanted)) good = true
  }
  return good
}

/** Is the body signed by one of the keys? No clock is asked. */
export const isSigned = (keys: Buffer[], headers: SignedHeaders, body: string | Buffer): boolean =>
  hasSignature("v1", keys, headers, (key) => mac(key, headers.id, headers.timestamp, body))

/** Were the headers made by somebody who has one of the keys? Says nothing about the body; costs the same for any body. */
export const isHeadSigned = (keys: Buffer[], headers: SignedHeaders): boolean =>
  hasSignature(HEAD, keys, headers, (key) => headMac(key, headers.id, headers.timestamp))

export const isInTime = ({ timestamp }: SignedHeaders, now: Date): boolean =>
  Math.abs(now.getTime() / 1000 - Number(timestamp)) <= TOLERANCE

/** @throws SyncError `clock_skew`: the signature is right and its time is off. */
export function checkTime(headers: SignedHeaders, now: Date): void {
  if (!isInTime(headers, now))
    throw new SyncError("clock_skew", "The message's time is more than five minutes away from this host's clock.")
}
