import { hostName, otherSide, type Side } from "../document/value.ts"
import type { RecordStateName, Note } from "./states.ts"
import type { ToldPause } from "../wire/messages.ts"
import { fill } from "./fill.ts"
import type { Language } from "./language.ts"
import type { Facts } from "./problem.ts"
import { partsDe, statesDe } from "./state-words-de.ts"
import { partsEn, statesEn } from "./state-words-en.ts"
import type { OfSide, Sentence, ShownState, StateWords, WaitReason } from "./state-words.ts"

const WORDS: Record<Language, StateWords> = { en: statesEn, de: statesDe }
const PARTS = { en: partsEn, de: partsDe } as const

/** How a state is shown, beside its word: never by a colour alone. */
export type Tone = "success" | "info" | "warning" | "danger" | "neutral"

export const TONES: Readonly<Record<ShownState, Tone>> = {
  synced: "success",
  unconfirmed: "neutral",
  partly: "neutral",
  paused: "warning",
  unreleased: "info",
  waiting: "info",
  archived: "neutral",
  unknown: "neutral",
  left_alone: "neutral",
  conflict: "warning",
  stopped: "danger",
  off: "neutral",
  unmapped: "neutral",
}

/** What decides the words of a record's states, on the host where they are read. */
export interface SeenState {
  /** What keeps a change that waits here; `null` = it is not known. */
  waitsFor: WaitReason | null
  /** The record that it waits for; `null` = none that is known. */
  needs: { state: RecordStateName; title: string } | null
  /** When it is retried; ISO. */
  retryAt: string | null
  /** Open conflicts of the record itself. */
  conflicts: number
  pauses: { here: ToldPause | null; peer: ToldPause | null }
}

const needOf = (state: RecordStateName): Exclude<keyof StateWords["needs"], "unknown"> =>
  state === "stopped" || state === "left_alone" || state === "archived" ? state : "other"

/**
 * The words of a host's pages.
 *
 * @param side - the host on which they are read.
 * @param when - a time, ISO, in words: "in 2 minutes".
 */
export function stateWords(side: Side, language: Language, when: (at: string | null) => string) {
  const words = WORDS[language]
  const names: Facts = { host: hostName(side), peer: hostName(otherSide(side)), ...PARTS[language][side] }
  const say = (of: OfSide, facts: Facts = {}): string => {
    const sentence: Sentence =
      typeof of === "string" || Array.isArray(of) ? (of as Sentence) : (of as Record<Side, Sentence>)[side]
    const template = typeof sentence === "string" ? sentence : sentence[facts["count"] === 1 ? 0 : 1]
    return fill(template, { ...names, ...facts })
  }
  const record = (state: ShownState | "new", count = 1): string => say(words.record[state], { count })

  /** Who has paused which side, and since when. */
  function pause(of: ToldPause, where: "here" | "there"): string {
    // Who refuses because it is paused itself is the peer.
    const place = of.code === "peer_paused" ? "there" : where
    const isPerson = of.code === "by_person" || of.code === "peer_paused"
    const who = of.by ?? words.pauses[isPerson ? "somebody" : "itself"]
    return say(words.pauses[place], { who, when: when(of.since) })
  }

  /** One sentence for one thing that keeps a record from being in sync. */
  function note({ state, cause, count }: Note, { waitsFor, needs, retryAt, conflicts, pauses }: SeenState): string {
    if (cause === "pause" && pauses.here) return pause(pauses.here, "here")
    if (cause === "peer_pause" && pauses.peer) return pause(pauses.peer, "there")
    const isHeld = cause === "record" && (state === "stopped" || state === "waiting")
    if (isHeld && needs) return say(words.needs[needOf(needs.state)], { title: needs.title })
    if (isHeld && state === "stopped" && waitsFor === "other_record") return say(words.needs.unknown)
    if (cause === "record" && waitsFor !== null && state === "waiting")
      return say(words.waiting[waitsFor], { when: when(retryAt) })
    const of = cause === "part" || cause === "peer" || cause === "peer_part" ? words[cause][state] : undefined
    return of === undefined ? record(state, cause === "record" ? conflicts : 1) : say(of, { count })
  }

  return {
    label: (state: ShownState): string => say(words.labels[state]),
    record,
    pause,
    note,
    /** @param fields - whose value lost at the peer, as people call them. */
    lost: (fields: string): string => say(words.lost, { fields }),
  }
}

export type StatesInWords = ReturnType<typeof stateWords>
