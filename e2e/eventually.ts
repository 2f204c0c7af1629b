import { basename } from "node:path"
import { expect } from "vitest"
import { settings } from "./sizes.ts"

const pollMs = 50

/** The line that runs the current test alone, with the same sizes and choices. */
export function runAgain(): string {
  const { testPath, currentTestName } = expect.getState()
  const file = testPath ? basename(testPath) : ""
  const name = currentTestName?.split(" > ").at(-1)
  return `${settings()}npm run e2e -- ${file}${name ? ` -t ${JSON.stringify(name)}` : ""}`
}

/**
 * Looks until `look` neither throws nor answers false, and returns what it answered.
 *
 * @param what the condition in words: "the title arrives in Directus"
 * @param within milliseconds
 * @throws Error with the last reason and the command that runs the test again
 */
export async function eventually<T>(
  what: string,
  look: () => Promise<T> | T,
  { within = 30_000 }: { within?: number } = {},
): Promise<T> {
  const deadline = Date.now() + within
  for (;;) {
    let reason: string
    try {
      const answer = await look()
      if (answer !== false) return answer
      reason = "it is not so"
    } catch (error) {
      reason = error instanceof Error ? error.message : JSON.stringify(error)
    }
    if (Date.now() > deadline)
      throw new Error(`Not within ${within / 1000} s: ${what}.\nLast: ${reason}\nRun it again: ${runAgain()}`)
    await new Promise((wake) => setTimeout(wake, pollMs))
  }
}
