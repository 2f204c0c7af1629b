import type { Metadata } from "next"
import Link from "next/link"
import { notFound } from "next/navigation"
import { Offers } from "../../../../components/offers"
import { Picture } from "../../../../components/picture"
import { ProductData } from "../../../../components/product-data"
import { textOf } from "../../../../lib/address"
import { pictureOf } from "../../../../lib/product-facts"
import { findProduct, type Product } from "../../../../lib/shop"
import { isLanguage, words, type Language } from "../../../../lib/words"

type Props = { params: Promise<{ lang: string; handle: string }> }

async function read(params: Props["params"]): Promise<{ language: Language; product: Product }> {
  const { lang, handle } = await params
  if (!isLanguage(lang)) notFound()
  const text = textOf(handle)
  const product = text === null ? null : await findProduct(lang, text)
  if (!product) notFound()
  return { language: lang, product }
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { product, language } = await read(params)
  const { directus_product: content, title, handle } = product
  const picture = pictureOf(product)
  const path = (lang: Language) => `/${lang}/products/${handle}`
  const description = content?.seo_description ?? product.description ?? undefined
  return {
    title: content?.seo_title ?? title,
    description,
    alternates: { canonical: path(language), languages: { en: path("en"), de: path("de") } },
    openGraph: {
      title: content?.seo_title ?? title,
      description,
      locale: language,
      images: picture ? [{ url: picture.url, alt: picture.alt }] : [],
    },
  }
}

export default async function Page({ params }: Props) {
  const { product, language } = await read(params)
  const text = words[language]
  const story = product.directus_product?.story ?? ""
  return (
    <article>
      <p className="back">
        <Link href={`/${language}`}>← {text.back}</Link>
      </p>
      <div className="product">
        <Picture picture={pictureOf(product)} isUrgent />
        <div>
          <h1>{product.title}</h1>
          <p className="lead">{product.description}</p>
          <Offers product={product} language={language} />
        </div>
      </div>
      {story && (
        <section aria-labelledby="story" className="story">
          <h2 id="story">{text.story}</h2>
          {story.split(/\n\s*\n/).map((paragraph) => (
            <p key={paragraph}>{paragraph}</p>
          ))}
        </section>
      )}
      <ProductData product={product} />
    </article>
  )
}
