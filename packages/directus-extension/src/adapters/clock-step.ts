/**
 * Times are this host's own, since SQLite has no clock that all instances share. What lies further ahead than this, in
 * milliseconds, was written before the clock was set back: it counts as past.
 */
export const CLOCK_STEP = 600_000
