const REMEMBERED = 10_000

/**
 * Remembers ids for so many milliseconds, the last ten thousand at most.
 *
 * @returns whether an id is new; it is remembered from then on.
 */
export function makeRememberedIds(milliseconds: number): (id: string, now: number) => boolean {
  const known = new Map<string, number>()
  return (id, now) => {
    for (const [old, at] of known) {
      if (known.size <= REMEMBERED && now - at < milliseconds) break
      known.delete(old)
    }
    if (known.has(id)) return false
    known.set(id, now)
    return true
  }
}
