import {
  withDeadline,
  type ContentAnswer,
  type ContentItem,
  type ContentRequest,
  type Logger,
} from "medusa-directus-core/host"
import type { ContentKind, ContentOptions } from "../options/content-options"
import { keyOf, makeQuestions } from "./questions"

/** Items that one process keeps; the ones that were asked for longest ago go first. */
const KEPT = 5_000
/** Characters of their JSON, in all: a catalogue of very long texts must not fill the memory of the shop. */
const KEPT_CHARACTERS = 32_000_000
/** Milliseconds between questions while Directus does not answer. */
const PATIENCE = 5_000
/** Records in one question: a visitor's page of very many must not make one that Directus cannot answer in time. */
const TOGETHER = 100

interface Kept {
  item: ContentItem | null
  characters: number
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

interface Trouble {
  message: string
  askAgainAt: number
}

/**
 * Answers from memory what is fresh, and asks Directus for the rest in one question. While Directus does not answer,
 * what is kept is shown, no page waits, and one of them asks in the background every few seconds. A question that Directus
 * rejects says nothing about the others.
 */
export function makeContentReader({ kind, options, ask, now, log }: ContentParts): ReadContent {
  const kept = new Map<string, Kept>()
  const rejected = new Map<string | null, Trouble>()
  const stopped = new AbortController()
  let trouble: (Trouble & { isRefused: boolean }) | null = null

  let characters = 0

  function drop(key: string): void {
    characters -= kept.get(key)?.characters ?? 0
    kept.delete(key)
  }

  function keep(key: string, item: ContentItem | null): void {
    drop(key)
    const size = JSON.stringify(item).length
    kept.set(key, { item, characters: size, at: now() })
    characters += size
    for (const oldest of kept.keys()) {
      if (kept.size <= KEPT && characters <= KEPT_CHARACTERS) break
      drop(oldest)
    }
  }

  function noteTrouble({ kind: how, message }: Exclude<ContentAnswer, { kind: "items" | "rejected" }>): void {
    const isRefused = how === "refused"
    if (trouble?.message !== message)
      log.error(
        isRefused
          ? `Directus refuses to tell the store the content of ${kind} records, so it shows none: ${message}`
          : `Directus does not tell the store the content of ${kind} records (${message}); what is kept of it is shown.`,
      )
    trouble = { message, askAgainAt: now() + PATIENCE, isRefused }
  }

  function noteRejection(locale: string | null, message: string): void {
    if (rejected.get(locale)?.message !== message)
      log.error(
        `Directus rejects a question for the content of ${kind} records (${locale ?? "no locale"}): ${message} What is kept of it is shown.`,
      )
    rejected.set(locale, { message, askAgainAt: now() + PATIENCE })
  }

  async function fetch(ids: readonly string[], locale: string | null): Promise<void> {
    for (let at = 0; at < ids.length; at += TOGETHER)
      if (!(await fetchTogether(ids.slice(at, at + TOGETHER), locale))) return
  }

  /** @returns whether another question is worth it. */
  async function fetchTogether(ids: readonly string[], locale: string | null): Promise<boolean> {
    const { published } = options
    const fields = options.fields.get(kind) ?? []
    const answer = await ask({ v: 1, entity: kind, ids: [...ids], fields, published, locale })
    if (answer.kind === "rejected" && answer.tooLarge) return fetchLess(ids, locale, answer.message)
    if (answer.kind === "rejected") {
      noteRejection(locale, answer.message)
      return false
    }
    if (answer.kind !== "items") {
      noteTrouble(answer)
      return false
    }
    if (trouble) log.info(`Directus tells the store the content of ${kind} records again.`)
    trouble = null
    rejected.delete(locale)
    for (const id of ids) keep(keyOf(locale, id), answer.items[id] ?? null)
    return true
  }

  /** What is too large for one answer comes in two; a record that is too large by itself is shown without. */
  async function fetchLess(ids: readonly string[], locale: string | null, message: string): Promise<boolean> {
    const [only, another] = ids
    if (only !== undefined && another === undefined) {
      log.error(`The content of the ${kind} ${only} is not shown: ${message}.`)
      keep(keyOf(locale, only), null)
      return true
    }
    const half = Math.ceil(ids.length / 2)
    return (await fetchTogether(ids.slice(0, half), locale)) && (await fetchTogether(ids.slice(half), locale))
  }

  /** A page waits no longer than the shop has said, also behind others' questions; what comes later is there for the next one. */
  const inTime = (asked: Promise<void>): Promise<void> =>
    withDeadline(options.timeout, stopped.signal, () => asked).catch(() => undefined)

  const refresh = makeQuestions(fetch, () => trouble !== null)

  return async (ids, locale) => {
    const old = [...new Set(ids)].filter((id) => {
      const known = kept.get(keyOf(locale, id))
      return known === undefined || now() - known.at >= options.maxAge
    })
    if (old.length > 0) {
      const standing = trouble ?? rejected.get(locale)
      if (!standing) await inTime(refresh(old, locale))
      else if (now() >= standing.askAgainAt) {
        standing.askAgainAt = now() + PATIENCE
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
