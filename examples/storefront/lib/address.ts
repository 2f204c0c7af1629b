/** A part of an address as text; `null` when no record can have it: Medusa's database keeps no NUL, and other bytes than UTF-8 are no text. */
export function textOf(part: string): string | null {
  try {
    const text = decodeURIComponent(part)
    return text.includes("\0") ? null : text
  } catch {
    return null
  }
}
