import { SyncError } from "../errors.ts"
import { groupBy } from "../flow/group-by.ts"
import { askBack } from "../inbox/send-now.ts"
import { otherSide } from "../document/value.ts"
import { isSilent } from "../guard/pause.ts"
import { isAlive, isTombstone, type Link } from "../link/link.ts"
import { fieldOf, mayReceive, type EntityDefinition } from "../mapping/entity.ts"
import type { HostPorts, HostTransaction } from "../ports.ts"
import { tellAgain } from "./plan-repair.ts"
import { changeAll, repairLinks, type RepairReport } from "./run-repair.ts"
import { findDrift, sweepOnce, type Drift, type SweepOptions } from "./sweep.ts"

type Among = Pick<SweepOptions, "newAmong">

/** What a sweep would mark. */
export interface DriftReport {
  /** Of all drifts; `drifts` may hold fewer. */
  count: number
  drifts: Drift[]
}

export type RepairRequest = {
  /** All fields are told again, so that what this side shows stays unless the peer has news of its own. */
  thisSideWins?: boolean | undefined
} & ({ all: true } | { records: { entity: string; id: string }[] })

/** A person waits for it, so it rests only as long as it works. */
const rest = async (tookMs: number): Promise<boolean> => {
  await new Promise((wake) => setTimeout(wake, tookMs))
  return true
}

/**
 * Compares all links with the peer's now.
 *
 * @throws SyncError that says why it cannot be done.
 */
export async function compareLinks(ports: HostPorts): Promise<RepairReport> {
  const control = await ports.readControl()
  const { paused, repair } = control
  if (paused && isSilent(control)) throw new SyncError(paused.code, paused.message)
  if (repair)
    throw new SyncError("restored", "All links are being compared after a restore. Ask again in a minute.", {
      retryable: true,
    })
  const report = await repairLinks(ports)
  if (report) return report
  throw new SyncError(
    "peer_unreachable",
    `${otherSide(ports.side)} did not answer the comparison. The status says why.`,
    { retryable: true },
  )
}

/** Walks all records like a sweep and marks none. @param limit - of `drifts`. */
export async function reportDrift(ports: HostPorts, among: Among, limit: number): Promise<DriftReport> {
  const report: DriftReport = { count: 0, drifts: [] }
  await findDrift(ports, { ...among, rest }, (found) => {
    report.count += found.length
    report.drifts.push(...found.slice(0, limit - report.drifts.length))
  })
  return report
}

/**
 * Marks what drifted, or the records that are named, with `thisSideWins` after giving each field a new rev; then `all` is
 * every record that both sides have, since what the peer shows cannot be seen from here. A name that neither a row nor a link
 * has is passed over.
 *
 * @returns how many records were marked.
 */
export async function repairRecords(ports: HostPorts, among: Among, request: RepairRequest): Promise<number> {
  const { thisSideWins = false } = request
  const again = (link: Link, entity: EntityDefinition): Link => (isTold(link) ? toldAgain(ports, entity, link) : link)
  if ("all" in request) return thisSideWins ? changeAll(ports, again, true) : sweepOnce(ports, { ...among, rest })
  let marked = 0
  for (const [name, records] of groupBy(request.records, ({ entity }) => entity)) {
    const entity = ports.config.entities.get(name)
    if (!entity) continue
    const asked = [...new Set(records.map(({ id }) => id))].sort()
    await ports.transaction({ own: true }, async (tx) => {
      await askBack(ports, tx, name, asked)
      const links = await (thisSideWins ? tx.links.lock(name, asked) : tx.links.find(name, asked))
      if (thisSideWins)
        await tx.links.save(
          name,
          links.filter(isTold).map((link) => again(link, entity)),
        )
      const ids = await knownOf(tx, name, asked, links)
      await tx.marks.add(name, ids)
      marked += ids.length
    })
  }
  return marked
}

/** A record that is gone has its link still, and a new one has none yet. */
async function knownOf(tx: HostTransaction, name: string, asked: string[], links: Link[]): Promise<string[]> {
  const linked = new Set(links.map(({ localId }) => localId))
  const others = asked.filter((id) => !linked.has(id))
  const present = others.length > 0 ? await tx.documents.present(name, others) : new Set<string>()
  return asked.filter((id) => linked.has(id) || present.has(id))
}

const isTold = (link: Link): boolean =>
  link.peerId !== null && isAlive(link) && link.state !== "unlinked" && !isTombstone(link.localId)

/** A field that the peer owns cannot win. */
function toldAgain({ side }: HostPorts, entity: EntityDefinition, link: Link): Link {
  const isOurs = (name: string): boolean => {
    const field = fieldOf(entity, name)
    return field !== undefined && mayReceive(field, otherSide(side))
  }
  return { ...tellAgain(link, link.acked, isOurs), state: "active", reason: null, attempts: 0 }
}
