/** A number in stock as people of this language write it; what is no number is shown as it is. */
export function stockText(value: unknown, language: string | undefined): string {
  if (value === null || value === undefined || value === "") return ""
  const amount = Number(value)
  return Number.isFinite(amount) ? new Intl.NumberFormat(language).format(amount) : String(value)
}
