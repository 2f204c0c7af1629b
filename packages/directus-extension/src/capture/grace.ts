/** Milliseconds. An announced change may still be uncommitted: looked at when it surely is over. */
export const GRACE = 10_000
