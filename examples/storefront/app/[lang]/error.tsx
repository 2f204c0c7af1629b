"use client"

import { useLanguage } from "../../components/use-language"
import { words } from "../../lib/words"

/** Medusa does not answer; without Directus a page is only poorer. */
export default function Broken() {
  const text = words[useLanguage()]
  return (
    <div className="notice" role="alert">
      <title>{`${text.broken} · ${text.shop}`}</title>
      <h1>{text.broken}</h1>
      <p>{text.brokenHint}</p>
      <p>
        <button type="button" onClick={() => window.location.reload()}>
          {text.again}
        </button>
      </p>
    </div>
  )
}
