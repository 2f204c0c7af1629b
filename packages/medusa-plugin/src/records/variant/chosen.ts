/** A variant and the value that it has of each option of its product, by the option's title. */
export interface Chosen {
  id: string
  productId: string
  options: Record<string, string>
}

/** The values of options as a row or a document holds them; what is no text is left out. */
export function chosenOf(options: unknown): Record<string, string> {
  const pairs = typeof options === "object" && options !== null ? Object.entries(options) : []
  return Object.fromEntries(pairs.filter((pair): pair is [string, string] => typeof pair[1] === "string"))
}
