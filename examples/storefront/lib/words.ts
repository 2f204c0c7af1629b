export const LANGUAGES = ["en", "de"] as const
export type Language = (typeof LANGUAGES)[number]

export const isLanguage = (text: string): text is Language => (LANGUAGES as readonly string[]).includes(text)

/** What Medusa calls the language; `null` for the one that the products are written in. */
export const localeOf: Record<Language, string | null> = { en: null, de: "de-DE" }

const en = {
  name: "English",
  shop: "Medusa & Directus",
  claim: "Everyday basics",
  about: "Prices and stock come from Medusa, stories and pictures from Directus.",
  skip: "Skip to the content",
  languages: "Languages",
  products: "Products",
  from: "from",
  inStock: "In stock",
  soldOut: "Sold out",
  noPrice: "Price on request",
  story: "The story",
  offers: "Variants and prices",
  variant: "Variant",
  price: "Price",
  stock: "Stock",
  back: "All products",
  empty: "There is nothing here yet",
  emptyHint: "Publish a product in Medusa or in Directus, and reload this page.",
  missing: "There is no such product",
  missingHint: "It may have been taken out of the shop.",
  broken: "The shop does not answer",
  brokenHint: "Medusa cannot be reached at the moment.",
  again: "Try again",
}

export type Words = typeof en

const de: Words = {
  name: "Deutsch",
  shop: "Medusa & Directus",
  claim: "Für jeden Tag",
  about: "Preise und Bestand kommen aus Medusa, Geschichten und Bilder aus Directus.",
  skip: "Zum Inhalt springen",
  languages: "Sprachen",
  products: "Produkte",
  from: "ab",
  inStock: "Auf Lager",
  soldOut: "Ausverkauft",
  noPrice: "Preis auf Anfrage",
  story: "Die Geschichte",
  offers: "Varianten und Preise",
  variant: "Variante",
  price: "Preis",
  stock: "Bestand",
  back: "Alle Produkte",
  empty: "Hier ist noch nichts",
  emptyHint: "Veröffentliche ein Produkt in Medusa oder in Directus und lade diese Seite neu.",
  missing: "Dieses Produkt gibt es nicht",
  missingHint: "Vielleicht wurde es aus dem Sortiment genommen.",
  broken: "Der Shop antwortet nicht",
  brokenHint: "Medusa ist gerade nicht erreichbar.",
  again: "Noch einmal versuchen",
}

export const words: Record<Language, Words> = { en, de }
