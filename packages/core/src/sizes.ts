/**
 * How much is taken at once. What is more comes in the next page, message or question, so that none of these decides what
 * the sync does. The simulation makes them tiny, and crosses each in every history.
 */
export interface Sizes {
  /** Records of one message. */
  message: number
  /** Records or links of one question to the peer. */
  question: number
  /** Links of one answer. */
  answer: number
  /** Groups in which links are compared. */
  buckets: number
  /** Records that one transaction reads. */
  page: number
  /** Ids that one transaction walks through. */
  walk: number
  /** Records of a backfill that wait to be sent: more are taken when the peer has had these. */
  waiting: number
  /** Epochs of a database that a message names, and that a host remembers of its peer. */
  epochs: number
}

export const SIZES: Readonly<Sizes> = {
  message: 100,
  question: 1_000,
  answer: 3_000,
  // 12 bytes each make one answer of 16 kB, whatever the size of the catalogue.
  buckets: 1_024,
  page: 500,
  walk: 1_000,
  waiting: 2_000,
  epochs: 50,
}

/** @returns what sets them back. */
export function withSizes(sizes: Partial<Sizes>): () => void {
  const before = { ...SIZES }
  Object.assign(SIZES, sizes)
  return () => void Object.assign(SIZES, before)
}
