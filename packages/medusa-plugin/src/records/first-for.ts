/** What a product that is made in Directus begins with may come in several messages, one after the other. */
export const FIRST_FOR = "10 minutes"
