import type { Side } from "../document/value.ts"
import { goesInClear } from "../wire/in-clear.ts"
import { problemOf } from "../operate/explain-problem.ts"
import type { Problem } from "../operate/problem.ts"

/**
 * What others can read on the way from this side to its peer; none when the way is closed, or there is none.
 *
 * @param address - of the peer.
 * @param isKeySent - does a key go along that opens more than the sync?
 */
export function plainHttp(side: Side, address: string, isKeySent: boolean): Problem[] {
  if (!goesInClear(address)) return []
  return [
    problemOf(side, "plain_http", { facts: { at: new URL(address).host }, ...(isKeySent ? { variant: "key" } : {}) }),
  ]
}
