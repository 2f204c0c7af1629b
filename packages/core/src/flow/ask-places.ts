import { NULL_FINGERPRINT } from "../document/fingerprint.ts"
import { isAlive, type FieldState, type Link } from "../link/link.ts"
import { fieldOf, type EntityDefinition } from "../mapping/entity.ts"
import { holdsMany, placeOf } from "../mapping/places.ts"
import type { HostPorts } from "../ports.ts"
import { SIZES } from "../sizes.ts"
import type { Answer, Ask } from "../wire/messages.ts"
import { asOfToday, isLeftOut, owing, placesApart } from "./apart.ts"
import { ask } from "./ask-peer.ts"
import { groupBy, indexBy } from "./group-by.ts"
import { retell } from "./plan-push.ts"

/**
 * Asks the peer to tell what it has for places that are new here. Nothing of them is told before it has answered, so that
 * what it has is not overwritten unseen. An answer that does not come is asked for again by the next sweep.
 *
 * @param apart - records of one kind, and their places.
 * @returns how many records the peer tells of.
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
      const links = group.slice(at, at + SIZES.question).map(({ link }) => link)
      const ids = links.map(({ peerId }) => peerId ?? "")
      const answer = await ask(ports, { kind: "tell", entity: entity.name, places, ids })
      if (answer?.kind !== "tell") return told
      const revs = new Map(links.map(({ localId }, i) => [localId, answer.revs[i] ?? null]))
      told += [...revs.values()].filter((rev) => rev !== null && rev > 0).length
      await noteRevs(ports, entity, places, links, revs)
    }
  }
  return told
}

async function noteRevs(
  ports: HostPorts,
  entity: EntityDefinition,
  places: string[],
  asked: Link[],
  revs: ReadonlyMap<string, number | null>,
): Promise<void> {
  const pairs = new Map(asked.map(({ localId, peerId }) => [localId, peerId]))
  await ports.transaction({ own: true }, async (tx) => {
    const save: Link[] = []
    const look: string[] = []
    for (const link of await tx.links.lock(entity.name, [...revs.keys()].sort())) {
      const rev = revs.get(link.localId) ?? null
      // One that came before its answer was not taken for it: it is asked for once more.
      if (rev === null || (rev > 0 && rev <= link.seen) || pairs.get(link.localId) !== link.peerId) continue
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
  })
}

/** Tells again what this host has for places that are new on the peer, what is empty too. */
export async function answerTell(
  ports: HostPorts,
  { entity: kind, places, ids }: Extract<Ask, { kind: "tell" }>,
): Promise<Answer> {
  const entity = ports.config.entities.get(kind)
  if (!entity) return { kind: "tell", revs: ids.map(() => null) }
  const known = places.filter((place) => fieldOf(entity, place) !== undefined && !isLeftOut(entity, place))
  const revs = await ports.transaction({ own: true }, async (tx) => {
    const links = await tx.links.lock(kind, [...new Set(ids)].sort())
    const told = links
      .filter((link) => link.peerId !== null && isAlive(link) && link.state !== "unlinked")
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
  return { kind: "tell", revs: ids.map((id) => revs.get(id)?.rev ?? null) }
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
