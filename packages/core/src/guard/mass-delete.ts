import { SyncError } from "../errors.ts"
import { otherSide } from "../document/value.ts"
import type { HostPorts, HostTransaction } from "../ports.ts"

/** How many ends of one kind a push would tell. */
export interface Ending {
  /** All of them; those of an earlier push that the peer did not answer count as ended already. */
  told: number
  /** Those that were seen only now. */
  found: number
}

/** So many deletes of one kind are nobody's slip, however small the catalogue is. */
const FEW = 50
const SHARE = 0.05
/** Deletes that were told this long ago still count as one with those of now, in milliseconds. */
const TOGETHER = 10 * 60_000

/**
 * Stops a push that would tell the end of more than 50 records and 5 % of a kind: an import that went wrong or an emptied
 * table must not empty the other side too. Nothing is told, and nothing is lost: the marks stay.
 *
 * @throws SyncError `mass_delete`, with the numbers and what to do.
 */
export async function refuseMassDelete(
  ports: HostPorts,
  tx: HostTransaction,
  kind: string,
  ending: Ending,
): Promise<void> {
  if (ending.told === 0) return
  const since = new Date(ports.now().getTime() - TOGETHER)
  const { linked, ended } = await tx.links.count(kind, since)
  const [total, all] = [ended + ending.found, linked + ended]
  if (total <= Math.max(FEW, SHARE * all)) return
  throw new SyncError(
    "mass_delete",
    `${String(total)} of ${String(all)} ${kind} records would be deleted in ${otherSide(ports.side)}, more than 50 and 5 %. If that is meant, resume with {"acceptDeletes": true}; if not, bring them back first.`,
  )
}
