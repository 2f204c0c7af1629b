import { History } from "./history.ts"
import type { Mix } from "./mixes.ts"
import { SenderHistory } from "./senders.ts"

/** A history of this mix: step by step, or with the senders that ship. */
export const playedBy = (seed: number, mix: Mix, trace = false): History | SenderHistory =>
  mix.senders ? new SenderHistory(seed, mix, trace) : new History(seed, mix, trace)
