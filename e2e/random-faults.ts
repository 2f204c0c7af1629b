import { setTimeout } from "node:timers/promises"
import type { Proxy } from "./proxy.ts"
import { pick } from "./random.ts"
import type { Stack } from "./stack/stack.ts"

/** What can go wrong while both hosts stay alive; each is undone by {@link undo}. */
const FAULTS: Record<string, (to: { stack: Stack; proxy: Proxy; random: () => number }) => unknown> = {
  "connections refused": ({ proxy }) => proxy.cut(),
  resets: ({ proxy }) => proxy.reset(),
  "a black hole": ({ proxy }) => proxy.blackhole(),
  "lost answers": ({ proxy, random }) => proxy.dropAnswers(Infinity, () => random() < 0.5),
  latency: ({ proxy, random }) => (proxy.delayMs = 200 + random() * 3_000),
  "1 kB/s": ({ proxy }) => (proxy.bytesPerSecond = 1_000),
  "a frozen host": ({ stack, random }) => hostOf(stack, random).signal("SIGSTOP"),
  "database connections ended": ({ stack, random }) =>
    random() < 0.5 ? stack.sqlMedusa(END_CONNECTIONS) : stack.sqlDirectus(END_CONNECTIONS),
}

const END_CONNECTIONS =
  "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"

const hostOf = (stack: Stack, random: () => number) => (random() < 0.5 ? stack.medusa : stack.directus)

async function undo(stack: Stack): Promise<void> {
  for (const host of [stack.medusa, stack.directus]) host.signal("SIGCONT")
  await stack.mendLinks()
}

/**
 * One fault after the other, in one direction or both, with breaks, for so many milliseconds.
 *
 * @returns how often there was which.
 */
export async function makeTrouble(stack: Stack, random: () => number, length: number): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  const over = Date.now() + length
  while (Date.now() < over) {
    const name = pick(Object.keys(FAULTS), random)
    const way = random()
    const proxies = [...(way < 0.7 ? [stack.toDirectus] : []), ...(way > 0.3 ? [stack.toMedusa] : [])]
    for (const proxy of proxies) await FAULTS[name]?.({ stack, proxy, random })
    counts.set(name, (counts.get(name) ?? 0) + 1)
    await setTimeout(500 + random() * 5_500)
    await undo(stack)
    await setTimeout(random() * 4_000)
  }
  return counts
}
