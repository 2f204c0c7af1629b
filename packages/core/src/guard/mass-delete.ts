import { SyncError } from "../errors.ts"
import { hostName, otherSide } from "../document/value.ts"
import { isAlive, type Link } from "../link/link.ts"
import { isPlaceholder, type EntityDefinition } from "../mapping/entity.ts"
import { isInSight, sightOf } from "../record/sight.ts"
import type { CountedLine, HostClock, HostPorts, HostSelf, HostTransaction, JournalEntry, Sight } from "../ports.ts"

/** What a push would take away of one kind. */
export interface Loss {
  entity: EntityDefinition
  sights: Sight[]
  /** Ends that it tells, also those of an earlier push that the peer did not answer. */
  told: number
  /** Records that an edit has taken out of sight, and brought back into it, as was seen only now. */
  hidden: string[]
  shown: string[]
  /** Ends of what was made so that there is one; nobody loses anything by them. */
  placeholders: string[]
}

/** So many of a kind are nobody's slip, however small the catalogue is. */
const FEW = 5
/** A quarter of a small catalogue, or so many, or 5 % of a large one. */
const QUARTER = 0.25
const MANY = 50
const SHARE = 0.05
/** What was taken away this long ago still counts as one with that of now, in milliseconds. */
const TOGETHER = 10 * 60_000

const mostOf = (all: number): number => Math.floor(Math.max(FEW, SHARE * all, Math.min(MANY, QUARTER * all)))

export const noLoss = (entity: EntityDefinition, { side }: Pick<HostPorts, "side">): Loss => ({
  entity,
  sights: sightOf(entity, side),
  told: 0,
  hidden: [],
  shown: [],
  placeholders: [],
})

/** Notes what a record's new state takes away. */
export function noteLoss(loss: Loss, before: Link | null, after: Link, told: boolean): void {
  if (!before || before.peerId === null) return
  if (told && !isAlive(after)) {
    loss.told += 1
    if (after.snapshot && isPlaceholder(loss.entity, after.snapshot)) loss.placeholders.push(after.localId)
  }
  // Also one that ended in sight and comes back out of it.
  if (!isAlive(after)) return
  const [was, is] = [isInSight(before, loss.sights), isInSight(after, loss.sights)]
  if (was && !is) loss.hidden.push(after.localId)
  if (!was && is) loss.shown.push(after.localId)
}

/** What the history says of records that went out of sight or came back; the guard counts by it. */
export function linesOf(
  { entity, hidden, shown, placeholders, sights }: Loss,
  ports: Pick<HostPorts, "now" | "newId">,
): JournalEntry[] {
  const line = (event: string) => (localId: string) => ({
    at: ports.now().toISOString(),
    entity: entity.name,
    localId,
    direction: "out" as const,
    event,
    fields: sights.map(({ field }) => field),
    reason: null,
    syncId: ports.newId(),
  })
  return [...hidden.map(line("hidden")), ...shown.map(line("shown")), ...placeholders.map(line("placeholder"))]
}

/** What such a line says. */
export const COUNTED_EVENTS = ["hidden", "shown", "placeholder"]

/** @param lines - of one kind, the oldest first. @returns whose last one says that it went. */
function stillHidden(lines: Iterable<CountedLine>): string[] {
  const last = new Map<string, string>()
  for (const { localId, event } of lines) if (event !== "placeholder") last.set(localId, event)
  return [...last].flatMap(([localId, event]) => (event === "hidden" ? localId : []))
}

/** Of one kind, in the last ten minutes and now. */
interface Count {
  kind: string
  ended: number
  hidden: number
  all: number
  /** How many were in sight before any of that. */
  seen: number
  tooMany: boolean
}

/**
 * Call it when what the push has found is saved. Stops a push that would take too much away: an import that went wrong, an emptied table or a click too many must not empty
 * the other side too. Whatever takes records out of sight counts together: a delete, and an edit that unpublishes or
 * archives. Of a small catalogue a quarter is much, of a large one 5 %. Nothing is told, and nothing is lost: the marks stay.
 *
 * @throws SyncError `mass_delete`, with the numbers and what to do.
 */
export async function refuseMassDelete(
  ports: HostSelf & HostClock,
  tx: HostTransaction,
  losses: readonly Loss[],
): Promise<void> {
  const counts: Count[] = []
  for (const loss of losses) if (loss.told + loss.hidden.length > 0) counts.push(await countLoss(ports, tx, loss))
  if (!counts.some(({ tooMany }) => tooMany)) return
  const peer = hostName(otherSide(ports.side))
  const what = counts
    .filter(({ ended, hidden }) => ended + hidden > 0)
    .sort((a, b) => Number(b.tooMany) - Number(a.tooMany))
    .map(({ kind, ended, hidden, all, seen }) => {
      const each = [
        ended > 0 ? `${String(ended)} deleted` : "",
        hidden > 0 ? `${String(hidden)} hidden of the ${String(seen)} in sight` : "",
      ]
      return `${String(ended + hidden)} of ${String(all)} ${kind} records (${each.filter(Boolean).join(", ")})`
    })
  throw new SyncError(
    "mass_delete",
    `${what.join(" and ")} would go out of sight in ${peer} within ten minutes. If that is meant, resume with {"acceptDeletes": true}; if not, bring them back first.`,
  )
}

async function countLoss(ports: HostClock, tx: HostTransaction, loss: Loss): Promise<Count> {
  const { entity, sights, shown } = loss
  const since = new Date(ports.now().getTime() - TOGETHER)
  const lines = sights.length > 0 || entity.placeholder ? await tx.countedLines(entity.name, since) : []
  const hidden = new Set([...stillHidden(lines), ...loss.hidden])
  for (const id of shown) hidden.delete(id)
  const count = await tx.links.count(entity.name, since, sights)
  const nothing = await endedPlaceholders(tx, loss, lines)
  const { linked, inSight } = count
  const ended = count.ended - nothing.length
  const out = count.endedInSight - nothing.filter((link) => isInSight(link, sights)).length + hidden.size
  const all = linked + ended
  const tooMany = ended > mostOf(all) || out > mostOf(inSight + out)
  return { kind: entity.name, ended, hidden: hidden.size, all, seen: inSight + out, tooMany }
}

/** Those of the ends, of the last ten minutes and now, by which nobody loses anything. */
async function endedPlaceholders(
  tx: HostTransaction,
  { entity, placeholders }: Loss,
  lines: readonly CountedLine[],
): Promise<Link[]> {
  const before = lines.flatMap(({ localId, event }) => (event === "placeholder" ? localId : []))
  const ids = [...new Set([...before, ...placeholders])]
  const links = ids.length > 0 ? await tx.links.find(entity.name, ids) : []
  return links.filter(({ standing }) => standing === "gone")
}
