import type { Metadata } from "next"
import { notFound } from "next/navigation"
import { ProductCard } from "../../components/product-card"
import { listProducts } from "../../lib/shop"
import { isLanguage, words } from "../../lib/words"

type Props = { params: Promise<{ lang: string }> }

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { lang } = await params
  return { alternates: { canonical: `/${lang}`, languages: { en: "/en", de: "/de" } } }
}

export default async function Page({ params }: Props) {
  const { lang } = await params
  if (!isLanguage(lang)) notFound()
  const text = words[lang]
  const products = await listProducts(lang)
  return (
    <>
      <h1>{text.claim}</h1>
      {products.length === 0 ? (
        <div className="notice">
          <p>
            <strong>{text.empty}</strong>
          </p>
          <p>{text.emptyHint}</p>
        </div>
      ) : (
        <ul className="cards" aria-label={text.products}>
          {products.map((product, index) => (
            <ProductCard key={product.id} product={product} language={lang} isFirst={index === 0} />
          ))}
        </ul>
      )}
    </>
  )
}
