import { progress, spinner } from "@clack/prompts"
import type { Output } from "./output.ts"

interface Bar {
  /** @param done - of `total`, in the same unit. */
  move(done: number, text: string): void
  stop(text: string): void
}

/** A bar on a terminal; elsewhere one line when it begins. */
export function startBar(output: Output, total: number, text: string): Bar {
  if (!output.isTerminal) {
    output.say(text)
    return { move: () => undefined, stop: () => undefined }
  }
  const bar = progress({ max: Math.max(1, total), output: process.stderr, style: "block", size: 30 })
  bar.start(text)
  let at = 0
  return {
    move(done, now) {
      bar.advance(Math.max(0, done - at), now)
      at = Math.max(at, done)
    },
    stop: (last) => bar.stop(last),
  }
}

/** Shows that something is going on, on a terminal only. */
export async function waiting<T>(output: Output, text: string, work: () => Promise<T>): Promise<T> {
  if (!output.isTerminal) return work()
  const turning = spinner({ output: process.stderr })
  turning.start(text)
  try {
    const result = await work()
    turning.stop(text)
    return result
  } catch (error) {
    turning.error(text)
    throw error
  }
}
