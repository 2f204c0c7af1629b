import { eventually } from "../eventually.ts"
import type { Stack } from "../stack/stack.ts"
import { makeRecords, type Row } from "./records.ts"
import { makeTranslations } from "./translations.ts"

/** A record of the store API with what Directus adds to it. */
export type Shown = Row & Record<`directus_${"product" | "category" | "collection"}`, Row | null | undefined>

/** The store API with content of Directus, and the fields that editors make for it; the stack may start later. */
export function makeContent(stackOf: () => Stack) {
  const { admin, cms, itemOf } = makeRecords(stackOf)
  const { salesChannel, publishableKey } = makeTranslations(stackOf)
  let key: Promise<string> | undefined

  /** What a visitor gets from the store API. */
  async function store<T = Shown>(
    path: string,
    query: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<T> {
    key ??= publishableKey()
    const answer = await fetch(`${stackOf().medusa.url}/store${path}?${new URLSearchParams(query).toString()}`, {
      headers: { "x-publishable-api-key": await key, ...headers },
    })
    if (!answer.ok) throw new Error(`GET /store${path} answered ${String(answer.status)}: ${await answer.text()}`)
    return Object.values((await answer.json()) as Record<string, T>)[0] as T
  }

  /** Handles of the products that a visitor sees; up to 100. */
  const visible = async (): Promise<string[]> =>
    (await store<{ handle: string }[]>("/products", { limit: "100", fields: "handle" }))
      .map(({ handle }) => handle)
      .sort()

  const contentOf = async (id: string, query: Record<string, string> = {}, headers?: Record<string, string>) =>
    (await store(`/products/${id}`, { fields: "id,*directus_product", ...query }, headers)).directus_product

  const addField = (collection: string, field: string, type = "text", meta: object = {}, schema: object | null = {}) =>
    cms(`/fields/${collection}`, "POST", { field, type, meta, schema })

  const addCollection = (collection: string, fields: object[]) =>
    cms("/collections", "POST", {
      collection,
      schema: {},
      meta: {},
      fields: [{ field: "id", type: "integer", schema: { is_primary_key: true, has_auto_increment: true } }, ...fields],
    })

  const relate = (collection: string, field: string, related: string | null, meta: object = {}) =>
    cms("/relations", "POST", { collection, field, related_collection: related, meta, schema: related ? {} : null })

  const relateTo = (collection: string, field: string, related: string, oneField: string | null = null) =>
    relate(collection, field, related, { one_field: oneField })

  /** A product that visitors see, and its item in Directus. */
  async function publish(title: string, content: Record<string, unknown> = {}): Promise<{ id: string; item: string }> {
    const id = await stackOf().shop.create({
      title,
      status: "published",
      ...({ sales_channels: [{ id: await salesChannel() }] } as object),
    })
    const item = await itemOf("products", id)
    if (Object.keys(content).length > 0) await stackOf().cms.edit(item, content)
    return { id, item }
  }

  /** Questions for content that Medusa has asked. */
  const questions = () => stackOf().toDirectus.exchanges.filter(({ path }) => path === "/medusa-sync/content")

  const shows = (id: string, field: string, value: unknown, query: Record<string, string> = {}) =>
    eventually(`the store shows ${JSON.stringify(value)}`, async () => {
      const content = await contentOf(id, query)
      if (content?.[field] !== value) throw new Error(`it shows ${JSON.stringify(content)}`)
    })

  return {
    admin,
    cms,
    itemOf,
    salesChannel,
    publishableKey,
    store,
    visible,
    contentOf,
    addField,
    addCollection,
    relate,
    relateTo,
    publish,
    questions,
    shows,
  }
}
