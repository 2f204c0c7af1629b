import { hash } from "node:crypto"
import type { Side } from "../document/value.ts"
import { isTombstone, type Link } from "./link.ts"
import { SIZES } from "../sizes.ts"

const BYTES = 12
const SUM_BYTES = 8

/** What both hosts know of one pair. Values are not compared: each host rewrites them in its own way. */
export interface Bucket {
  /** 0 ≤ n < 1024 */
  bucket: number
  links: number
  /** The sum of the pairs' digests, as a decimal; see {@link linkDigest}. */
  sum: string
}

export type DigestedLink = Pick<Link, "entity" | "localId" | "peerId" | "rev" | "seen" | "acked">

/** Has the link something that the other side should have too? */
export const isCompared = ({ localId, peerId }: DigestedLink): boolean => peerId !== null && !isTombstone(localId)

/** The same on both hosts when each has taken in all that the other one has told it. */
export function linkDigest(side: Side, { entity, localId, peerId, seen, acked }: DigestedLink): [number, bigint] {
  const [medusa, directus] = side === "medusa" ? [localId, peerId ?? ""] : [peerId ?? "", localId]
  const [ofMedusa, ofDirectus] = side === "medusa" ? [acked, seen] : [seen, acked]
  const bucket = Number.parseInt(hash("md5", `${entity}\n${medusa}`).slice(0, 8), 16) % SIZES.buckets
  const text = `${entity}\n${medusa}\n${directus}\n${String(ofMedusa)}\n${String(ofDirectus)}`
  return [bucket, BigInt(`0x${hash("md5", text).slice(0, 12)}`)]
}

/**
 * {@link linkDigest} in PostgreSQL's words, for a table of links with the columns `entity`, `local_id`, `peer_id`, `seen`
 * and `acked`: a catalogue is summed up where it lies.
 *
 * @returns expressions: `bucket` (integer), `digest` (bigint), and the conditions `compared` and `isSeen` (no tombstone).
 */
// Stryker disable all: only a database can judge this text; e2e/tests/repair.test.ts does so on both hosts
export function digestSql(side: Side): { bucket: string; digest: string; compared: string; isSeen: string } {
  const [medusa, directus] = side === "medusa" ? ["local_id", "peer_id"] : ["peer_id", "local_id"]
  const [ofMedusa, ofDirectus] = side === "medusa" ? ["acked", "seen"] : ["seen", "acked"]
  const number = (text: string, digits: number): string =>
    `('x' || substr(md5(${text}), 1, ${String(digits)}))::bit(${String(4 * digits)})::bigint`
  const isSeen = "local_id not like 'tombstone:%'"
  const pair = ["entity", medusa, directus, ofMedusa, ofDirectus].join(" || e'\\n' || ")
  return {
    bucket: `(${number(`entity || e'\\n' || ${medusa}`, 8)} % ${String(SIZES.buckets)})::int`,
    digest: number(pair, 12),
    compared: `peer_id is not null and ${isSeen}`,
    isSeen,
  }
}
// Stryker restore all

/** For hosts whose database cannot do it. */
export function sumUp(side: Side, links: Iterable<DigestedLink>): Bucket[] {
  const buckets = new Map<number, { links: number; sum: bigint }>()
  for (const link of links) {
    if (!isCompared(link)) continue
    const [bucket, digest] = linkDigest(side, link)
    const before = buckets.get(bucket) ?? { links: 0, sum: 0n }
    buckets.set(bucket, { links: before.links + 1, sum: before.sum + digest })
  }
  return [...buckets].map(([bucket, { links, sum }]) => ({ bucket, links, sum: sum.toString() }))
}

/** Base64 of `SIZES.buckets` × (count, sum modulo 2^64). */
export function packBuckets(buckets: Bucket[]): string {
  const bytes = Buffer.alloc(SIZES.buckets * BYTES)
  for (const { bucket, links, sum } of buckets) {
    bytes.writeUInt32BE(links % 2 ** 32, bucket * BYTES)
    bytes.writeBigUInt64BE(BigInt.asUintN(64, BigInt(sum)), bucket * BYTES + BYTES - SUM_BYTES)
  }
  return bytes.toString("base64")
}

/** @returns the numbers of the buckets that differ, with how many links the larger one has. */
export function differingBuckets(mine: string, theirs: string): { bucket: number; links: number }[] {
  const [a, b] = [Buffer.from(mine, "base64"), Buffer.from(theirs, "base64")]
  const differing: { bucket: number; links: number }[] = []
  for (let bucket = 0; bucket < SIZES.buckets; bucket++) {
    const at = bucket * BYTES
    if (a.subarray(at, at + BYTES).equals(b.subarray(at, at + BYTES))) continue
    differing.push({ bucket, links: Math.max(a.readUInt32BE(at), b.length > at ? b.readUInt32BE(at) : 0) })
  }
  return differing
}
