import { playedBy } from "./histories.ts"
import { MIXES } from "./mixes.ts"

/** Runs one history again and prints what happened: `node test/simulation/one.ts <mix> <seed> [steps]`. */
const [name, seed, steps] = process.argv.slice(2)
const mix = MIXES.find((candidate) => candidate.name === name)
if (!mix) throw new Error(`Name a mix: ${MIXES.map((m) => m.name).join(", ")}`)
const history = playedBy(Number(seed), mix, true)
const outcome = await history.run(Number(steps ?? 200))
console.log(history.trace?.join("\n"))
console.log(outcome)
for (const host of Object.values(history.hosts))
  console.log(
    [...host.conflicts.values()]
      .map(
        (c) =>
          `${c.localId}/${c.peerId} ${c.field} ${c.kind} ${c.id.slice(0, 4)} ${c.at.slice(11)} ${c.losingSide} lost ${String(c.losingValue)}`,
      )
      .join("\n"),
  )
