import { startBackfill, steerBackfill, stepBackfill } from "../../src/backfill/backfill.ts"
import { wakeUnsure, wakeWaiting } from "../../src/record/taken.ts"
import { retryQuarantined } from "../../src/inbox/quarantine.ts"
import { repairLinks } from "../../src/repair/run-repair.ts"
import type { MemoryHost } from "../../src/testing/memory-host.ts"
import type { Random } from "./random.ts"

/** A sweep: all records, and those that wait for a value. */
export async function lookAtAll(host: MemoryHost, kinds: readonly string[]): Promise<void> {
  host.sweep()
  for (const kind of kinds)
    await host.ports.transaction(async (tx) => {
      await wakeWaiting(tx, kind)
      await wakeUnsure(tx, kind)
    })
}

/** What a host and its operators do beside people's edits: a backfill step by step, a comparison of all links, a retry. */
export async function keepUp({ ports, control }: MemoryHost, random: Random): Promise<unknown> {
  const roll = random.next()
  if (roll < 0.25) return repairLinks(ports)
  if (roll < 0.35) return retryQuarantined(ports)
  const { backfill } = control
  if (!backfill || backfill.endedAt !== null) return startBackfill(ports, { publish: roll < 0.7 })
  if (roll < 0.5) return steerBackfill(ports, random.pick(["pause", "resume", "resume", "cancel"] as const))
  return stepBackfill(ports, control)
}
