"use client"

import Link from "next/link"
import { words } from "../lib/words"
import { useLanguage } from "./use-language"

export function Missing() {
  const language = useLanguage()
  const text = words[language]
  return (
    <div className="notice">
      <title>{`${text.missing} · ${text.shop}`}</title>
      <h1>{text.missing}</h1>
      <p>{text.missingHint}</p>
      <p>
        <Link href={`/${language}`}>{text.back}</Link>
      </p>
    </div>
  )
}
