"use client"

import Link from "next/link"
import { usePathname } from "next/navigation"
import { LANGUAGES, words, type Language } from "../lib/words"

/** Leads to this page in the other language. */
export function LanguageSwitch({ language }: { language: Language }) {
  const rest = usePathname().split("/").slice(2).join("/")
  return (
    <nav aria-label={words[language].languages} className="languages">
      {LANGUAGES.map((other) => (
        <Link
          key={other}
          href={`/${other}${rest ? `/${rest}` : ""}`}
          hrefLang={other}
          lang={other}
          aria-current={other === language ? "true" : undefined}
        >
          {words[other].name}
        </Link>
      ))}
    </nav>
  )
}
