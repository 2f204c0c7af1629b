/** A canonical value as people read it. @returns `null` when there is nothing to read */
export function valueText(value: unknown, yes: string, no: string): string | null {
  if (value === null || value === undefined || value === "") return null
  if (typeof value === "string") return value
  if (typeof value === "boolean") return value ? yes : no
  if (typeof value === "number") return String(value)
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) return value.join("\n")
  return JSON.stringify(value, null, 2)
}
