import type { Product } from "./shop"
import type { Language } from "./words"

export interface Offer {
  id: string
  title: string
  amount: number | null
  currency: string | null
  isInStock: boolean
}

export const offersOf = ({ variants }: Product): Offer[] =>
  (variants ?? []).map((variant) => ({
    id: variant.id,
    title: variant.title ?? "",
    amount: variant.calculated_price?.calculated_amount ?? null,
    currency: variant.calculated_price?.currency_code ?? null,
    isInStock: !variant.manage_inventory || variant.allow_backorder === true || (variant.inventory_quantity ?? 0) > 0,
  }))

export function cheapest(offers: Offer[]): Offer | null {
  const priced = offers.filter(({ amount }) => amount !== null)
  return priced.reduce<Offer | null>((best, offer) => (best && best.amount! <= offer.amount! ? best : offer), null)
}

export const priceText = ({ amount, currency }: Offer, language: Language): string | null =>
  amount === null || currency === null
    ? null
    : new Intl.NumberFormat(language, { style: "currency", currency: currency.toUpperCase() }).format(amount)

/** The editors' picture, else Medusa's own. */
export function pictureOf({ directus_product: content, thumbnail, images, title }: Product) {
  if (content?.cover) return { url: content.cover.url, alt: content.cover_alt ?? title }
  const url = thumbnail ?? images?.[0]?.url
  return url ? { url, alt: title } : null
}
