import type { Control, Pause } from "../ports.ts"

/** No answer of the peer's ends this pause: a person has to say what is meant. */
export const needsPerson = ({ code }: Pause): boolean => code === "mass_delete" || code === "database_moved"

/** Nothing is sent until a person has decided. */
export const isHeld = ({ paused }: Control): boolean => paused !== null && needsPerson(paused) && !paused.accepted

/** Not even a greeting leaves: the peer would take it for the original's. */
export const isMoved = ({ paused }: Control): boolean => paused?.code === "database_moved"
