/** One price as people of this language write it; what is no price of a known currency is shown as it is. */
export function priceText(price: unknown, language: string | undefined): string {
  const { amount, currency_code: currency } = (price ?? {}) as { amount?: unknown; currency_code?: unknown }
  const plain = [amount, currency].filter((part) => part !== null && part !== undefined).map(String)
  if (typeof currency !== "string" || plain.length < 2 || !Number.isFinite(Number(amount))) return plain.join(" ")
  try {
    return new Intl.NumberFormat(language, { style: "currency", currency }).format(Number(amount))
  } catch {
    return plain.join(" ")
  }
}
