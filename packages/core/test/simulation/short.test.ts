import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { runBatch, type Batch } from "./batch.ts"
import { MIXES } from "./mixes.ts"

const HISTORIES = 12
/** With the senders that ship, each takes a hundred times as long. */
const WITH_SENDERS = 3
const committed = JSON.parse(readFileSync(new URL("../regressions/failures.json", import.meta.url), "utf8")) as (Pick<
  Batch,
  "mix" | "steps"
> & { seed: number })[]

async function expectNoFailure(batch: Batch): Promise<void> {
  const { failures } = await runBatch(batch, 1)
  expect(
    failures.map(
      ({ mix, seed, steps, reason }) =>
        `${reason}; run it again: node test/simulation/one.ts ${mix} ${String(seed)} ${String(steps)}`,
    ),
  ).toEqual([])
}

describe("a few histories of every kind of fault keep every invariant", () => {
  it.each(MIXES.map(({ name, senders }) => [name, senders] as const))("%s", (mix, senders) =>
    expectNoFailure({ mix, firstSeed: 1, count: senders ? WITH_SENDERS : HISTORIES, steps: 200 }),
  )

  it.each(committed)("what failed once: $mix $seed", ({ mix, seed, steps }) =>
    expectNoFailure({ mix, firstSeed: seed, count: 1, steps }),
  )
})
