import { listed, splitOutsideQuotes, unquoted } from "../document/names.ts"

const [BEFORE, BETWEEN] = ["More than one record here could be the same: ", ", "]

/** Candidates that a person can look through. */
const MOST = 20

/** Those whom a sentence names: an answer has room for no more. */
export const fewOf = (ids: string[]): string[] => ids.slice(0, MOST)

/** Says which records of this host one of the peer's could be. */
export const couldBe = (candidates: string[]): string => `${BEFORE}${listed(fewOf(candidates))}.`

/** The peer's records that the reason of a quarantined one names. */
export function candidatesIn(reason: string): string[] {
  const [, named] = reason.split(BEFORE)
  if (named === undefined) return []
  const [names = ""] = splitOutsideQuotes(`${named} `, ". ")
  return splitOutsideQuotes(names.trim(), BETWEEN).map(unquoted)
}
