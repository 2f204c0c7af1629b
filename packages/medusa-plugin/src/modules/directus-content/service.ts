import type { Logger } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { makeContentClient } from "medusa-directus-core"
import { randomUUID } from "node:crypto"
import { makePost } from "../../adapters/transport"
import { CONTENT_NAMES } from "../../content/content-names"
import type { ContentKind } from "../../content/content-options"
import { currentLocale } from "../../content/current-request"
import { makeContentReader, type ReadContent } from "../../content/read-content"
import { readContentSetup } from "../../options"

interface Dependencies {
  [ContainerRegistrationKeys.LOGGER]: Logger
}

type Row = Record<string, unknown>

/** What Query asks for: the records' ids under the key of their kind, and the context that the query gave. */
type Filters = Partial<Record<(typeof CONTENT_NAMES)[ContentKind]["key"], string | string[]>> & {
  context?: { locale?: string | null }
}

/**
 * What editors have written in Directus about products, categories and collections, for Medusa's Query: read-only, and
 * nowhere in Medusa's database.
 */
export default class DirectusContentModuleService {
  protected readonly read_: ReadContent | null

  readonly __hooks = {
    onApplicationShutdown: (): Promise<void> => {
      this.stopped_.abort()
      return Promise.resolve()
    },
  }

  protected readonly stopped_ = new AbortController()

  constructor(dependencies: Dependencies, raw?: unknown) {
    const options = readContentSetup(raw)
    if (!options) {
      this.read_ = null
      return
    }
    const { directusUrl, secrets, content } = options
    const post = makePost(directusUrl, this.stopped_.signal, { path: "/medusa-sync/content", timeout: content.timeout })
    const clock = { now: () => new Date(), newId: () => randomUUID() }
    this.read_ = makeContentReader({
      options: content,
      ask: makeContentClient(clock, secrets, post),
      now: Date.now,
      log: dependencies[ContainerRegistrationKeys.LOGGER],
    })
  }

  /** Is any content wanted? */
  isOn(): boolean {
    return this.read_ !== null
  }

  /**
   * Called by Query for the links. The locale is the query's own (`context: { directus_product: QueryContext({ locale }) }`),
   * or that of the store request.
   *
   * @returns a row for each record that has published content. Never rejects: a store page does without.
   */
  async list(filters: Filters = {}, config: { select?: string[] } = {}): Promise<Row[]> {
    for (const [kind, { key }] of Object.entries(CONTENT_NAMES) as [ContentKind, { key: keyof Filters }][]) {
      const ids = filters[key]
      if (ids === undefined || this.read_ === null) continue
      const locale = filters.context?.locale ?? currentLocale()
      const found = await this.read_(kind, [ids].flat() as string[], locale)
      return [...found].map(([id, item]) => ({ ...picked(item, config.select), [key]: id }))
    }
    return []
  }
}

function picked(item: Row, select: string[] | undefined): Row {
  return select ? Object.fromEntries(select.flatMap((name) => (name in item ? [[name, item[name]]] : []))) : item
}
