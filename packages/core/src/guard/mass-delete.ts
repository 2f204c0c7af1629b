import { SyncError } from "../errors.ts"
import { otherSide } from "../document/value.ts"
import type { HostPorts, HostTransaction } from "../ports.ts"
import type { WireRecord } from "../wire/messages.ts"

/** So many deletes of one kind are nobody's slip, however small the catalogue is. */
const FEW = 50
const SHARE = 0.05
/** Deletes that were told this long ago still count as one with those of now, in milliseconds. */
const TOGETHER = 10 * 60_000

/**
 * Stops a push that would tell the end of more than 50 records and 5 % of a kind: an import that went wrong or an emptied
 * table must not empty the other side too. Nothing is told, and nothing is lost: the marks stay.
 *
 * @param records - what is about to be sent of this kind.
 * @throws SyncError `mass_delete`, with the numbers and what to do.
 */
export async function refuseMassDelete(
  ports: HostPorts,
  tx: HostTransaction,
  kind: string,
  records: WireRecord[],
): Promise<void> {
  const ending = records.filter(({ alive, peer }) => !alive && peer !== null).length
  if (ending === 0) return
  const since = new Date(ports.now().getTime() - TOGETHER)
  const { linked, ended } = await tx.links.count(kind, since)
  const total = ending + ended
  if (total <= Math.max(FEW, SHARE * (linked + total))) return
  throw new SyncError(
    "mass_delete",
    `${String(total)} of ${String(linked + total)} ${kind} records would be deleted in ${otherSide(ports.side)}, more than 50 and 5 %. If that is meant, resume with {"acceptDeletes": true}; if not, bring them back first.`,
  )
}
