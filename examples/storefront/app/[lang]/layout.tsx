import type { Metadata, Viewport } from "next"
import Link from "next/link"
import { notFound } from "next/navigation"
import type { ReactNode } from "react"
import { LanguageSwitch } from "../../components/language-switch"
import { isLanguage, words } from "../../lib/words"
import "../globals.css"

type Props = { params: Promise<{ lang: string }> }

/** What the shop and its editors change shows at the next reload. */
export const dynamic = "force-dynamic"

export const viewport: Viewport = { colorScheme: "light dark" }

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { lang } = await params
  const text = isLanguage(lang) ? words[lang] : words.en
  return {
    metadataBase: new URL(process.env.SITE_URL ?? "http://localhost:8000"),
    title: { default: `${text.claim} · ${text.shop}`, template: `%s · ${text.shop}` },
    description: text.about,
    icons: { icon: "/icon.svg" },
  }
}

export default async function Layout({ children, params }: Props & { children: ReactNode }) {
  const { lang } = await params
  if (!isLanguage(lang)) notFound()
  const text = words[lang]
  return (
    <html lang={lang}>
      <body>
        <a className="skip" href="#content">
          {text.skip}
        </a>
        <header className="top">
          <Link href={`/${lang}`} className="brand">
            {text.shop}
          </Link>
          <LanguageSwitch language={lang} />
        </header>
        <main id="content" tabIndex={-1}>
          {children}
        </main>
        <footer>
          <p>{text.about}</p>
        </footer>
      </body>
    </html>
  )
}
