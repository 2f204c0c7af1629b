import { isAlive, isAway, isOutlived, isUnanswered, type FieldState, type Link } from "../link/link.ts"
import { mayReceive, fieldOf, type EntityDefinition } from "../mapping/entity.ts"
import type { SyncConfig } from "../mapping/config.ts"
import { fingerprint } from "../document/fingerprint.ts"
import { otherSide, type Side } from "../document/value.ts"
import { scopeOf, SyncError, whereFrom } from "../errors.ts"
import { NO_ROW, type HostTransaction, type HostDatabase, type HostSelf, type HostVoice } from "../ports.ts"
import { capture } from "../record/capture.ts"
import { indexBy } from "../group-by.ts"
import { seeLost, type SeenRow } from "../record/lost.ts"
import { retell } from "../record/plan-push.ts"

const parentKind = (entity: EntityDefinition): string | undefined =>
  entity.parent === null ? undefined : entity.fields.get(entity.parent)?.to

/**
 * Of records whose row is gone: those whose parent is gone too. They went with it, so that they have no end of their own
 * to tell.
 */
export async function goneWithParent(
  tx: HostTransaction,
  entity: EntityDefinition,
  gone: Link[],
): Promise<ReadonlySet<string>> {
  const kind = parentKind(entity)
  const parts = gone.filter(({ parentId }) => parentId !== null)
  if (kind === undefined) return new Set()
  const there = await tx.documents.present(kind, [...new Set(parts.flatMap(({ parentId }) => parentId ?? []))].sort())
  return new Set(parts.filter(({ parentId }) => !there.has(parentId ?? "")).map(({ localId }) => localId))
}

/** Why parts rest, of records that do not travel: `kept` by this host when the peer deleted them, or `left_alone` by a person. */
export type Rest = "kept" | "left_alone"

/** Wholes with which parts rest, by their ids. */
export const restingAmong = (wholes: readonly Link[]): Map<string, Rest> =>
  new Map(
    wholes.flatMap((whole): [string, Rest][] => {
      if (whole.state === "unlinked") return [[whole.localId, "left_alone"]]
      return isOutlived(whole) ? [[whole.localId, "kept"]] : []
    }),
  )

/** The same of those that these are parts of. */
export async function restingWholes(
  tx: HostTransaction,
  entity: EntityDefinition,
  parts: readonly Link[],
): Promise<ReadonlyMap<string, Rest>> {
  const kind = parentKind(entity)
  const ids = [...new Set(parts.flatMap(({ parentId }) => parentId ?? []))]
  return kind === undefined || ids.length === 0 ? new Map() : restingAmong(await tx.links.find(kind, ids))
}

/** The parts of these records that are there, of each kind of parts. */
export async function livingParts(
  config: SyncConfig,
  tx: HostTransaction,
  kind: string,
  wholes: string[],
): Promise<{ kind: string; ids: string[] }[]> {
  const found: { kind: string; ids: string[] }[] = []
  for (const part of config.entities.values()) {
    if (part.name === kind || parentKind(part) !== kind) continue
    const links = (await tx.links.findByParent(part.name, wholes)).filter(isAlive)
    found.push({ kind: part.name, ids: links.map(({ localId }) => localId).sort() })
  }
  return found
}

/** Must this part wait, because its parent is not alive here or not yet known to the peer? */
export async function waitsForParent(tx: HostTransaction, entity: EntityDefinition, link: Link): Promise<boolean> {
  const kind = parentKind(entity)
  if (kind === undefined || link.parentId === null) return false
  const [parent] = await tx.links.find(kind, [link.parentId])
  if (parent === undefined) return false
  const untold = parent.peerId === null || parent.aliveRev > parent.acked
  return !isAlive(parent) || (link.heldBack && untold)
}

/** A record whose aliveness has just changed. */
export interface Turned {
  link: Link
  /** Somebody here brought it back, and the peer is told so. */
  told: boolean
}

/**
 * Parts go with their parent, and nobody is told: it is the parent's end. They come back with it, and when it was somebody
 * here who brought it back, the peer is told anew which of them are there, since it may have lost its own.
 */
