import type { Logger } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { LIMITS, makeContentClient } from "medusa-directus-core/host"
import { randomUUID } from "node:crypto"
import { makePost } from "../ports/transport"
import { readContentSetup } from "../options/plugin-options"
import { CONTENT_NAMES } from "./content-names"
import type { ContentKind } from "../options/content-options"
import { currentLocale } from "./current-request"
import { makeLocaleOf } from "./locale-of"
import { makeContentReader, type ReadContent } from "./read-content"

export interface Dependencies {
  [ContainerRegistrationKeys.LOGGER]: Logger
}

type Row = Record<string, unknown>

/** What Query asks by: ids under the key of the kind, and the context that the query gave. */
type Filters = Record<string, unknown> & { context?: { locale?: string | null } }

/**
 * What editors have written in Directus about the records of one kind, for Medusa's Query: read-only, and nowhere in
 * Medusa's database.
 */
export interface ContentService {
  /** Is any content of this kind wanted? */
  isOn(): boolean
  /**
   * Called by Query for the links. The locale is the query's own (`context: { directus_product: QueryContext({ locale }) }`),
   * or that of the store request.
   *
   * @returns a row for each record that has published content. Never rejects: a store page does without.
   */
  list(filters?: Filters, config?: { select?: string[] }): Promise<Row[]>
}

export function makeContentService(
  kind: ContentKind,
): new (dependencies: Dependencies, raw?: unknown) => ContentService {
  const { key } = CONTENT_NAMES[kind]

  return class DirectusContentService implements ContentService {
    protected readonly read_: ReadContent | null
    protected readonly localeOf_: (wanted: unknown) => string | null
    protected readonly stopped_ = new AbortController()

    readonly __hooks = {
      onApplicationShutdown: (): Promise<void> => {
        this.stopped_.abort()
        return Promise.resolve()
      },
    }

    constructor(dependencies: Dependencies, raw?: unknown) {
      const options = readContentSetup(raw)
      if (!options?.content.fields.has(kind)) {
        this.read_ = null
        this.localeOf_ = () => null
        return
      }
      const { directusUrl, secrets, content } = options
      this.localeOf_ = makeLocaleOf(content.locales)
      const route = { path: "/medusa-sync/content", timeout: content.timeout }
      const clock = { now: () => new Date(), newId: () => randomUUID() }
      this.read_ = makeContentReader({
        kind,
        options: content,
        ask: makeContentClient(clock, secrets, makePost(directusUrl, this.stopped_.signal, route)),
        now: Date.now,
        log: dependencies[ContainerRegistrationKeys.LOGGER],
      })
    }

    isOn(): boolean {
      return this.read_ !== null
    }

    async list(filters: Filters = {}, { select }: { select?: string[] } = {}): Promise<Row[]> {
      // One that no record can have would get the whole question rejected.
      const ids = [filters[key] ?? []].flat().filter(isAskable)
      if (this.read_ === null || ids.length === 0) return []
      const found = await this.read_(ids, this.localeOf_(filters.context?.locale ?? currentLocale()))
      return [...found].map(([id, item]) => ({ ...picked(item, select), [key]: id }))
    }
  }
}

const isAskable = (id: unknown): id is string => typeof id === "string" && id !== "" && id.length <= LIMITS.idLength

function picked(item: Row, select: string[] | undefined): Row {
  return select ? Object.fromEntries(select.flatMap((name) => (name in item ? [[name, item[name]]] : []))) : item
}
