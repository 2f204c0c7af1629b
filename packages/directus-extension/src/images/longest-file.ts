const UNITS: Record<string, number> = { kb: 1, mb: 2, gb: 3, tb: 4, pb: 5 }

const DEFAULT = 50 * 1024 * 1024

export const inMegabytes = (bytes: number): string => `${String(Math.round((bytes / 1024 / 1024) * 100) / 100)} MB`

/**
 * The bytes of the largest picture that is copied: as FILES_MAX_UPLOAD_SIZE, which Directus applies to uploads alone, or 50 MB.
 *
 * @param setting - as Directus cast it: a number of bytes, or a text such as `10mb`, of which one MB is 1024 * 1024.
 */
export function longestFile(setting: unknown): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([kmgtp]b|b)?\s*$/i.exec(
    typeof setting === "number" || typeof setting === "string" ? String(setting) : "",
  )
  const power = UNITS[match?.[2]?.toLowerCase() ?? ""] ?? 0
  return match ? Math.floor(Number(match[1]) * 1024 ** power) : DEFAULT
}
