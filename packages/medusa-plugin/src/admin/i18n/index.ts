import { de } from "./de"
import { en } from "./en"

/** Medusa's dashboard merges these into its own; a language that is not here shows English. */
export default { en: { directus: en }, de: { directus: de } }
