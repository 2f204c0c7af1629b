import { countApart } from "../record/apart.ts"
import { parentIn } from "../record/capture.ts"
import { restingAmong } from "../family/parts.ts"
import { COUNTED_EVENTS } from "../guard/mass-delete.ts"
import { isInSight } from "../record/sight.ts"
import { isAlive, isAnnouncedAs, isTombstone, referringTo, type Link } from "../link/link.ts"
import type { HostRow, HostTransaction } from "../ports.ts"
import { isCompared, linkDigest, sumUp } from "../link/digest.ts"
import type { InboxRow, MemoryStore } from "./memory-store.ts"
import { found } from "./memory-table.ts"

const DONE = Promise.resolve()

const pageOf = (ids: string[], after: string | null, limit: number): string[] =>
  ids
    .sort()
    .filter((id) => after === null || id > after)
    .slice(0, limit)

/** What the engine may do in a transaction of a {@link MemoryStore}. */
export function makeTransaction(store: MemoryStore): HostTransaction {
  const { options } = store
  function changeConflicts(ids: string[], change: Partial<InboxRow>): Promise<void> {
    for (const conflict of found(store.conflicts, ids))
      store.put(store.conflicts, conflict.id, { ...conflict, ...change })
    return DONE
  }
  const openConflicts = (): InboxRow[] => [...store.conflicts.values()].filter(({ resolvedAt }) => resolvedAt === null)

  const tx: HostTransaction = {
    links: {
      find: (entity, ids) => Promise.resolve(store.linksOf(entity, ids)),
      findByPeer: (entity, peerIds) => {
        const { byPeer } = store.table(entity)
        return Promise.resolve(store.linksOf(entity, found(byPeer, peerIds)))
      },
      findByAnnounced: (entity, keys) =>
        Promise.resolve(
          [...store.table(entity).links.values()].filter(
            (link) => link.peerId === null && keys.some((key) => isAnnouncedAs(link, key)),
          ),
        ),
      count: (entity, since, sights) => {
        const links = [...store.table(entity).links.values()].filter(({ peerId }) => peerId !== null)
        const ended = links.filter(
          (link) =>
            link.standing === "gone" &&
            link.aliveRev > 0 &&
            (link.aliveRev > link.acked ||
              (link.syncSource === options.side && (link.lastSyncedAt ?? "") > since.toISOString())),
        )
        const linked = links.filter(isAlive)
        const seen = (some: Link[]): number => some.filter((link) => isInSight(link, sights)).length
        return Promise.resolve({
          linked: linked.length,
          inSight: seen(linked),
          ended: ended.length,
          endedInSight: seen(ended),
        })
      },
      findHeldBack: (entity, ids) => {
        const isMeant = ids === undefined ? () => true : referringTo(ids)
        return Promise.resolve(
          [...store.table(entity).links.values()]
            .filter((link) => link.heldBack && isMeant(link))
            .map(({ localId }) => localId),
        )
      },
      findReferring: (entity, ids) =>
        Promise.resolve([...store.table(entity).links.values()].filter(referringTo(ids)).map(({ localId }) => localId)),
      findByParent: (entity, parentIds) =>
        Promise.resolve(
          [...store.table(entity).links.values()].filter(
            ({ parentId }) => parentId !== null && parentIds.includes(parentId),
          ),
        ),
      lock: (entity, ids) => {
        const links = store.linksOf(entity, ids)
        store.order.links(entity, links)
        return Promise.resolve(links)
      },
      save: (entity, links) => {
        store.order.links(entity, links)
        for (const link of links) store.saveLink(entity, link)
        return DONE
      },
      remove: (entity, ids) => {
        store.order.links(entity, ids)
        for (const id of ids) store.removeLink(entity, id)
        return DONE
      },
      countApart: (entity, since, whole) => {
        const resting = restingAmong(whole === null ? [] : [...store.table(whole).links.values()])
        const links = [...store.table(entity).links.values()].filter(({ parentId }) => !resting.has(parentId ?? ""))
        return Promise.resolve(countApart(since, links))
      },
      stopped: (entity, ids) => {
        const all = store.stoppedLinks().filter((link) => link.entity === entity && ids.includes(link.localId))
        return Promise.resolve(new Set(all.map(({ localId }) => localId)))
      },
      countQuarantined: (entities) =>
        Promise.resolve(store.stoppedLinks().filter(({ entity }) => entities.includes(entity)).length),
      quarantined: (entities, limit, offset) => {
        const name = ({ entity, localId }: Link): string => `${entity}\n${localId}`
        const links = store.stoppedLinks().filter(({ entity }) => entities.includes(entity))
        return Promise.resolve(links.sort((a, b) => (name(a) < name(b) ? -1 : 1)).slice(offset, offset + limit))
      },
      removeTombstones: () => {
        for (const link of store.allLinks()) if (isTombstone(link.localId)) store.removeLink(link.entity, link.localId)
        return DONE
      },
      digest: () => Promise.resolve(sumUp(options.side, store.allLinks())),
      inBuckets: (buckets, limit) =>
        Promise.resolve(
          store
            .allLinks()
            .filter((link) => isCompared(link) && buckets.includes(linkDigest(options.side, link)[0]))
            .slice(0, limit),
        ),
      page: (entity, after, limit) => Promise.resolve(pageOf([...store.table(entity).links.keys()], after, limit)),
    },
    documents: {
      count: (entity) => Promise.resolve(store.table(entity).rows.size),
      page: (entity, after, limit) => {
        const definition = options.config.entities.get(entity)
        const places = [...store.table(entity).rows].map(([id, row]): string =>
          JSON.stringify([(definition && parentIn(definition, row)) ?? null, id]),
        )
        const page = pageOf(places, after, limit)
        const next = page.length < limit ? null : (page.at(-1) ?? null)
        return Promise.resolve({ ids: page.map((place) => (JSON.parse(place) as [unknown, string])[1]), next })
      },
      lock: async (entity, ids) => {
        for (const id of ids) store.order.row(entity, id)
        const there = ids.filter((id) => store.table(entity).rows.has(id))
        await options.waitFor?.(entity, there)
        for (const id of there) store.lock(id)
        options.at?.("locked")
      },
      read: (entity, ids) => {
        const rows = new Map<string, HostRow>()
        for (const id of ids) rows.set(id, store.row(entity, id))
        options.at?.("read")
        return Promise.resolve(rows)
      },
      present: (entity, ids) => {
        if (ids.length === 0) return Promise.resolve(new Set())
        const there = ids.filter((id) => store.row(entity, id).present)
        options.at?.("read")
        return Promise.resolve(new Set(there))
      },
      findByKeys: (entity, keys) => Promise.resolve(keys.map((key) => store.findByKey(entity, key))),
      write: (entity, writes) => {
        if (writes.length === 0) return Promise.resolve([])
        for (const { localId } of writes) if (localId !== null) store.order.row(entity, localId)
        options.at?.("before-write")
        store.giveUp(entity, writes)
        const ids = writes.map((write) => store.write(entity, write))
        for (const id of ids) store.order.made(entity, id)
        options.at?.("written")
        return Promise.resolve(ids)
      },
      taken: (entity, writes) => Promise.resolve(writes.map((write) => store.takenBy(entity, write))),
      refusals: (entity, documents) => Promise.resolve(store.refusals(entity, documents)),
      showPeer: (entity, pairs) => {
        for (const { localId } of pairs) store.order.row(entity, localId)
        return DONE
      },
    },
    marks: {
      add: (entity, ids, isOwn = false) => {
        const { marks } = store.table(entity)
        for (const id of ids) store.put(marks, id, store.raised(marks.get(id), { automatic: isOwn }))
        return DONE
      },
      wake: (entity, ids) => {
        const { marks } = store.table(entity)
        for (const id of ids) {
          const mark = marks.get(id)
          store.put(marks, id, { ...store.raised(mark), ...(mark?.later ? { later: true } : {}) })
        }
        return DONE
      },
      addLater: (entity, ids, asked = false) => {
        if (ids.length === 0) return DONE
        const { marks } = store.table(entity)
        for (const id of ids) {
          const mark = marks.get(id)
          if (!mark || mark.due === Infinity) store.put(marks, id, { ...store.raised(mark, { asked }), later: true })
          else if (asked && !mark.asked) store.put(marks, id, { ...mark, ...store.raised(mark, { asked }) })
        }
        return DONE
      },
      countLater: () => {
        const marks = [...store.tables.values()].flatMap((table) => [...table.marks.values()])
        return Promise.resolve(marks.filter(({ later, asked, due }) => (later || asked) && due !== Infinity).length)
      },
      clear: (marks) => {
        for (const { entity, localId, n } of marks) {
          const table = store.table(entity).marks
          const mark = table.get(localId)
          if (mark) store.put(table, localId, mark.n === n ? undefined : { ...mark, leasedUntil: 0 })
        }
        return DONE
      },
      putBack: async (marks, at) => {
        await tx.marks.postpone(marks, at)
        for (const { entity, localId, automatic } of marks) {
          const table = store.table(entity).marks
          const mark = table.get(localId)
          if (mark && automatic !== undefined)
            store.put(table, localId, { ...mark, ...(automatic ? { automation: true } : { person: true }) })
        }
      },
      changedByPeople: (entity, ids) => {
        const { marks } = store.table(entity)
        return Promise.resolve(new Set(ids.filter((id) => marks.get(id)?.person)))
      },
      marked: (entity, ids) => {
        const { marks } = store.table(entity)
        return Promise.resolve(new Set(ids.filter((id) => marks.has(id))))
      },
      postpone: (marks, at) => {
        for (const { entity, localId, n } of marks) {
          const table = store.table(entity).marks
          const mark = table.get(localId)
          if (mark)
            store.put(table, localId, {
              ...mark,
              leasedUntil: 0,
              due: mark.n === n ? (at?.getTime() ?? Infinity) : options.clock(),
            })
        }
        return DONE
      },
    },
    conflicts: {
      add: (conflicts) => {
        for (const conflict of conflicts)
          if (!store.conflicts.has(conflict.id))
            store.put(store.conflicts, conflict.id, { ...conflict, resolvedAt: null, told: false })
        return DONE
      },
      lock: (ids) => Promise.resolve(found(store.conflicts, ids)),
      resolve: (ids, at) => changeConflicts(ids, { resolvedAt: at }),
      untold: (limit) =>
        Promise.resolve(
          [...store.conflicts.values()]
            .filter(({ resolvedAt, told }) => resolvedAt !== null && !told)
            .slice(0, limit)
            .map(({ id }) => id),
        ),
      told: (ids) => changeConflicts(ids, { told: true }),
      openOf: (entity, ids) =>
        Promise.resolve(openConflicts().filter((one) => one.entity === entity && ids.includes(one.localId))),
      newest: (limit) =>
        Promise.resolve(
          openConflicts()
            .sort((a, b) => (a.at < b.at ? 1 : -1))
            .slice(0, limit),
        ),
    },
    addJournal: (entries) => {
      if (entries.length === 0) return DONE
      const { journal, countedLines } = store
      store.onUndo(() => {
        store.journal = journal
        store.countedLines = countedLines
      })
      store.journal = [...entries]
      store.countedLines = [...countedLines, ...entries.filter(({ event }) => COUNTED_EVENTS.includes(event))]
      return DONE
    },
    countedLines: (entity, since) =>
      Promise.resolve(
        store.countedLines.filter((line) => line.entity === entity && Date.parse(line.at) > since.getTime()),
      ),
  }
  return tx
}
