import { directusToken } from "../stack/places.ts"
import type { Stack } from "../stack/stack.ts"
import { eventually } from "../eventually.ts"

export const CDN = "https://cdn.example.com"

export type Row = Record<string, unknown> & { id: string }
export type Product = Row & {
  variants: Row[]
  images: (Row & { url: string })[]
  options: (Row & { title: string; values: (Row & { value: string })[] })[]
  categories: Row[]
}

/** An item of a shirt with one size. @param price - in euros; `null` = it has none. */
export const shirtItem = (n: number, price: string | null = "10") => ({
  title: `Shirt ${String(n)}`,
  handle: `shirt-${String(n)}`,
  options: [{ title: "Size", values: ["M"] }],
  variants: [
    {
      title: "M",
      sku: `shirt-${String(n)}-m`,
      manage_inventory: false,
      options: [{ name: "Size", value: "M" }],
      ...(price === null ? {} : { prices: [{ currency_code: "eur", amount: price }] }),
    },
  ],
})

/** Makes records on a stack and reads them; the stack may start later. */
export function makeRecords(stackOf: () => Stack) {
  let serial = 0
  const unique = (word: string): string => `${word}-${String(++serial)}`

  const admin = <T>(path: string, body?: Record<string, unknown>, method = body ? "POST" : "GET"): Promise<T> =>
    stackOf().shop.sdk.client.fetch<T>(`/admin${path}`, { method, ...(body ? { body } : {}) })

  const cms = <T>(path: string, method = "GET", body?: unknown): Promise<T> =>
    stackOf().cms.fetchJson<T>(path, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })

  const productOf = async (id: string): Promise<Product> =>
    (
      await admin<{ product: Product }>(
        `/products/${id}?fields=*variants,*variants.prices,*images,*options,*options.values,*categories`,
      )
    ).product

  const json = { "content-type": "application/json" }

  /** Routes that answer nothing. */
  async function post(path: string, body?: FormData | string): Promise<void> {
    const answer = await fetch(`${stackOf().directus.url}${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${directusToken}`, ...(typeof body === "string" ? json : {}) },
      ...(body ? { body } : {}),
    })
    if (!answer.ok) throw new Error(`POST ${path} answered ${String(answer.status)}: ${await answer.text()}`)
  }

  const item = async (collection: string, id: string, fields = "*"): Promise<Row> =>
    (await cms<{ data: Row }>(`/items/${collection}/${id}?fields=${fields}`)).data

  const items = async (collection: string, filter: Record<string, unknown>, fields = "*"): Promise<Row[]> =>
    (
      await cms<{ data: Row[] }>(
        `/items/${collection}?limit=-1&fields=${fields}&filter=${encodeURIComponent(JSON.stringify(filter))}`,
      )
    ).data

  const make = async (collection: string, body: Record<string, unknown>): Promise<string> =>
    (await cms<{ data: Row }>(`/items/${collection}`, "POST", body)).data.id

  const change = (collection: string, id: string, body: Record<string, unknown>): Promise<unknown> =>
    cms(`/items/${collection}/${id}`, "PATCH", body)

  const drop = (collection: string, id: string): Promise<unknown> => cms(`/items/${collection}/${id}`, "DELETE")

  const rowOf = (collection: string, medusaId: string, fields = "*"): Promise<Row> =>
    eventually(`${medusaId} is in ${collection}`, async () => {
      const [found] = await items(collection, { medusa_id: { _eq: medusaId } }, fields)
      if (!found) throw new Error("there is no such item yet")
      return found
    })

  const itemOf = async (collection: string, medusaId: string): Promise<string> => (await rowOf(collection, medusaId)).id

  /** A picture in Directus's library. @returns its id. */
  async function upload(name: string): Promise<string> {
    const form = new FormData()
    const picture = `<svg xmlns="http://www.w3.org/2000/svg" id="${name}"/>`
    form.set("file", new Blob([picture], { type: "image/svg+xml" }), name)
    const response = await fetch(`${stackOf().directus.url}/files`, {
      method: "POST",
      headers: { authorization: `Bearer ${directusToken}` },
      body: form,
    })
    return ((await response.json()) as { data: Row }).data.id
  }

  const recordOf = (itemId: string): Promise<string> =>
    eventually(`${itemId} is in Medusa`, async () => {
      const [link] = await stackOf().shop.links({ peer_id: itemId })
      if (!link) throw new Error("no link in Medusa yet")
      return link.local_id
    })

  /** A product that both sides have. */
  async function paired(): Promise<{ product: Product; item: string }> {
    const word = unique("product")
    const { product } = await admin<{ product: Row }>("/products", {
      title: word,
      handle: word,
      options: [{ title: `Size ${word}`, values: ["S", "M"] }],
      images: [1, 2].map((n) => ({ url: `${CDN}/${word}-${String(n)}.png` })),
      variants: [
        {
          title: "S",
          sku: word,
          options: { [`Size ${word}`]: "S" },
          prices: [{ currency_code: "eur", amount: 10 }],
        },
      ],
    })
    const itemId = await itemOf("products", product.id)
    return { product: await productOf(product.id), item: itemId }
  }

  /** A product that both sides have and that nobody is about to tell anything of; no other record may wait either. */
  async function both(): Promise<{ product: Product; item: string }> {
    const { product, item } = await paired()
    await stackOf().settled()
    return { product: await productOf(product.id), item }
  }

  async function category(): Promise<{ id: string; item: string }> {
    const word = unique("category")
    const { product_category } = await admin<{ product_category: Row }>("/product-categories", {
      name: word,
      handle: word,
      is_active: true,
    })
    return { id: product_category.id, item: await itemOf("product_categories", product_category.id) }
  }

  async function collection(): Promise<{ id: string; item: string; word: string }> {
    const word = unique("collection")
    const { collection: made } = await admin<{ collection: Row }>("/collections", { title: word, handle: word })
    return { id: made.id, item: await itemOf("product_collections", made.id), word }
  }

  return {
    unique,
    admin,
    cms,
    post,
    productOf,
    item,
    items,
    make,
    change,
    drop,
    rowOf,
    itemOf,
    recordOf,
    upload,
    paired,
    both,
    category,
    collection,
  }
}
