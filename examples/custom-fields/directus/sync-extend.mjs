/** `false`: for the sync this item is not there. A record has the mapped fields, by their names in Directus. */
export const filter = {
  product: ({ tags }) => !(tags ?? []).includes("internal"),
}
