import type { Item } from "../cms.ts"
import { eventually } from "../eventually.ts"
import type { Product } from "../shop.ts"
import type { TourContext } from "./tour.ts"

type Clients = Pick<TourContext, "shop" | "cms">
type Texts = Pick<Product, "title" | "handle" | "description">

/** One of the four products of the demo catalogue, on both sides. */
export async function demoProduct({ shop, cms }: Clients, handle: string): Promise<{ product: Product; item: Item }> {
  const [product] = await shop.products({ handle })
  if (!product) throw new Error(`Medusa has no product "${handle}" any more. Begin again with --reset.`)
  const item = await eventually(`"${handle}" is in Directus`, () => cms.itemOf(product.id))
  return { product, item }
}

export const sameTexts = (product: Texts, item: Texts | Item): boolean =>
  product.title === item.title && product.handle === item.handle && product.description === item.description

/**
 * A value that this tour alone writes.
 *
 * @param by - who writes it, where both sides write
 */
export const marked = (value: string, token: string, by = ""): string =>
  `${unmarked(value)} · ${by ? `${by} ` : ""}${token}`

/** The value without what a tour, perhaps an interrupted one, has put at its end. */
export const unmarked = (value: string): string => value.replace(/( · ([A-Z][a-z]+ )?[0-9a-f]{6})+$/, "")

const unmarkedTexts = ({ title, description }: Texts) => ({
  title: unmarked(title),
  description: unmarked(description ?? ""),
})

/** Gives the product its own title and description back, and waits until both sides hold them. */
export async function restoreTexts({ shop, cms }: Clients, productId: string): Promise<void> {
  const product = await shop.product(productId)
  const texts = unmarkedTexts(product)
  await shop.edit(productId, texts)
  await eventually("the product's own texts are back on both sides", async () => {
    const item = await cms.itemOf(productId)
    return item && sameTexts({ ...product, ...texts }, item)
  })
}

/** Puts right what an interrupted tour has left. */
export async function restoreCatalogue(clients: Clients): Promise<void> {
  for (const product of await clients.shop.products()) {
    const { title, description } = unmarkedTexts(product)
    if (title !== product.title || description !== (product.description ?? "")) await restoreTexts(clients, product.id)
  }
}
