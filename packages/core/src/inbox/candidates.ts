const [BEFORE, BETWEEN] = ["More than one record here could be the same: ", ", "]

/** Candidates that a person can look through. */
const MOST = 20

/** Says which records of this host one of the peer's could be. */
export const couldBe = (candidates: string[]): string => `${BEFORE}${candidates.slice(0, MOST).join(BETWEEN)}.`

/** The peer's records that the reason of a quarantined one names. */
export function candidatesIn(reason: string): string[] {
  const [, named] = reason.split(BEFORE)
  return named === undefined ? [] : (named.split(/\.(?:\s|$)/)[0]?.split(BETWEEN) ?? [])
}
