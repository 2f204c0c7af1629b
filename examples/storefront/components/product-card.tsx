import Link from "next/link"
import { cheapest, offersOf, pictureOf, priceText } from "../lib/product-facts"
import type { Product } from "../lib/shop"
import { words, type Language } from "../lib/words"
import { Picture } from "./picture"

export function ProductCard({
  product,
  language,
  isFirst,
}: {
  product: Product
  language: Language
  isFirst: boolean
}) {
  const text = words[language]
  const offers = offersOf(product)
  const best = cheapest(offers)
  const price = best && priceText(best, language)
  return (
    <li className="card">
      <Link href={`/${language}/products/${product.handle}`}>
        <Picture picture={pictureOf(product)} isUrgent={isFirst} />
        <div className="card-text">
          <h2>{product.title}</h2>
          <p className="card-story">{firstSentence(product.directus_product?.story ?? product.description ?? "")}</p>
          <p className="card-price">
            <span>{price ? `${text.from} ${price}` : text.noPrice}</span>
            <span className={offers.some(({ isInStock }) => isInStock) ? "stock" : "stock none"}>
              {offers.some(({ isInStock }) => isInStock) ? text.inStock : text.soldOut}
            </span>
          </p>
        </div>
      </Link>
    </li>
  )
}

const firstSentence = (text: string): string => /^.+?[.!?](?=\s|$)/s.exec(text)?.[0] ?? text
