/** Questions that one process has under way at once, for each kind. */
const AT_ONCE = 4

/** Brings these records; never rejects. */
export type Bring = (ids: readonly string[], locale: string | null) => Promise<void>

/** What waits for its turn, in one locale. */
interface Waiting {
  ids: string[]
  begin: () => void
  done: Promise<void>
}

export const keyOf = (locale: string | null, id: string): string => `${locale ?? ""}\n${id}`

/**
 * Brings each record once at a time, whoever wants it, and with a few questions at once, however many pages ask: what is
 * wanted while these are under way is asked for together when one of them is answered.
 *
 * @param isVain - nobody would answer now: those that wait go without.
 */
export function makeQuestions(bring: Bring, isVain: () => boolean): Bring {
  const underWay = new Map<string, Promise<void>>()
  const waiting = new Map<string | null, Waiting>()
  let asking = 0

  async function ask(ids: readonly string[], locale: string | null): Promise<void> {
    asking += 1
    try {
      await bring(ids, locale)
    } finally {
      asking -= 1
      askNext()
    }
  }

  function askNext(): void {
    for (const [locale, next] of waiting) {
      if (asking >= AT_ONCE) return
      waiting.delete(locale)
      next.begin()
    }
  }

  function join(ids: readonly string[], locale: string | null): Promise<void> {
    const known = waiting.get(locale)
    if (known) {
      known.ids.push(...ids)
      return known.done
    }
    const next: Waiting = { ids: [...ids], begin: () => undefined, done: Promise.resolve() }
    next.done = new Promise((resolve) => {
      next.begin = () => resolve(isVain() ? undefined : ask(next.ids, locale))
    })
    waiting.set(locale, next)
    return next.done
  }

  return async (ids, locale) => {
    const all = ids.flatMap((id) => underWay.get(keyOf(locale, id)) ?? [])
    const missing = ids.filter((id) => !underWay.has(keyOf(locale, id)))
    if (missing.length > 0) {
      const keys = missing.map((id) => keyOf(locale, id))
      const asked = (asking < AT_ONCE ? ask(missing, locale) : join(missing, locale)).finally(() => {
        for (const key of keys) underWay.delete(key)
      })
      for (const key of keys) underWay.set(key, asked)
      all.push(asked)
    }
    await Promise.all(new Set(all))
  }
}
