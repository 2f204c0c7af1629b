import type { Note, Pause, Side, ToldPause } from "medusa-directus-core"
import type { RecordState } from "../../record-state"
import type { useWords } from "./use-words"

type Words = Pick<ReturnType<typeof useWords>, "t" | "when">

/** Who has paused which side, and since when. */
export function pauseText(pause: Pause | ToldPause, side: Side, { t, when }: Words): string {
  // Who refuses because it is paused itself is Directus.
  const where = pause.code === "peer_paused" ? "directus" : side
  const isPerson = pause.code === "by_person" || pause.code === "peer_paused"
  const who = pause.by ?? t(isPerson ? "pauses.somebody" : "pauses.theSync")
  return t(`pauses.${where}`, { who, when: when(pause.since) })
}

/** One sentence for one thing that keeps a record from being in sync. */
export function noteText({ state, cause, count }: Note, record: RecordState, words: Words): string {
  const { t, when } = words
  const { here, peer } = record.sides?.pauses ?? { here: null, peer: null }
  if (cause === "pause" && here) return pauseText(here, "medusa", words)
  if (cause === "peer_pause" && peer) return pauseText(peer, "directus", words)
  if (cause === "record" && record.waiting)
    return t(`explain.${record.waiting.for}`, { when: when(record.waiting.next_try_at) })
  const plain = t(`explain.${state}`, { count: record.conflicts.length })
  return cause === "record" ? plain : t(`notes.${cause}.${state}`, { count, defaultValue: plain })
}
