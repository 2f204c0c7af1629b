/** "1 record", "2 records". */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString("en")} ${count === 1 ? one : many}`

/** A value as a person reads it. */
export const shown = (value: unknown): string =>
  value === null || value === undefined || value === ""
    ? "(empty)"
    : typeof value === "string"
      ? value
      : JSON.stringify(value)

export function duration(seconds: number): string {
  if (seconds < 60) return `${String(Math.ceil(seconds))} s`
  if (seconds < 3600) return `${String(Math.ceil(seconds / 60))} min`
  return `${String(Math.ceil(seconds / 360) / 10)} h`
}
