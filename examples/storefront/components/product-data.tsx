import { cheapest, offersOf, pictureOf } from "../lib/product-facts"
import type { Product } from "../lib/shop"

/** What search engines read of a product (schema.org). */
export function ProductData({ product }: { product: Product }) {
  const offers = offersOf(product)
  const best = cheapest(offers)
  const data = {
    "@context": "https://schema.org",
    "@type": "Product",
    name: product.title,
    description: product.directus_product?.seo_description ?? product.description ?? undefined,
    image: pictureOf(product)?.url,
    offers: best && {
      "@type": "AggregateOffer",
      lowPrice: best.amount,
      priceCurrency: best.currency?.toUpperCase(),
      offerCount: offers.length,
      availability: `https://schema.org/${offers.some(({ isInStock }) => isInStock) ? "InStock" : "OutOfStock"}`,
    },
  }
  // A "<" of an editor's could end the script.
  const json = JSON.stringify(data).replaceAll("<", "\\u003c")
  return <script type="application/ld+json" dangerouslySetInnerHTML={{ __html: json }} />
}
