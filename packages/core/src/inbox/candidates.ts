const [BEFORE, BETWEEN] = ["More than one record here could be the same: ", ", "]

/** Says which records of this host one of the peer's could be. */
export const couldBe = (candidates: string[]): string => `${BEFORE}${candidates.join(BETWEEN)}.`

/** The peer's records that the reason of a quarantined one names. */
export function candidatesIn(reason: string): string[] {
  const [, named] = reason.split(BEFORE)
  return named === undefined ? [] : (named.split(/\.(?:\s|$)/)[0]?.split(BETWEEN) ?? [])
}
