import type { Cms } from "../cms.ts"

const texts = {
  story: ["text", "input-multiline", "full", "The story", "Die Geschichte"],
  seo_title: ["string", "input", "half", "Title for search engines", "Titel für Suchmaschinen"],
  seo_description: [
    "text",
    "input-multiline",
    "full",
    "Description for search engines",
    "Beschreibung für Suchmaschinen",
  ],
  cover_alt: ["string", "input", "full", "What the cover shows", "Was auf dem Titelbild ist"],
} as const

const named = (english: string, german: string) => [
  { language: "en-US", translation: english },
  { language: "de-DE", translation: german },
]

/** What the editors of this shop write in Directus alone: a person would add these fields in its settings. */
export async function addEditorsFields(cms: Cms): Promise<void> {
  for (const collection of ["products", "products_translations"])
    for (const [field, [type, editor, width, english, german]] of Object.entries(texts))
      await cms.addField(collection, {
        field,
        type,
        schema: {},
        meta: { interface: editor, width, translations: named(english, german) },
      })
  await cms.addField(
    "products",
    {
      field: "cover",
      type: "uuid",
      schema: {},
      meta: { interface: "file-image", special: ["file"], width: "full", translations: named("Cover", "Titelbild") },
    },
    "directus_files",
  )
  // Visitors see the pictures.
  await cms.letEverybodyRead("directus_files")
}
