import { offersOf, priceText } from "../lib/product-facts"
import type { Product } from "../lib/shop"
import { words, type Language } from "../lib/words"

export function Offers({ product, language }: { product: Product; language: Language }) {
  const text = words[language]
  return (
    <table className="offers">
      <caption>{text.offers}</caption>
      <thead>
        <tr>
          <th scope="col">{text.variant}</th>
          <th scope="col">{text.price}</th>
          <th scope="col">{text.stock}</th>
        </tr>
      </thead>
      <tbody>
        {offersOf(product).map((offer) => (
          <tr key={offer.id}>
            <th scope="row">{offer.title}</th>
            <td>{priceText(offer, language) ?? text.noPrice}</td>
            <td>
              <span className={offer.isInStock ? "stock" : "stock none"}>
                {offer.isInStock ? text.inStock : text.soldOut}
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
