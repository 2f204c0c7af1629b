/** The engine's reasons are a code, a colon and a sentence, or a sentence alone. */
export function splitReason(reason: string): { code: string | null; text: string } {
  const found = /^([a-z_]{4,40}): (.+)$/s.exec(reason)
  return found ? { code: found[1] ?? null, text: found[2] ?? "" } : { code: null, text: reason }
}
