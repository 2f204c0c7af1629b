import { NULL_FINGERPRINT } from "../document/fingerprint.ts"
import { isAlive, type FieldState, type Link } from "../link/link.ts"
import { fieldOf, type EntityDefinition } from "../mapping/entity.ts"
import { holdsMany, placeOf } from "../mapping/places.ts"
import type { HostPorts, HostDatabase, HostSelf } from "../ports.ts"
import { SIZES } from "../sizes.ts"
import type { Answer, Ask } from "../wire/messages.ts"
import { asOfToday, isLeftOut, newPlacesOf, owing, placesApart, placesToAsk } from "../record/apart.ts"
import { ask } from "../send/ask-peer.ts"
import { groupBy, indexBy } from "../group-by.ts"
import { retell } from "../record/plan-push.ts"

/** Of those whose values came before the answer that announces them: a quick sender overtakes it. */
const TRIES = 5

/**
 * Asks the peer to tell what it has for places that are new here. Nothing of them is told before it has answered, so that
 * what it has is not overwritten unseen. An answer that does not come is asked for again by the next sweep.
 *
 * @param apart - records of one kind, and their places.
 * @returns of how many records the peer has said what there is.
 */
export async function askForPlaces(
  ports: HostPorts,
  entity: EntityDefinition,
  apart: { link: Link; places: string[] }[],
): Promise<number> {
  let told = 0
  for (const group of groupBy(apart, ({ places }) => JSON.stringify(places)).values()) {
    const places = group[0]?.places ?? []
    for (let at = 0; at < group.length; at += SIZES.question) {
      let links = group.slice(at, at + SIZES.question).map(({ link }) => link)
      for (let n = 0; n < TRIES && links.length > 0; n++) {
        const records = links.map(({ localId, peerId }) => ({ id: peerId ?? "", peer: localId }))
        const answer = await ask(ports, { kind: "tell", entity: entity.name, places, records })
        if (answer?.kind !== "tell") return told
        const revs = new Map(links.map(({ localId }, i) => [localId, answer.revs[i] ?? null]))
        const early = await noteRevs(ports, entity, places, links, revs)
        told += [...revs.values()].filter((rev) => rev !== null).length - early.length
        links = early
      }
    }
  }
  return told
}

/** The same for records that somebody names. */
export async function askAboutRecords(ports: HostPorts, kind: string, localIds: string[]): Promise<void> {
  const entity = ports.config.entities.get(kind)
  if (!entity || newPlacesOf(entity).size === 0) return
  const links = await ports.transaction((tx) => tx.links.find(kind, localIds))
  const apart = links.map((link) => ({ link, places: placesToAsk(entity, link) }))
  await askForPlaces(
    ports,
    entity,
    apart.filter(({ places }) => places.length > 0),
  )
}

/** @returns those whose values came before their answer, and were not taken for it. */
async function noteRevs(
  ports: HostDatabase,
  entity: EntityDefinition,
  places: string[],
  asked: Link[],
  revs: ReadonlyMap<string, number | null>,
): Promise<Link[]> {
  const pairs = new Map(asked.map(({ localId, peerId }) => [localId, peerId]))
  return ports.transaction(async (tx) => {
    const early: Link[] = []
    const save: Link[] = []
    const look: string[] = []
    for (const link of await tx.links.lock(entity.name, [...revs.keys()].sort())) {
      const rev = revs.get(link.localId) ?? null
      if (rev === null || pairs.get(link.localId) !== link.peerId) continue
      if (rev > 0 && rev <= link.seen) {
        early.push(link)
        continue
      }
      const open = places.filter((place) => placesApart(entity, link).includes(place))
      if (open.length === 0) continue
      // There is nothing to come: what stands here is all that there is.
      const isOver = rev === 0
      if (isOver) look.push(link.localId)
      const waiting = Object.fromEntries(
        open.map((place) => [
          place,
          { since: entity.places?.get(place)?.since ?? 0, until: rev, of: link.peerId ?? "" },
        ]),
      )
      save.push(isOver ? asOfToday(entity, link, open, 0) : { ...link, places: { ...link.places, ...waiting } })
    }
    await tx.links.save(entity.name, save)
    await tx.marks.add(entity.name, look)
    return early
  })
}

/**
 * Tells again what this host has for places that are new on the peer, what is empty too. To one that has another pair by now it
 * tells nothing: what that pair has here was not compared.
 */
export async function answerTell(
  ports: HostSelf & HostDatabase,
  { entity: kind, places, records }: Extract<Ask, { kind: "tell" }>,
): Promise<Answer> {
  const entity = ports.config.entities.get(kind)
  if (!entity) return { kind: "tell", revs: records.map(() => null) }
  const known = places.filter((place) => fieldOf(entity, place) !== undefined && !isLeftOut(entity, place))
  const askers = new Map(records.map(({ id, peer }) => [id, peer]))
  const revs = await ports.transaction(async (tx) => {
    const links = await tx.links.lock(kind, [...askers.keys()].sort())
    const told = links
      .filter((link) => link.peerId === askers.get(link.localId) && isAlive(link) && link.state !== "unlinked")
      .map((link) => ({ before: link, after: toldOf(entity, link, known) }))
    const changed = told.flatMap(({ before, after }) => (after === before ? [] : [after]))
    await tx.links.save(kind, changed)
    await tx.marks.add(
      kind,
      changed.map(({ localId }) => localId),
    )
    return indexBy(
      told.map(({ before, after }) => ({ localId: before.localId, rev: after === before ? 0 : after.rev })),
      ({ localId }) => localId,
    )
  })
  return { kind: "tell", revs: records.map(({ id }) => revs.get(id)?.rev ?? null) }
}

function toldOf(entity: EntityDefinition, link: Link, places: string[]): Link {
  // New on both sides: the asker compares, and this side's value is told like an edit.
  const apart = places.filter((place) => placesApart(entity, link).includes(place))
  const mine = apart.length > 0 ? asOfToday(entity, link, apart, 0) : link
  const names = new Set(places.filter((place) => !holdsMany(entity, place)))
  for (const [name, state] of Object.entries(mine.fields))
    if (places.includes(placeOf(entity, name)) && isSomething(state)) names.add(name)
  if (names.size === 0 && apart.length === 0) return link
  const again = retell(mine, [...names])
  const told = again === mine ? { ...mine, rev: mine.rev + 1 } : again
  return owing(told, places, told.rev)
}

/** There is one, or somebody has taken it away here. */
const isSomething = ({ fp, r, went }: FieldState): boolean => fp !== NULL_FINGERPRINT || r > 0 || went !== undefined
