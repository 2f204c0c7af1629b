import type { Note, Pause, RecordState, ToldPause } from "medusa-directus-core"
import { en, type MessageKey } from "./messages/en"
import { STATE_LOOKS } from "./state-look"
import type { Messages } from "./use-messages"

type Words = Pick<Messages, "t" | "plural" | "ago">
type Noted = Pick<RecordState, "heldBy" | "openConflicts" | "pauses">

const isKey = (key: string): key is MessageKey => key in en

/** Who has paused which side, and since when. */
export function pauseText(pause: Pause | ToldPause, where: "here" | "there", { t, ago }: Words): string {
  const who = pause.by ?? t(pause.code === "by_person" || pause.code === "peer_paused" ? "somebody" : "the_sync")
  return t(`paused_${where}`, { who, time: ago(pause.since) })
}

/** One sentence for one thing that keeps an item from being in sync. */
export function noteText({ state, cause, count }: Note, item: Noted, words: Words): string {
  const { t, plural } = words
  const { here, peer } = item.pauses
  // Who refuses because it is paused itself is the peer.
  if (cause === "pause" && here) return pauseText(here, here.code === "peer_paused" ? "there" : "here", words)
  if (cause === "peer_pause" && peer) return pauseText(peer, "there", words)
  if (cause === "record" && state === "conflict") return plural("item_conflict_text", item.openConflicts)
  if (cause === "record" && state === "waiting" && item.heldBy !== null) return t(`item_waiting_${item.heldBy}`)
  const key = `note_${cause}_${state}`
  if (!isKey(key)) return t(STATE_LOOKS[state].text)
  return cause === "part" || cause === "peer_part" ? plural(key, count) : t(key)
}
