import { otherSide, type Side } from "../../src/document/value.ts"
import type { MemoryHost } from "../../src/testing/memory-host.ts"
import type { Ledger } from "./ledger.ts"
import type { Members } from "./members.ts"
import type { Mix } from "./mixes.ts"
import type { Random } from "./random.ts"
import { SIDES } from "./shop.ts"

/** What people, restores and the oracle need to know of a history, however its messages travel. */
export interface Played {
  readonly random: Random
  readonly mix: Mix
  readonly hosts: Record<Side, MemoryHost>
  readonly ledger: Ledger
  readonly kinds: readonly string[]
  readonly members: Members
  faults: boolean
  actions: number
  say(text: () => string): void
  /** The process of a host was stopped for a restore: all of its connections are cut. */
  cutOff(side: Side): void
}

export interface Outcome {
  failure: string | null
  edits: number
  pushes: number
  /** Pushes that changed nothing on the receiver. */
  echoes: number
  writes: number
  /** Most pushes of one record after the last edit, with no more faults. */
  drainPushes: number
  conflicts: number
  quarantined: number
}

type Table = ReturnType<Played["hosts"][Side]["table"]>

export function* tables(history: Played): Generator<{ side: Side; kind: string; table: Table; peers: Table }> {
  for (const side of SIDES)
    for (const kind of history.kinds)
      yield {
        side,
        kind,
        table: history.hosts[side].table(kind),
        peers: history.hosts[otherSide(side)].table(kind),
      }
}
