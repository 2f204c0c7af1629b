import { otherSide, type CanonicalValue } from "../document/value.ts"
import { groupBy } from "../group-by.ts"
import { isStill } from "../guard/pause.ts"
import type { Control } from "../control.ts"
import type { HostPorts } from "../ports.ts"
import { LIMITS, type Answer, type ToldPause, type ToldState } from "../wire/messages.ts"
import { describeRecords } from "./describe-records.ts"
import { judgeRecord } from "./record-state.ts"
import { seeRecords } from "./see-records.ts"

/** Fields of one record that are named. */
const NAMED = 20

type Told<Kind extends Answer["kind"]> = Extract<Answer, { kind: Kind }>

/** Tells the peer how records of this side are, and what waits here for people. */
export async function tellStates(ports: HostPorts, records: { entity: string; id: string }[]): Promise<Told<"states">> {
  const control = await ports.readControl()
  const asker = otherSide(ports.side)
  const told = new Map<string, ToldState>()
  for (const [entity, group] of groupBy(records, (record) => record.entity)) {
    if (!ports.config.entities.has(entity)) continue
    const ids = group.map(({ id }) => id)
    const seen = await ports.transaction((tx) => seeRecords(ports.config, tx, entity, ids))
    for (const [i, record] of seen.entries()) {
      const { state } = judgeRecord(record, control, ports.now())
      const lost = record.conflicts.filter(({ losingSide }) => losingSide === asker).map(({ field }) => field)
      const { parts, openConflicts: conflicts } = record
      told.set(nameOf({ entity, id: ids[i] ?? "" }), { state, conflicts, lost: lost.slice(0, NAMED), parts })
    }
  }
  return {
    kind: "states",
    pause: pauseOf(control),
    // Counting takes a look at all records: not for each row of a list.
    ...(records.length === 0 ? { totals: await countTotals(ports) } : {}),
    records: records.map((record) => told.get(nameOf(record)) ?? NOT_HERE),
  }
}

async function countTotals(ports: HostPorts): Promise<Told<"states">["totals"]> {
  const { openConflicts: conflicts, quarantined: stopped } = (await ports.observe()).records
  return { conflicts, stopped }
}

const NOT_HERE: ToldState = { state: "unknown", conflicts: 0, lost: [], parts: {} }
const nameOf = ({ entity, id }: { entity: string; id: string }): string => `${entity}\n${id}`

/** A pause because of the asker is no news to it. */
function pauseOf({ paused }: Control): ToldPause | null {
  if (!paused || !isStill({ paused }) || paused.code === "peer_paused") return null
  const { code, since, by, both } = paused
  return {
    code,
    since: new Date(since).toISOString(),
    ...(by === undefined ? {} : { by: cut(by, LIMITS.idLength) }),
    ...(both === undefined ? {} : { both }),
  }
}

/** Tells the peer which conflicts are open here, so that whoever typed what lost hears of it there. */
export async function tellInbox(ports: HostPorts, limit: number): Promise<Told<"inbox">> {
  const conflicts = await ports.transaction((tx) => tx.conflicts.newest(limit))
  const described = await describeRecords(ports, conflicts)
  const { openConflicts } = (await ports.observe()).records
  return {
    kind: "inbox",
    total: openConflicts,
    conflicts: conflicts.map((conflict, i) => ({
      id: conflict.id,
      entity: conflict.entity,
      peer: conflict.peerId,
      local: conflict.localId,
      field: conflict.field,
      type: conflict.kind,
      loser: conflict.losingSide,
      at: new Date(conflict.at).toISOString(),
      title: excerpt(described[i]?.title ?? null),
      part_of: excerpt(described[i]?.parentTitle ?? null),
      value: excerpt(conflict.losingValue),
    })),
  }
}

const cut = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`)

/** The beginning of a value as text; `null` = it is empty. */
export const excerpt = (value: CanonicalValue): string | null =>
  value === null ? null : cut(typeof value === "string" ? value : JSON.stringify(value), LIMITS.excerpt)
