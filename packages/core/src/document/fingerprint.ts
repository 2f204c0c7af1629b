import { hash } from "node:crypto"
import { canonicalJson, type CanonicalValue } from "./value.ts"

const REMEMBER = 20_000
const SHORT = 64
const remembered = new Map<string, string>()

/**
 * `base64url(SHA-256(canonical JSON)[0..16])`, 22 characters. Compare only fingerprints of the same host: a host that
 * rewrites values (slugs, sanitised HTML, rounding) then never makes the two sides disagree for ever (I3).
 */
export function fingerprint(value: CanonicalValue): string {
  const text = canonicalJson(value)
  const known = remembered.get(text)
  if (known !== undefined) return known
  const fp = hash("sha256", text, "buffer").subarray(0, 16).toString("base64url")
  if (text.length <= SHORT) {
    if (remembered.size >= REMEMBER) remembered.clear()
    remembered.set(text, fp)
  }
  return fp
}

/** The fingerprint of "no value", which an absent field has. */
export const NULL_FINGERPRINT = fingerprint(null)
