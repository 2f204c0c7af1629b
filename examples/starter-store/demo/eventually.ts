const pollMs = 25

/**
 * Looks until `look` neither throws nor answers false or undefined, and returns what it answered.
 *
 * @param what the condition in words: "the title arrives in Directus"
 * @throws Error with the last reason
 */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | false | undefined>,
  { within = 30_000 }: { within?: number } = {},
): Promise<T> {
  const deadline = Date.now() + within
  for (;;) {
    let reason = ""
    try {
      const answer = await look()
      if (answer !== false && answer !== undefined) return answer
    } catch (error) {
      reason = ` (${reasonOf(error)})`
    }
    if (Date.now() > deadline) throw new Error(`Not within ${within / 1000} s: ${what}${reason}`)
    await new Promise((wake) => setTimeout(wake, pollMs))
  }
}

/** One line, also for the errors of Directus's SDK, which are objects with a list. */
export function reasonOf(error: unknown): string {
  if (error instanceof Error) return error.message
  const [first] = (error as { errors?: { message: string }[] } | null)?.errors ?? []
  return first?.message ?? String(error)
}
