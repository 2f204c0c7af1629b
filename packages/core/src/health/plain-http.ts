import { hostName, otherSide, type Side } from "../document/value.ts"
import { goesInClear } from "../wire/in-clear.ts"
import { ADDRESS } from "./find-problems.ts"
import type { Problem } from "./problem.ts"

/**
 * What others can read on the way from this side to its peer; none when the way is closed, or there is none.
 *
 * @param address - of the peer.
 * @param isKeySent - does a key go along that opens more than the sync?
 */
export function plainHttp(side: Side, address: string, isKeySent: boolean): Problem[] {
  if (!goesInClear(address)) return []
  const { host } = new URL(address)
  const what = isKeySent
    ? `The secret API key of ${hostName(otherSide(side))} goes to ${host} over plain http: whoever is on the way can read it, and do all that it allows`
    : `What is synced goes to ${host} over plain http: it is signed, so nobody can change it, but whoever is on the way can read it`
  const then = isKeySent ? ", and replace the key" : ""
  return [
    {
      code: "plain_http",
      since: null,
      message: `${what}. Give ${ADDRESS[side]} with https${then}. In a network that nobody else is on, nothing has to be done.`,
    },
  ]
}
