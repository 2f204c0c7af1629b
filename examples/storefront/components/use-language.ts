"use client"

import { useParams } from "next/navigation"
import { isLanguage, type Language } from "../lib/words"

/** The language of the address, where a page's parameters are not passed on. */
export function useLanguage(): Language {
  const { lang } = useParams<{ lang?: string }>()
  return lang !== undefined && isLanguage(lang) ? lang : "en"
}