export async function carryParts(
  config: SyncConfig,
  side: Side,
  tx: HostTransaction,
  kind: string,
  turned: Turned[],
): Promise<void> {
  if (turned.length === 0) return
  const parents = new Map(turned.map((parent) => [parent.link.localId, parent]))
  for (const entity of config.entities.values()) {
    if (parentKind(entity) !== kind) continue
    const ids = (await tx.links.findByParent(entity.name, [...parents.keys()])).map(({ localId }) => localId).sort()
    if (ids.length === 0) continue
    const read = await tx.documents.read(entity.name, ids)
    const links = await tx.links.lock(entity.name, ids)
    const rows = await seeLost(
      tx,
      entity,
      indexBy(links, ({ localId }) => localId),
      read,
    )
    const save: Link[] = []
    const marked: string[] = []
    for (const before of links) {
      const parent = parents.get(before.parentId ?? "")
      const row = rows.get(before.localId) ?? NO_ROW
      if (!isBack(parent)) {
        const went = row.present ? null : goWithParent(entity, before, row)
        if (went) save.push(went)
        if (went && isUnanswered(went)) marked.push(went.localId)
        continue
      }
      // The peer may have made it anew out of an announcement of before.
      const told = parent.told || (!row.present && before.standing === "gone" && isUnanswered(before))
      const after = told || row.present ? captureQuietly(entity, before, row) : before
      // One that is still to be made tells its values then: until it is there, its author's newer ones come first.
      const known = !told ? after : row.present ? tellAnew(entity, side, after) : tellAliveness(after)
      if (known !== before) save.push(known)
      // One that was alive and has no row any more was deleted while it rested.
      if (told || row.present || before.standing !== "gone") marked.push(before.localId)
    }
    await tx.links.save(entity.name, save)
    await tx.marks.add(entity.name, marked)
  }
}

/** A part that is there, of a record that somebody here brought back. */
export const broughtBack = (entity: EntityDefinition, side: Side, link: Link, row: SeenRow): Link =>
  tellAnew(entity, side, captureQuietly(entity, link, row))

const isBack = (parent: Turned | undefined): parent is Turned => parent !== undefined && isAlive(parent.link)

/** A part that the host has brought back with its parent is alive again, which is nothing of its own to tell. */
function captureQuietly(entity: EntityDefinition, link: Link, row: SeenRow): Link {
  if (!row.present || link.standing !== "along") return capture(entity, link, link.localId, row)?.link ?? link
  const back: Link = { ...link, standing: "alive", snapshot: null }
  return capture(entity, back, link.localId, row)?.link ?? back
}

/**
 * Makes parts anew whose parent is back and whose rows this host had removed for good. Each by itself: one that the host
 * refuses stops neither its parent nor the others (I8).
 */
export async function remakeParts(
  ports: HostSelf & HostDatabase & HostVoice,
  entity: EntityDefinition,
  localIds: string[],
): Promise<void> {
  try {
    await ports.transaction((tx) => remake(ports.side, tx, entity, localIds))
  } catch (error) {
    if (scopeOf(error) !== "record") throw error
    const [only, another] = localIds
    if (only === undefined) return
    if (another !== undefined) {
      for (const localId of localIds) await remakeParts(ports, entity, [localId])
      return
    }
    const known = error instanceof SyncError ? error : null
    if (known?.retryable) return
    if (!known) ports.log.error(`Making ${entity.name} ${only} anew failed: ${whereFrom(error)}`)
    const reason = known ? `${known.code}: ${known.message}` : "internal: The record could not be made anew."
    // Whoever waits for a value is tried again when it becomes free.
    const heldBack = known?.code === "not_unique"
    await ports.transaction(async (tx) => {
      const links = await tx.links.lock(entity.name, [only])
      await tx.links.save(
        entity.name,
        links.map((link): Link => ({ ...link, state: "quarantined", heldBack, reason })),
      )
    })
  }
}

