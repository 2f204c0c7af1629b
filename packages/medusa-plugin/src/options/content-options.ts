import { z } from "@medusajs/framework/zod"
import { ANY_PUBLISHED, SyncError, type SyncConfig } from "medusa-directus-core/host"

/** The kinds that Medusa's store API shows, and that may carry content. */
export type ContentKind = "product" | "category" | "collection"

/**
 * Fields of Directus that the store shows: `"*"` for each that editors made themselves, or their names; what a relation
 * leads to by a path such as `"blocks.item.*"`.
 */
export type ContentFields = "*" | string[]

/** What a shop writes under `content` in the plugin's options. */
export interface ContentOption extends Partial<Record<ContentKind, ContentFields>> {
  /** Only items whose status in Directus is one of these words, of those that Directus calls public. */
  published?: string[]
  /** Medusa's locales that have texts in Directus alone; those of the mapping's `translations` need not be named. */
  locales?: string[]
  /** Milliseconds for which an answer is taken for fresh. */
  maxAge?: number
  /** Milliseconds for which an older answer is shown while Directus does not answer. */
  staleFor?: number
  /** Milliseconds that a page waits for Directus. */
  timeout?: number
}

export interface ContentOptions {
  fields: ReadonlyMap<ContentKind, string[]>
  published: string[]
  /** Directus is asked for no others. */
  locales: string[]
  maxAge: number
  staleFor: number
  timeout: number
}

const EXAMPLE = 'content: { product: ["story", "seo_title", "blocks.item.*"], category: "*" }'

const path = z
  .string({ error: "is not a name or path of a field" })
  .regex(/^(\*|\w+(:\w+)?)(\.(\*|\w+(:\w+)?)){0,5}$/, 'is not a path such as "story" or "blocks.item.*"')
const fields = z
  .union([z.literal("*").transform(() => ["*"]), z.array(path).min(1, "names no field").max(200)], {
    error: 'is neither "*" nor a list of fields',
  })
  .optional()
/** The first word is for a Directus of before, whose own configuration says nothing of it. */
const ALL_PUBLISHED = ["published", ANY_PUBLISHED]

const milliseconds = (least: number, most: number) =>
  z
    .number({ error: "is not a number of milliseconds" })
    .int()
    .min(least, `is below ${String(least)}`)
    .max(most, `is above ${String(most)}`)

const LOCALE = /^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}$/

const schema = z.strictObject(
  {
    product: fields,
    category: fields,
    collection: fields,
    published: z.array(z.string().min(1).max(100), { error: "is not a list of words" }).min(1).default(ALL_PUBLISHED),
    locales: z
      .array(z.string().regex(LOCALE, 'is not a locale such as "de-DE"'), { error: "is not a list of locales" })
      .max(100)
      .default([]),
    maxAge: milliseconds(0, 86_400_000).default(1000),
    staleFor: milliseconds(0, 30 * 86_400_000).default(86_400_000),
    timeout: milliseconds(50, 30_000).default(2000),
  },
  { error: "is not an object of kinds" },
)

/**
 * @returns `null` when no content is wanted.
 * @throws SyncError `invalid_options`, naming the option.
 */
export function parseContent(raw: unknown, config: SyncConfig): ContentOptions | null {
  if (raw === undefined) return null
  const parsed = schema.safeParse(raw)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const names = issue?.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : []
    const where = ["content", ...(issue?.path ?? []), ...names].map(String).join(".")
    const what = names.length > 0 ? "is not known" : (issue?.message ?? "is not valid")
    throw new SyncError("invalid_options", `The option "${where}" ${what}. Example: ${EXAMPLE}`)
  }
  const { product, category, collection, locales, ...rest } = parsed.data
  const wanted = Object.entries({ product, category, collection }) as [ContentKind, string[] | undefined][]
  for (const [kind, of] of wanted)
    if (of && !config.entities.has(kind))
      throw new SyncError(
        "invalid_options",
        `The option "content.${kind}" names a kind that the mapping leaves out. Example: ${EXAMPLE}`,
      )
  const all = new Map(wanted.flatMap(([kind, of]) => (of ? [[kind, of] as const] : [])))
  return all.size === 0 ? null : { ...rest, locales: [...new Set([...mappedLocales(config), ...locales])], fields: all }
}

const mappedLocales = ({ entities }: SyncConfig): string[] =>
  [...entities.values()].flatMap(({ fields }) =>
    [...fields.values()].flatMap(({ translates }) => Object.keys(translates?.locales ?? {})),
  )
