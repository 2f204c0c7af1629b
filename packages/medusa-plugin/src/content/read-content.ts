import {
  CONTENT_IDS,
  type ContentAnswer,
  type ContentItem,
  type ContentRequest,
  type Logger,
} from "medusa-directus-core"
import type { ContentKind, ContentOptions } from "./content-options"

/** Items that one process keeps; the ones that were asked for longest ago go first. */
const KEPT = 5_000
/** Milliseconds between questions while Directus does not answer. */
const PATIENCE = 5_000

interface Kept {
  item: ContentItem | null
  at: number
}

export interface ContentParts {
  kind: ContentKind
  options: ContentOptions
  ask: (request: ContentRequest) => Promise<ContentAnswer>
  now: () => number
  log: Logger
}

/** @returns what the store shows of these records; what is not published or not known is missing. Never rejects. */
export type ReadContent = (ids: readonly string[], locale: string | null) => Promise<Map<string, ContentItem>>

/**
 * Answers from memory what is fresh, and asks Directus for the rest in one question. While Directus does not answer,
 * what is kept is shown, no page waits, and one of them asks in the background every few seconds.
 */
export function makeContentReader({ kind, options, ask, now, log }: ContentParts): ReadContent {
  const kept = new Map<string, Kept>()
  const underWay = new Map<string, Promise<void>>()
  let trouble: { message: string; askAgainAt: number; isRefused: boolean } | null = null

  const keyOf = (locale: string | null, id: string): string => `${locale ?? ""}\n${id}`

  function keep(key: string, item: ContentItem | null): void {
    kept.delete(key)
    kept.set(key, { item, at: now() })
    for (const oldest of kept.keys()) {
      if (kept.size <= KEPT) break
      kept.delete(oldest)
    }
  }

  function note(answer: Exclude<ContentAnswer, { kind: "items" }>): void {
    const isRefused = answer.kind === "refused"
    if (trouble?.message !== answer.message)
      log.error(
        isRefused
          ? `Directus refuses to tell the store the content of ${kind} records, so it shows none: ${answer.message}`
          : `Directus does not tell the store the content of ${kind} records (${answer.message}); what is kept of it is shown.`,
      )
    trouble = { message: answer.message, askAgainAt: now() + PATIENCE, isRefused }
  }

  async function fetch(ids: readonly string[], locale: string | null): Promise<void> {
    const { published } = options
    const fields = options.fields.get(kind) ?? []
    for (let at = 0; at < ids.length; at += CONTENT_IDS) {
      const some = ids.slice(at, at + CONTENT_IDS)
      const answer = await ask({ v: 1, entity: kind, ids: some, fields, published, locale })
      if (answer.kind !== "items") return note(answer)
      if (trouble) log.info(`Directus tells the store the content of ${kind} records again.`)
      trouble = null
      for (const id of some) keep(keyOf(locale, id), answer.items[id] ?? null)
    }
  }

  /** One question for each record at a time, whoever asks for it meanwhile. */
  async function refresh(ids: readonly string[], locale: string | null): Promise<void> {
    const waiting = ids.flatMap((id) => underWay.get(keyOf(locale, id)) ?? [])
    const missing = ids.filter((id) => !underWay.has(keyOf(locale, id)))
    if (missing.length > 0) {
      const keys = missing.map((id) => keyOf(locale, id))
      const asked = fetch(missing, locale).finally(() => {
        for (const key of keys) underWay.delete(key)
      })
      for (const key of keys) underWay.set(key, asked)
      waiting.push(asked)
    }
    await Promise.all(new Set(waiting))
  }

  return async (ids, locale) => {
    const old = [...new Set(ids)].filter((id) => {
      const known = kept.get(keyOf(locale, id))
      return known === undefined || now() - known.at >= options.maxAge
    })
    if (old.length > 0) {
      if (trouble === null) await refresh(old, locale)
      else if (now() >= trouble.askAgainAt) {
        trouble.askAgainAt = now() + PATIENCE
        refresh(old, locale).catch(() => undefined)
      }
    }
    const found = new Map<string, ContentItem>()
    // Whoever has changed the secret does not want the old content shown.
    if (trouble?.isRefused) return found
    for (const id of ids) {
      const known = kept.get(keyOf(locale, id))
      if (known?.item && now() - known.at < options.maxAge + options.staleFor) found.set(id, known.item)
    }
    return found
  }
}
