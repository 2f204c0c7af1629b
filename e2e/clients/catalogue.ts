import { eventually } from "../eventually.ts"
import type { Stack } from "../stack/stack.ts"

export type Row = Record<string, unknown> & { id: string }

let serial = 0
export const unique = (word: string): string => `${word}-${String(++serial)}`

/** Records of every kind on both hosts, as Medusa's Admin and Directus's items. */
export function catalogueOf(stack: () => Stack) {
  const admin = <T>(path: string, method = "GET", body?: Record<string, unknown>): Promise<T> =>
    stack().shop.sdk.client.fetch<T>(`/admin${path}`, { method, ...(body ? { body } : {}) })

  const items = async (collection: string, filter: Record<string, unknown>): Promise<Row[]> =>
    (
      await stack().cms.fetchJson<{ data: Row[] }>(
        `/items/${collection}?limit=-1&fields=*,categories.product_categories_id&filter=${encodeURIComponent(JSON.stringify(filter))}`,
      )
    ).data

  const item = async (collection: string, id: string): Promise<Row> =>
    (await stack().cms.fetchJson<{ data: Row }>(`/items/${collection}/${id}`)).data

  const make = async (collection: string, body: Record<string, unknown>): Promise<string> =>
    (await stack().cms.fetchJson<{ data: Row }>(`/items/${collection}`, { method: "POST", body: JSON.stringify(body) }))
      .data.id

  const change = (collection: string, id: string, body: Record<string, unknown>) =>
    stack().cms.fetchJson(`/items/${collection}/${id}`, { method: "PATCH", body: JSON.stringify(body) })

  const drop = (collection: string, id: string) =>
    stack().cms.fetchJson(`/items/${collection}/${id}`, { method: "DELETE" })

  /** The item of a record of Medusa's. */
  const itemOf = (collection: string, medusaId: string): Promise<Row> =>
    eventually(`${medusaId} is in ${collection}`, async () => {
      const [found] = await items(collection, { medusa_id: { _eq: medusaId } })
      if (!found) throw new Error("there is no such item yet")
      return found
    })

  /** The record that Medusa made for an item. */
  const recordOf = (id: string): Promise<string> =>
    eventually(`${id} is in Medusa`, async () => {
      const [link] = await stack().shop.links({ peer_id: id })
      if (!link) throw new Error("no link in Medusa yet")
      return link.local_id
    })

  return { admin, items, item, make, change, drop, itemOf, recordOf }
}
