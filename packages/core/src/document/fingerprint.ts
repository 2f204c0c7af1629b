import { hash } from "node:crypto"
import { canonicalJson, type CanonicalValue } from "./value.ts"

const REMEMBER = 1_000
const SHORT = 64
const remembered = new Map<CanonicalValue, string>()

const hashed = (value: CanonicalValue): string =>
  hash("sha256", canonicalJson(value), "buffer").subarray(0, 16).toString("base64url")

/**
 * `base64url(SHA-256(canonical JSON)[0..16])`, 22 characters. Compare only fingerprints of the same host: a host that
 * rewrites values (slugs, sanitised HTML, rounding) then never makes the two sides disagree for ever (I3).
 */
export function fingerprint(value: CanonicalValue): string {
  if (typeof value === "object" && value !== null) return hashed(value)
  const known = remembered.get(value)
  if (known !== undefined) return known
  const fp = hashed(value)
  if (typeof value !== "string" || value.length <= SHORT) {
    if (remembered.size >= REMEMBER) remembered.clear()
    remembered.set(value, fp)
  }
  return fp
}

/** The fingerprint of "no value", which an absent field has. */
export const NULL_FINGERPRINT = fingerprint(null)
