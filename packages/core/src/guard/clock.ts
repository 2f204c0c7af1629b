/** Milliseconds by which two clocks may differ before a person should know. */
const ALERT = 60_000

/**
 * One sentence about a clock that is off.
 *
 * @param offset - the peer's clock minus this host's, in milliseconds; `null` = not known yet.
 * @returns `null` when there is nothing to say
 */
export function clockAlert(offset: number | null): string | null {
  if (offset === null || Math.abs(offset) <= ALERT) return null
  const seconds = String(Math.round(Math.abs(offset) / 1000))
  return `The other side's clock is ${seconds} s ${offset > 0 ? "ahead of" : "behind"} this host's. The sync goes on; set both clocks by NTP.`
}
