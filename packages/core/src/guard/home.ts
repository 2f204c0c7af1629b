import type { Control, ControlChange } from "../ports.ts"
import { otherSide, type Side } from "../document/value.ts"

/**
 * Is the database where it was? A copy of it has the same links and would tell the peer its own changes in the name of the
 * original (a staging server made of production's backup).
 *
 * @param home - names the place where the database is now; the same for the same database at each start.
 * @returns what to remember.
 */
export function meetHome(side: Side, { home: before, paused }: Control, home: string, now: Date): ControlChange {
  if (before === null) return { home }
  if (before === home) return paused?.code === "database_moved" ? { paused: null } : {}
  return {
    paused: {
      code: "database_moved",
      since: paused?.code === "database_moved" ? paused.since : now.toISOString(),
      message: `The database of ${side} was at ${before} and is at ${home} now. Is this still the same installation, on another server? Resume with {"database": "moved"}. Is it a copy, for example for staging? Connect it with another ${otherSide(side)}, or switch its sync off. Until then nothing is sent or taken.`,
    },
  }
}