async function remake(side: Side, tx: HostTransaction, entity: EntityDefinition, localIds: string[]): Promise<void> {
  await tx.documents.lock(entity.name, [...localIds].sort())
  const along = (await tx.links.lock(entity.name, localIds)).filter(({ standing }) => standing === "along")
  const resting = await goneWithParent(tx, entity, along)
  const links = along.filter(({ localId }) => !resting.has(localId))
  const [kept, lost] = [links.filter(({ snapshot }) => snapshot), links.filter(({ snapshot }) => !snapshot)]
  const ids = await tx.documents.write(
    entity.name,
    kept.map(({ localId, peerId, parentId, snapshot }) => ({
      kind: "create",
      localId,
      peerId: peerId ?? "",
      // Its parent may have been made again, as another record.
      fields: { ...snapshot, ...(entity.parent !== null && parentId !== null ? { [entity.parent]: parentId } : {}) },
    })),
  )
  const rows = await tx.documents.read(entity.name, ids)
  const remade = kept.map((link): Link => {
    const document = rows.get(link.localId)?.fields ?? {}
    const names = new Set([...Object.keys(document), ...Object.keys(link.fields)])
    const fields = [...names].map((name): [string, FieldState] => [
      name,
      { r: 0, ...link.fields[name], fp: fingerprint(document[name] ?? null) },
    ])
    const back: Link = { ...link, standing: "alive", snapshot: null, fields: Object.fromEntries(fields) }
    return back.aliveRev > back.acked ? tellAnew(entity, side, back) : back
  })
  // Nobody knows what it was: it has an end of its own.
  const ended = lost.map((link): Link => ({ ...link, standing: "gone", rev: link.rev + 1, aliveRev: link.rev + 1 }))
  await tx.links.save(entity.name, [...remade, ...ended])
}

/**
 * Parts that get their peer while it has not heard that their parent is back: it may have lost them with that one, so it
 * is told of both.
 */
export async function tellWithParent(tx: HostTransaction, entity: EntityDefinition, links: Link[]): Promise<Link[]> {
  const kind = parentKind(entity)
  const ids = new Set(links.flatMap(({ parentId }) => parentId ?? []))
  if (kind === undefined || ids.size === 0) return links
  const untold = new Set(
    (await tx.links.find(kind, [...ids]))
      .filter((parent) => isAlive(parent) && parent.aliveRev > parent.acked)
      .map(({ localId }) => localId),
  )
  return links.map((link) =>
    isAlive(link) && untold.has(link.parentId ?? "") && link.aliveRev <= link.acked
      ? { ...link, rev: link.rev + 1, aliveRev: link.rev + 1 }
      : link,
  )
}

/** What somebody changed in it before it went is kept; also when it was brought back unseen, and went again. */
function goWithParent(entity: EntityDefinition, link: Link, row: SeenRow): Link | null {
  const captured = capture(entity, { ...link, standing: "alive" }, link.localId, row)
  if (!captured || (isAway(link) && captured.changed.length === 0)) return null
  // The peer may be making it out of its announcement: it has to hear of the end.
  if (isUnanswered(link)) return { ...captured.link, aliveRev: isAway(link) ? link.aliveRev : captured.link.aliveRev }
  return { ...captured.link, standing: link.standing === "gone" ? "gone" : "along", aliveRev: link.aliveRev }
}

/** Everything that the peer may take, and whether the record is there. */
function tellAnew(entity: EntityDefinition, side: Side, link: Link): Link {
  const names = Object.keys(link.fields).filter((name) => {
    const field = fieldOf(entity, name)
    return field !== undefined && mayReceive(field, otherSide(side))
  })
  return { ...tellAliveness(link), fields: retell(link, names).fields }
}

const tellAliveness = (link: Link): Link => ({ ...link, rev: link.rev + 1, aliveRev: link.rev + 1 })

/** These records can be referred to from now on, or never: whoever waits for one of them looks again, and nobody else. */
export async function wakeHeldBack(
  config: SyncConfig,
  tx: HostTransaction,
  kind: string,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return
  for (const entity of config.entities.values()) {
    if (![...entity.fields.values()].some(({ to }) => to === kind)) continue
    const waiting = await tx.links.findHeldBack(entity.name, [...ids])
    await tx.marks.wake(entity.name, waiting)
  }
}
