import { eventually } from "../e2e/eventually.ts"
import type { Stack } from "../e2e/stack/stack.ts"

/** A product that both sides have. */
export interface ProductPair {
  id: string
  item: string
}

/** Makes products in Medusa, and waits until Directus has them. */
export async function makePairs(stack: Stack, word: string, count: number): Promise<ProductPair[]> {
  const create = Array.from({ length: count }, (_, n) => ({
    title: `${word} ${String(n)}`,
    handle: `${word}-${String(n)}`,
    material: word,
    options: [{ title: "Size", values: ["S"] }],
  }))
  await stack.shop.sdk.client.fetch("/admin/products/batch", { method: "POST", body: { create } })
  return eventually("all products are linked", async () => {
    const rows = await stack.sqlMedusa(
      `select l.local_id as id, l.peer_id as item from directus_sync_link l join product p on p.id = l.local_id
       where l.entity = 'product' and p.material = $1 and l.peer_id is not null order by 1`,
      [word],
    )
    if (rows.length < count) throw new Error(`${String(rows.length)} of ${String(count)}`)
    return rows as unknown as ProductPair[]
  })
}

/**
 * An edit as a program makes it, that does not want the whole product back: what the host has to read for its answer is no
 * part of the edit.
 */
export async function editTitle(stack: Stack, side: "medusa" | "directus", { id, item }: ProductPair, title: string) {
  if (side === "medusa") await stack.shop.sdk.admin.product.update(id, { title }, { fields: "id" })
  else
    await stack.cms.fetchJson(`/items/products/${item}?fields=id`, { method: "PATCH", body: JSON.stringify({ title }) })
}
